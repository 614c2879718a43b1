// The HTML report of a run as a file: what stands in it before any script runs, and what can never stand in it.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { unpack } from '../../../reports/html/pack.js';
import { htmlReport } from '../../../reports/html/report.js';
import { whatHappened } from '../../../reports/html/sections/happened.js';
import { thinResult } from '../../../reports/html/thin.js';
import { tilesOf } from '../../../reports/html/tiles.js';
import type { Finding } from '../../../scenarios/result/findings-result.js';
import { RESULT } from '../fixture.js';
import { TIMELINE_RESULT } from '../timeline-fixture.js';
import { hostile } from './hostile.js';

const ASSETS = { script: 'console.log("page")', style: 'body{margin:0}' };
const ABOUT = { version: '1.2.3', command: "seatrial run 'my shop' --seed one", fingerprint: 'f'.repeat(64) };
const PAGE = htmlReport(RESULT, ASSETS, ABOUT);

function dataOf(page: string): string {
  return /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1];
}

/** Every tag with the names of its attributes, in order. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<(\/?[a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+(?:="[^"]*")?)*)\s*\/?>/g)].map(
    ([, tag, attributes]) =>
      [tag, ...[...attributes.matchAll(/\s([a-zA-Z-]+)(?:="[^"]*")?/g)].map(([, name]) => name)].join(' '),
  );
}

function section(page: string, id: string): string {
  return new RegExp(`<section id="${id}".*?</section>`, 's').exec(page)![0];
}

describe('the file', () => {
  test('is a pure function of result, assets and words', () => {
    expect(htmlReport(structuredClone(RESULT), { ...ASSETS }, { ...ABOUT })).toBe(PAGE);
  });

  test('carries the thinned result', () => {
    expect(unpack(dataOf(PAGE))).toEqual(JSON.parse(JSON.stringify(thinResult(RESULT))));
  });

  test('runs its own script and no other, and fetches nothing', () => {
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(PAGE)![1].replaceAll('&#39;', "'");
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(ASSETS.script)}`,
      `style-src ${hash(ASSETS.style)}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(PAGE).not.toMatch(/(src|href)="(?!#|data:)/);
  });

  test('has its sections in the order in which they are read, each in the list of contents', () => {
    const ids = [...PAGE.matchAll(/<section id="([a-z]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual([
      'overview',
      'goals',
      'topology',
      'latency',
      'errors',
      'saturation',
      'reactions',
      'services',
      'edges',
      'fidelity',
      'method',
    ]);
    expect([...PAGE.matchAll(/<li><a href="#([a-z]+)">/g)].map(([, id]) => id)).toEqual(ids.slice(1));
  });

  test('without goals there is no section of goals', () => {
    expect(htmlReport({ ...RESULT, slos: [], thresholds: [] }, ASSETS, ABOUT)).not.toContain('id="goals"');
  });
});

describe('what stands in the markup', () => {
  test('the verdict, the answer and the numbers with their intervals', () => {
    const overview = section(PAGE, 'overview');
    expect(overview).toContain('Fail</span>');
    expect(overview).toContain('Of 300 requests a second, 0.12\u00a0% failed.');
    expect(overview).toContain('178 – 185\u00a0ms');
    expect(overview).toContain('too few');
    expect(overview).toContain('5 × 60 s after 10 s of warm-up');
    expect(overview).toContain('the warm-up may be too short');
  });

  test('four tiles: good, errors, p99, and the fullest station with its name', () => {
    const tiles = tilesOf(RESULT);
    expect(tiles.map(({ label }) => label)).toEqual(['Good', 'Errors', 'p99', 'Saturation']);
    const [good, errors, , saturation] = tiles;
    expect(good.measured.value! + errors.measured.value!).toBe(1);
    expect(good.measured.low).toBe(1 - errors.measured.high!);
    expect(errors.words).toBe('most: 503 UO, 0.08 %');
    expect(saturation).toMatchObject({ name: 'catalogue-v2.shop', words: 'CPU', tone: 'bad' });
  });

  test('what happened: at most three sentences, each with its places once; nothing without findings', () => {
    expect(whatHappened([])).toBeNull();
    const position = { file: 'catalogue.yaml', line: 41, column: 3 };
    const source = { object: 'Deployment shop/catalogue', field: 'limits.cpu', value: '200m', position };
    const finding: Finding = {
      code: 'F201',
      role: 'culprit',
      sentence: '<b>catalogue is full',
      where: [{ kind: 'service', name: '<b>catalogue' }],
      sources: [source, source],
      evidence: [],
      errorShare: 0.1,
      latencyMs: 3,
    };
    expect(whatHappened([{ ...finding, role: 'note' }])).toBeNull();
    const { text } = whatHappened([finding, finding, finding, finding])!;
    expect(text.match(/<li /g)).toHaveLength(3);
    expect(text.match(/catalogue\.yaml:41/g)).toHaveLength(3);
    expect(text).not.toContain('<b>');
    const named = { ...finding, sentence: 'catalogue is full (limits.cpu 200m, catalogue.yaml:41)' };
    expect(whatHappened([named])!.text.match(/catalogue\.yaml:41/g)).toHaveLength(1);
  });

  test('thresholds and objectives, with budget and limits', () => {
    const goals = section(PAGE, 'goals');
    expect(goals).toContain('p(99) &lt; 150ms');
    expect(goals).toContain('Inconclusive');
    expect(goals).toContain('a good answer within 300 ms');
    expect(goals).toContain('60 %');
  });

  test('the method and the way to the same numbers', () => {
    const method = section(PAGE, 'method');
    expect(method).toContain('5 independent ones of 60 s each, 3.07 M events in all');
    expect(method).toContain('seatrial run &#39;my shop&#39; --seed one');
    expect(method).toContain('f'.repeat(64));
    expect(method).toContain('<dt>Mesh</dt><dd>Istio 1.31</dd>');
    expect(method).toContain('1.2.3');
  });

  test('a result in which nothing was measured', () => {
    const nothing = { value: null, low: null, high: null, reason: 'no data' as const };
    const flow = { ...RESULT.totals, offeredPerSecond: nothing, errorShare: nothing };
    const page = htmlReport(
      { ...RESULT, totals: flow, traffic: [], services: [], edges: [], clusters: [] },
      ASSETS,
      ABOUT,
    );
    expect(section(page, 'overview')).toContain('No request was sent.');
  });
});

describe('hostile names', () => {
  const page = htmlReport(hostile(RESULT), ASSETS, { ...ABOUT, command: "seatrial run '</script><b>'" });

  test('add no element and no attribute to any section', () => {
    for (const id of ['overview', 'goals', 'topology', 'edges', 'fidelity', 'method']) {
      expect(tagsOf(section(page, id))).toEqual(tagsOf(section(PAGE, id)));
    }
    expect(tagsOf(page.replace(dataOf(page), ''))).toEqual(tagsOf(PAGE.replace(dataOf(PAGE), '')));
  });

  test('leave no character that would not show as itself', () => {
    expect(page).not.toMatch(/[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u);
  });

  test('come back from the data as they were', () => {
    expect(unpack(dataOf(page))).toEqual(JSON.parse(JSON.stringify(thinResult(hostile(RESULT)))));
  });
});

describe('a run with a timeline', () => {
  const page = htmlReport(TIMELINE_RESULT, ASSETS, ABOUT);

  test('says first whether it recovers, and holds both tables before any script runs', () => {
    expect(section(page, 'overview')).toContain('timeline-answer is-bad');
    const words = section(page, 'timeline')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
    expect(words).toContain('1 10 s kill 1 pod of storefront 10 s 3 pods of storefront killed');
    expect(words).toContain('2 30 s 2x shoppers, for 20 s 4,120 3,820 – 4,420 61 % 4.2 s never');
    expect(words).toContain('50 s after 2x shoppers for 10 s 300/s');
    expect(page).toContain('href="#timeline"');
  });

  test('names of entries are escaped, and a run without one has no such section', () => {
    const impacts = TIMELINE_RESULT.impacts?.map((impact) => ({ ...impact, entry: '<img src=x onerror=alert(1)>' }));
    const phases = TIMELINE_RESULT.phases?.map((phase) => ({ ...phase, name: '<script>' }));
    const hostilePage = htmlReport({ ...TIMELINE_RESULT, impacts, phases }, ASSETS, ABOUT);
    expect(tagsOf(section(hostilePage, 'timeline')).filter((tag) => /^(img|script)/.test(tag))).toEqual([]);
    expect(PAGE).not.toContain('id="timeline"');
  });
});
