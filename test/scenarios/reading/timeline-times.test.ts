// When entries of a timeline begin, how long they last, and what never happens.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { TIMELINE_STARTS_MAX } from '../../../models/bounds.js';
import { END_NS, one, read } from '../timeline.js';

const S = 1e9;

describe('times', () => {
  const starts = (entry: string): readonly number[] | null => one(entry).startsNs;

  it('lasts until the run ends where nobody says how long', () => {
    expect(one('{ at: 0s, hang: { workload: cart } }')).toMatchObject({ startsNs: [0], durationNs: null });
  });

  it('grows within its time', () => {
    expect(one('{ at: 1s, for: 30s, ramp: 30s, traffic: { rate: 2x } }').rampNs).toBe(30 * S);
    expect(one('{ at: 1s, ramp: 1h, slow: { workload: a, by: 1s } }').rampNs).toBe(3600 * S);
  });

  it.each([
    ['every: 2m', [120, 240, 360, 480]],
    ['at: 0s, every: 2m', [0, 120, 240, 360, 480]],
    ['at: 1m, every: 4m', [60, 300, 540]],
    ['every: 2m, times: 2', [120, 240]],
    ['every: 2m, until: 4m', [120]],
    ['at: 1m, every: 1m, until: 4m1ns', [60, 120, 180, 240]],
    ['every: 3m, until: 1h', [180, 360, 540]],
  ])('%s', (words, seconds) => {
    expect(starts(`{ ${words}, kill: { workload: a } }`)).toEqual(seconds.map((second) => second * S));
  });

  it.each([
    ['at: 10m', '7:13', 'spec.timeline[0].at: never happens: the run ends at 10m', []],
    ['every: 1h', '7:16', 'spec.timeline[0].every: never happens: the run ends at 10m', []],
    [
      'every: 4m, times: 3',
      '7:27',
      'spec.timeline[0].times: happens 2 times only: the run ends at 10m',
      [240 * S, 480 * S],
    ],
  ])('warns of what never happens: %s', (words, place, message, startsNs) => {
    const { timeline, diagnostics, places } = read(`{ ${words}, kill: { workload: a } }`);
    expect(diagnostics).toMatchObject([{ severity: 'warning', message, hint: 'lengthen run.duration' }]);
    expect(places).toEqual([`never-happens ${place}`]);
    expect(timeline[0].startsNs).toEqual(startsNs);
  });

  it('bounds the starts of all entries together, before it makes a list of them', () => {
    const most = '{ every: 6ms, for: 1ms, times: 99999, hang: { workload: a } }';
    expect(read(most).places).toEqual([]);
    expect(read(most, '{ at: 1s, kill: { workload: a } }').places).toEqual([]);
    const { diagnostics, places } = read(most, '{ every: 1m, times: 2, kill: { workload: a } }');
    expect(places).toEqual(['too-many-starts 8:7']);
    expect(diagnostics[0].message).toContain(String(TIMELINE_STARTS_MAX));
    expect(read('{ every: 1ns, kill: { workload: a } }').places).toEqual(['too-many-starts 7:7']);
  });
});

describe('whatever times are written', () => {
  const duration = fc.constantFrom('0s', '1ns', '7ms', '1s', '59s', '90s', '10m', '1h', '2500h');
  const times = fc.record(
    {
      at: duration,
      every: duration,
      until: duration,
      times: fc.integer({ min: 1, max: 300_000 }),
      for: duration,
      ramp: duration,
    },
    { requiredKeys: [] },
  );

  test.prop([
    times,
    fc.constantFrom('kill: { workload: a }', 'slow: { workload: a, by: 1s }', 'hang: { workload: a }'),
  ])('they are refused at their place, or lie within the run, in order', (when, action) => {
    const words = Object.entries(when).map(([word, value]) => `${word}: ${value}, `);
    const { timeline, diagnostics } = read(`{ ${words.join('')}${action} }`);
    for (const { position } of diagnostics) expect(position?.line).toBe(7);
    if (diagnostics.some(({ severity }) => severity === 'error')) return;
    const [{ startsNs, durationNs, rampNs }] = timeline;
    expect(startsNs!.length).toBeLessThanOrEqual(TIMELINE_STARTS_MAX);
    expect(startsNs!.every((ns, i) => ns >= 0 && ns < END_NS && ns > (startsNs![i - 1] ?? -1))).toBe(true);
    expect(startsNs!.length === 0).toBe(diagnostics.some(({ message }) => message.includes('never happens')));
    expect(rampNs).toBeLessThanOrEqual(durationNs ?? Number.POSITIVE_INFINITY);
  });
});
