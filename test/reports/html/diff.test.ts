// The report of a comparison: the same bytes each time, names that stay names, and what each kind of outcome says of itself.
import { describe, expect, test } from 'vitest';
import { BAND, intervalShape, placeOf, scaleLimit, ticksOf } from '../../../reports/html/diff/interval.js';
import { htmlDiffReport } from '../../../reports/html/diff/report.js';
import { pValueText } from '../../../reports/html/diff/sections/primary.js';
import { thinDiff } from '../../../reports/html/diff/thin.js';
import { unpack } from '../../../reports/html/pack.js';
import type { DiffResult } from '../../../scenarios/result/diff-result.js';
import { comparison, diffResult, metric } from '../diff/fixture.js';
import { ABOUT, ASSETS, HOSTILE, richDiff, richMetrics, sameDiff } from './diff-worlds.js';

const report = (result: DiffResult): string => htmlDiffReport(result, ASSETS, ABOUT);
const markupOf = (page: string): string => page.slice(page.indexOf('<body>'), page.indexOf('<script type='));
/** What a reader sees, roughly. */
const textOf = (page: string): string =>
  markupOf(page)
    .replace(/<[^>]*>/g, '')
    .replace(/\u00a0/g, ' ');
const dataOf = (page: string): unknown => unpack(/id="data">(.*?)<\/script>/s.exec(page)![1]!);

describe('the file', () => {
  test('the same result gives the same bytes', () => {
    expect(report(richDiff('cart', 'next'))).toBe(report(richDiff('cart', 'next')));
  });

  test('it says that it is a comparison, and carries the result for its script', () => {
    const page = report(richDiff('cart'));
    expect(page).toContain('<html lang="en" data-report="diff">');
    expect(page).toContain('default-src &#39;none&#39;');
    const data = dataOf(page) as DiffResult;
    expect(data.comparisons[0]!.metrics.map(({ verdict }) => verdict)).toEqual(
      richMetrics('cart').map(({ verdict }) => verdict),
    );
    expect(data.comparisons[0]!.curves).toEqual(richDiff('cart').comparisons[0]!.curves);
  });

  test('every section has a place and a link', () => {
    const markup = markupOf(report(richDiff('cart', 'next')));
    const ids = [
      'candidates',
      'primary',
      'configuration',
      'topology',
      'behaviour',
      'over-time',
      'latency',
      'goals',
      'fidelity',
      'method',
    ];
    for (const id of ids) {
      expect(markup).toContain(`<section id="${id}"`);
      expect(markup).toContain(`href="#${id}"`);
    }
  });

  test('names stay names in every section', () => {
    const page = report(richDiff(HOSTILE, `${HOSTILE}2`));
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    const markup = markupOf(page);
    expect(markup).not.toContain('<img');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there
    expect(page.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u2028\u202e]/);
    expect(markup).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
    expect(markup).toContain('\\u{202e}gnp');
    expect((dataOf(page) as DiffResult).scenario).toBe(HOSTILE);
  });
});

describe('what it says', () => {
  test('a regression: which metric, by how much, and the gate', () => {
    const text = textOf(report(diffResult()));
    expect(text).toContain('Regression');
    expect(text).toContain('1 of 2 primary metrics worse by more than the margin.');
    expect(text).toContain('Most of all, shoppers.cart p99 went from 100 ms to 112 ms (+12 %).');
    expect(text).toContain('+11 … +13 %');
    expect(text).toContain('p &lt; 0.0001');
    expect(text).toContain('spent cart');
  });

  test('a world against itself: nothing differs', () => {
    const page = report(sameDiff());
    expect(textOf(page)).toContain('Same plan: nothing would change');
    expect(textOf(page)).toContain('No regression');
    expect(page).toContain('verdict-same');
    expect(markupOf(page)).not.toContain('class="interval-glyph verdict-worse"');
  });

  test('other YAML with the same numbers differs in nothing', () => {
    const same = sameDiff();
    const comparisons = same.comparisons.map((own) => ({
      ...own,
      isSamePlan: false,
      changes: comparison('x').changes,
    }));
    expect(textOf(report({ ...same, comparisons }))).toContain('Nothing differs: none of 0 primary metrics is worse');
  });

  test('too few samples: no bare number, and the gate stays open', () => {
    const few = comparison('cart');
    const gate = { ...few.gate, verdict: 'inconclusive' as const, metrics: [few.gate.metrics[1]!] };
    const text = textOf(report({ ...diffResult(), verdict: 'inconclusive', comparisons: [{ ...few, gate }] }));
    expect(text).toContain('Inconclusive');
    expect(text).toContain(
      '1 of 1 primary metrics cannot be told yet. There is too little data for shoppers.rare p99.9.',
    );
    expect(text).toContain('too few');
    expect(text).toContain('Open');
  });

  test('an interval that reaches over the margin is said to do so', () => {
    const open = metric('cart', {
      isPrimary: true,
      verdict: 'inconclusive',
      difference: { value: 1, low: -3, high: 5 },
      relative: { value: 0.01, low: -0.03, high: 0.05 },
      sizeInMargins: 0.5,
    });
    const gate = {
      verdict: 'inconclusive' as const,
      metrics: [{ index: 0, pValue: 0.3, adjustedPValue: 0.3, verdict: 'inconclusive' as const }],
      notComparable: [],
      missing: [],
      brokenThresholds: [],
    };
    const comparisons = [{ ...comparison('cart'), metrics: [open], gate }];
    const text = textOf(report({ ...diffResult(), verdict: 'inconclusive', comparisons }));
    expect(text).toContain(
      'shoppers.cart p99 went from 100 ms to 112 ms (+1 %); its interval reaches over the margin.',
    );
  });

  test('an interrupted comparison says so at the top', () => {
    expect(textOf(report({ ...diffResult(), stop: 'interrupted' }))).toContain(
      'was interrupted before it was complete',
    );
  });

  test('a threshold that no longer holds, a metric that one world lacks, both worlds’ goals', () => {
    const text = textOf(report(richDiff('cart')));
    expect(text).toContain('No longer holds cart p(99) &lt; 125ms');
    expect(text).toContain('one of the worlds does not have it: nothing to compare');
    expect(text).toMatch(/cart p\(99\) &lt; 125msPass120 ms110 – 130 msFail120 ms/);
    expect(text).toContain('50 % of the error budget');
  });

  test('a goal that only one world’s scenario has stands beside its absence', () => {
    const result = richDiff('cart');
    const comparisons = result.comparisons.map((own) => ({
      ...own,
      candidate: { ...own.candidate, thresholds: own.candidate.thresholds.map((goal) => ({ ...goal, text: 'other' })) },
    }));
    expect(textOf(report({ ...result, comparisons })).match(/not there/g)).toHaveLength(2);
  });

  test('several candidates: each with its verdict, a table of all of them, a block for each', () => {
    const result = richDiff('one', 'two', 'three');
    const page = report({
      ...result,
      comparisons: [result.comparisons[0]!, ...sameDiff().comparisons, result.comparisons[2]!],
    });
    const markup = markupOf(page);
    expect(markup).toContain('data-part="chooser"');
    for (const index of [0, 1, 2]) expect(markup).toContain(`<div data-candidate="${index}">`);
    expect(textOf(page)).toContain('3 candidates');
    expect(markup).toContain('id="candidates"');
  });

  test('a single candidate needs neither chooser nor table', () => {
    const markup = markupOf(report(richDiff('one')));
    expect(markup).not.toContain('data-part="chooser"');
    expect(markup).not.toContain('data-candidate');
    expect(markup).not.toContain('id="candidates"');
  });

  test('method: pairs, corrections, revision, command, fingerprint', () => {
    const text = textOf(report(diffResult()));
    for (const words of [
      '5 pairs of replications of 60 s each',
      'decided: looked at after every 5 pairs, at most 20',
      'Holm’s procedure',
      'Benjamini and Hochberg’s',
      '0123456789abcdef0123456789abcdef01234567',
      'seatrial diff &#39;a b&#39; c',
      'f'.repeat(64),
      'Changes up to 2 % of a latency or rate and 0.1 points of errors count as the same',
    ]) {
      expect(text).toContain(words);
    }
  });

  test('what all worlds warn of is said once, what one does under its name', () => {
    const result = diffResult();
    const warning = { code: 'few', severity: 'warning' as const, position: null, message: 'few calls' };
    const all = { ...result, base: { ...result.base, warnings: [warning] } };
    const both = all.comparisons.map((own) => ({ ...own, candidate: { ...own.candidate, warnings: [warning] } }));
    expect(textOf(report({ ...all, comparisons: both })).match(/few calls/g)).toHaveLength(1);
    expect(textOf(report(all))).toContain('HEAD~1:mesh/: few calls');
  });
});

describe('the scale of intervals', () => {
  test('linear within the margin, logarithmic beyond it, continuous between', () => {
    expect(placeOf(0, 10)).toBe(0);
    expect(placeOf(1, 100)).toBeCloseTo(BAND);
    expect(placeOf(1.0001, 100)).toBeCloseTo(BAND, 3);
    expect(placeOf(-100, 100)).toBe(-1);
    expect(placeOf(1e9, 10)).toBe(1);
    expect(placeOf(10, 100)).toBeCloseTo((1 + BAND) / 2);
  });

  test('it is the narrowest that holds all differences', () => {
    expect(scaleLimit([metric('a', { sizeInMargins: 6 }), metric('b', { sizeInMargins: null })])).toBe(10);
    expect(scaleLimit([])).toBe(3);
    expect(scaleLimit([metric('a', { sizeInMargins: 1e9 })])).toBe(1000);
    expect(ticksOf(100)).toEqual([1, 10, 100]);
  });

  test('what lies beyond an end is cut there; without a difference there is nothing', () => {
    const shape = intervalShape(metric('a', { difference: { value: 90, low: 10, high: 900 }, margin: 2 }), 100);
    expect(shape).toMatchObject({ isCutLow: false, isCutHigh: true, high: 1 });
    expect(intervalShape(metric('a', { difference: null }), 10)).toBeNull();
  });

  test('p-values in words', () => {
    expect([pValueText(1e-9), pValueText(0.01234), pValueText(1)]).toEqual(['< 0.0001', '= 0.012', '= 1']);
  });
});

describe('what the page carries', () => {
  test('of a very large mesh, what is the same goes first; rates of the map and primary metrics stay', () => {
    const result = sameDiff();
    const own = result.comparisons[0]!;
    const rate = metric('x', { subject: { kind: 'service', service: 'x' }, metric: 'served', verdict: 'same' });
    const many = Array.from({ length: 50 }, (_, i) => metric(`r${i}`, { verdict: 'same' }));
    const worse = metric('bad', { isPrimary: true });
    const metrics = [worse, ...many, rate];
    const thin = thinDiff({ ...result, comparisons: [{ ...own, metrics }] }, 10).comparisons[0]!;
    expect(thin.metrics).toHaveLength(10);
    expect(thin.metrics[0]!.verdict).toBe('worse');
    expect(thin.metrics.at(-1)!.metric).toBe('served');
    expect(thin.counts).toEqual(own.counts);
  });

  test('tens of thousands of metrics take little room each', () => {
    const result = sameDiff();
    const metrics = Array.from({ length: 20_000 }, (_, i) =>
      metric(`request-${i}`, { base: 100.123 + i, candidate: 112.456 + i, sizeInMargins: 1 + i / 7 }),
    );
    const page = report({ ...result, comparisons: [{ ...result.comparisons[0]!, metrics }] });
    expect(page.length / metrics.length).toBeLessThan(170);
  });

  test('no more digits than anyone reads', () => {
    const result = diffResult();
    const metrics = [metric('a', { base: 1.23456789 })];
    const thin = thinDiff({ ...result, comparisons: [{ ...result.comparisons[0]!, metrics }] });
    expect(thin.comparisons[0]!.metrics[0]!.base).toBe(1.2346);
  });
});
