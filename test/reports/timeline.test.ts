import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../reports/layout.js';
import { headline } from '../../reports/summary/headline.js';
import { happenedTable, phaseTable } from '../../reports/summary/timeline.js';
import { summaryText } from '../../reports/summary.js';
import { clock, duration, numberedMarks, timelineSentence } from '../../reports/timeline-words.js';
import type { RunResult } from '../../scenarios/result/run-result.js';
import type { ImpactSummary } from '../../scenarios/result/timeline-result.js';
import { measured, NO_DATA, RESULT } from './fixture.js';
import { KILL, LOAD, phase, TIMELINE_RESULT } from './timeline-fixture.js';

const plain = createColors(false);

function sentence(impacts: readonly ImpactSummary[], more: Partial<RunResult> = {}): string | undefined {
  return timelineSentence({ ...TIMELINE_RESULT, impacts, ...more })?.text;
}

function recovering(impact: ImpactSummary, more: Partial<ImpactSummary['recovery']>): ImpactSummary {
  return { ...impact, recovery: { ...impact.recovery, ...more } };
}

// Snapshots by hand: known numbers are printed as they should be read.
test('what happened: each entry, what it did, and what followed', () => {
  expect(`\n${happenedTable(TIMELINE_RESULT, 80, plain).join('\n')}\n`).toBe(`
 What happened                                  lost  errors  p99 ms  back after
 ───────────────────────────────────────────────────────────────────────────────
 10 s  kill 1 pod of storefront                 37±5  12.3 %     812   4.2±0.3 s
    10 s  3 pods of storefront killed
    11.2 s  3 pods of storefront ready, the last at 12.4 s
 30 s  2x shoppers, for 20 s               4,120±300    61 %   4,200       never
`);
});

test('phases', () => {
  expect(`\n${phaseTable(TIMELINE_RESULT, 80, plain).join('\n')}\n`).toBe(`
 Phases                                     good/s       errors    p50 ms    p99
 ───────────────────────────────────────────────────────────────────────────────
 0 s   before                                300±1  0.10±0.01 %  12.3±0.2  181±4
 10 s  after kill 1 pod of storefront        298±1  0.60±0.06 %  12.3±0.2  181±4
 30 s  2x shoppers                           180±1       40±4 %  12.3±0.2  181±4
 50 s  after 2x shoppers                     225±1       25±3 %  12.3±0.2  181±4
`);
});

test('the headline says the most important thing first', () => {
  expect(headline(TIMELINE_RESULT, 80, plain).slice(2, 7)).toEqual([
    '',
    ' Does not recover from "2x shoppers": 25 % errors still 10 s after its end.',
    '',
    ' 300/s offered, 300/s good · 0.12±0.03 % errors · half of the good answers',
    ' within 12.3 ms · 99 % within 181 ms.',
  ]);
});

test('a run without a timeline says nothing of it', () => {
  expect(timelineSentence(RESULT)).toBeNull();
  expect(happenedTable(RESULT, 80, plain)).toEqual([]);
  expect(phaseTable(RESULT, 80, plain)).toEqual([]);
});

describe('the sentence', () => {
  const back = measured(0);
  const none = measured(0);

  test('of one entry that is got over', () => {
    expect(sentence([KILL])).toBe('Recovers 4.2 s after "kill 1 pod of storefront": 37 requests lost.');
    expect(sentence([recovering(KILL, { seconds: back })])).toBe(
      'Stays up through "kill 1 pod of storefront": 37 requests lost.',
    );
    expect(sentence([{ ...recovering(KILL, { seconds: back }), lost: none, worstP99: null }])).toBe(
      'No request is lost to "kill 1 pod of storefront".',
    );
    const load = recovering(LOAD, { seconds: measured(2, 1), recovered: 5, notRecovered: 0, left: null });
    expect(sentence([load])).toBe('Recovers 2 s after the end of "2x shoppers": 4,120 requests lost.');
    expect(sentence([recovering(load, { seconds: back })])).toBe(
      'Recovers as soon as "2x shoppers" ends: 4,120 requests lost.',
    );
    expect(sentence([{ ...KILL, times: 3, lost: measured(1) }])).toBe(
      'Recovers 4.2 s after "kill 1 pod of storefront": 1 request lost each time.',
    );
  });

  test('of an entry that loses nothing and makes requests slower', () => {
    const slow = { ...recovering(LOAD, { seconds: back, recovered: 5, notRecovered: 0, left: null }), lost: none };
    expect(sentence([slow])).toBe('No request is lost to "2x shoppers", but p99 reaches 4.2 s, 180 ms before.');
    expect(sentence([recovering(slow, { seconds: measured(2) })])).toBe(
      'Recovers 2 s after the end of "2x shoppers": no requests lost, but p99 reaches 4.2 s, 180 ms before.',
    );
    const held = { ...phase('2x shoppers', 30, 50, 0), entries: ['2x shoppers'] };
    const phases = [{ ...held, all: { ...held.all, p99Ms: measured(420) } }];
    expect(sentence([{ ...slow, worstP99: null }], { phases })).toBe(
      'No request is lost to "2x shoppers", but p99 is 420 ms while it holds, 180 ms before.',
    );
  });

  test('of several: the worst of them', () => {
    const other = { ...KILL, entry: 'another', lost: measured(80) };
    expect(sentence([KILL, other])).toBe(
      'Recovers from all 2 entries of the timeline. The worst: "another", 80 requests lost, back 4.2 s after it.',
    );
  });

  test('of what is not got over: in how many replications, and what is left', () => {
    expect(sentence([KILL, LOAD])).toBe('Does not recover from "2x shoppers": 25 % errors still 10 s after its end.');
    expect(sentence([recovering(LOAD, { recovered: 3, notRecovered: 2 })])).toBe(
      'Does not recover from "2x shoppers" in 2 of 5 replications: 25 % errors still 10 s after its end.',
    );
    const slow = { request: null, errorShare: 0.001, p99Ms: 4200, afterSeconds: 10, until: null };
    expect(sentence([recovering(LOAD, { left: slow })])).toBe(
      'Does not recover from "2x shoppers": p99 of 4.2 s (180 ms before) still 10 s after its end.',
    );
    expect(sentence([recovering(LOAD, { left: { ...slow, request: 'shoppers.pay', errorShare: 1 } })])).toBe(
      'Does not recover from "2x shoppers": 100 % errors of shoppers.pay still 10 s after its end.',
    );
  });

  test('of what is not got over: what began so shortly before that nothing can be told of it comes first', () => {
    const untold = { ...recovering(KILL, { recovered: 0, notRecovered: 0, seconds: NO_DATA }), entry: 'a hang' };
    expect(sentence([KILL, untold, LOAD])).toBe(
      'Does not recover from "a hang" and "2x shoppers": 25 % errors still 10 s after its end.',
    );
    expect(sentence([untold, { ...untold, entry: 'another' }, LOAD])).toBe(
      'Does not recover from "a hang" and 2 more entries, the last "2x shoppers": 25 % errors still 10 s after its end.',
    );
  });

  test('of what only another entry has put right', () => {
    const collapse = recovering(LOAD, {
      left: { request: null, errorShare: 0.25, p99Ms: 900, afterSeconds: 5, until: 'a pause' },
    });
    const cure = {
      ...recovering(KILL, { from: 'end', seconds: measured(1.2), sinceSeconds: 57 }),
      entry: 'a pause',
      beginSeconds: 55,
      endSeconds: 57,
    };
    expect(sentence([collapse, cure])).toBe(
      'Does not recover from "2x shoppers" by itself: 25 % errors still 5 s after its end, when "a pause" begins. Requests are as before 1.2 s after the end of "a pause".',
    );
  });

  test('of a mesh that was broken before: no entry is blamed', () => {
    const phases = [phase('before', 0, 10, 0.98), phase('after', 10, 60, 0.97)];
    const broken = recovering(KILL, {
      left: { request: null, errorShare: 0.97, p99Ms: null, afterSeconds: 50, until: null },
      notRecovered: 5,
    });
    expect(sentence([broken], { phases })).toBe(
      'Broken before anything happens: 98 % errors before "kill 1 pod of storefront", 97 % when the run ends.',
    );
    const cured = [phases[0], phase('after', 10, 60, 0.1)];
    expect(sentence([KILL], { phases: cured })).toBe(
      'Broken before anything happens: 98 % errors before "kill 1 pod of storefront". Requests are good 4.2 s after "kill 1 pod of storefront".',
    );
  });

  test('of what cannot be told', () => {
    const open = recovering(KILL, { seconds: NO_DATA, recovered: 0 });
    expect(sentence([open])).toBe(
      'Too little time is left after "kill 1 pod of storefront" to tell whether requests recover.',
    );
    expect(sentence([KILL, open])).toBe(
      'Recovers 4.2 s after "kill 1 pod of storefront": 37 requests lost. Of one other nothing can be told: too little time.',
    );
  });
});

test('no line is wider than the terminal, names of the input stay names, and of many entries the costly ones are told', () => {
  const impacts = Array.from({ length: 40 }, (_, i) => ({
    ...KILL,
    entry: `kill \u001b[31m 1 pod of a workload with a rather long name, number ${i}`,
    beginSeconds: i,
    lost: measured(i),
  }));
  for (const width of [40, 60, 80, 120]) {
    const text = summaryText({ ...TIMELINE_RESULT, impacts }, { color: false, width });
    expect(text).not.toContain('\u001b');
    expect(text.split('\n').filter((line) => displayWidth(line) > width)).toEqual([]);
  }
  const lines = happenedTable({ ...TIMELINE_RESULT, impacts, happenings: [] }, 80, plain);
  expect(lines).toHaveLength(17);
  expect(lines.at(-1)).toBe(' … and 26 more in results.json');
});

test('times read as people say them', () => {
  expect([0, 0.04, 0.2, 12.44, 599, 605, 3725].map(clock)).toEqual([
    '0 s',
    '0 s',
    '0.2 s',
    '12.4 s',
    '599 s',
    '10:05',
    '1:02:05',
  ]);
  expect([0.15, 4.2, 90].map(duration)).toEqual(['0.2 s', '4.2 s', '90 s']);
});

test('marks: what begins, until it ends; over at once, or until the run ends', () => {
  expect(numberedMarks(TIMELINE_RESULT)).toEqual([
    { number: 1, name: KILL.entry, fromSeconds: 10, toSeconds: 10 },
    { number: 2, name: LOAD.entry, fromSeconds: 30, toSeconds: 50 },
  ]);
  const endless = { ...LOAD, endSeconds: null };
  const happenings = TIMELINE_RESULT.happenings?.filter(({ kind }) => kind !== 'ended');
  expect(numberedMarks({ ...TIMELINE_RESULT, impacts: [KILL, endless], happenings })[1].toSeconds).toBe(60);
});
