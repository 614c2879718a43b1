// A comparison as text, Markdown and CSV: what it says, and that names from the input stay names.
import { describe, expect, it } from 'vitest';
import { diffCsvFiles } from '../../../reports/diff/csv.js';
import { diffMarkdown } from '../../../reports/diff/markdown.js';
import { diffText } from '../../../reports/diff/text.js';
import { changeText, intervalText, metricName, valueText } from '../../../reports/diff/words.js';
import { displayWidth } from '../../../reports/layout.js';
import { diffResult, EVIL, metric } from './fixture.js';

const OPTIONS = { command: 'seatrial diff HEAD~1:mesh/ after/ --replications=5' };

describe('words', () => {
  it.each([
    [metric('a'), '100 ms', '+12 %', '+11 … +13 %'],
    [metric('a', { relative: { value: -0.123, low: -0.125, high: -0.121 } }), '100 ms', '−12.3 %', '−12.5 … −12.1 %'],
    [
      metric('a', { unit: 'share', base: 0.001, difference: { value: 0.0045, low: 0.004, high: 0.005 } }),
      '0.1 %',
      '+0.45 points',
      '+0.40 … +0.50 points',
    ],
    [
      metric('a', { unit: 'perCall', base: 1, difference: { value: 0.5, low: 0.5, high: 0.5 } }),
      '1.00',
      '+0.500',
      'exact',
    ],
    [
      metric('a', { base: null, difference: null, relative: null, reason: 'too few samples' }),
      'too few',
      '',
      'too few samples',
    ],
  ])('value, change and interval', (given, value, change, interval) => {
    expect([valueText(given, given.base), changeText(given), intervalText(given)]).toEqual([value, change, interval]);
  });

  it('names outcomes', () => {
    expect(metricName({ metric: 'outcome', outcome: '503 UO' })).toBe('share of 503 UO');
  });
});

describe('diffText', () => {
  const text = diffText(diffResult(), { color: false });

  it('says verdict, change and effect in 80 columns', () => {
    expect(text.split('\n')[0]).toBe(' ✘ REGRESSION  cart');
    expect(text).toContain('HEAD~1:mesh/ → after/');
    expect(text).toContain('spec.http[0].retries.attempts: 2 → 5 (17 → 19)');
    expect(text).toMatch(/✘ shoppers\.cart p99\* +100 ms +112 ms +\+12 % +\+11 … \+13 %/);
    expect(text).toMatch(/\? shoppers\.rare p99\.9\* +too few +too few +too few samples/);
    expect(text).not.toContain('shoppers.quiet');
    expect(text.replace(/\s+/g, ' ')).toContain(
      'one of several changes: spec.http[0].retries.attempts, spec.http[0].retries.retryIgnorePreviousHosts of VirtualService shop/cart was changed (istio/cart.yaml:19)',
    );
    for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
  });

  it('prints no control or bidirectional character of a name', () => {
    expect(diffText(diffResult(EVIL), { color: false }).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
  });
});

describe('diffMarkdown', () => {
  it('has verdict, configuration, table, details and how to repeat it', () => {
    const text = diffMarkdown(diffResult(), OPTIONS);
    expect(text).toMatch(/^## ❌ REGRESSION in `cart`\n/);
    expect(text).toContain('`HEAD~1:mesh/` (0123456789) → `after/`');
    expect(text).toContain('`spec.http[0].retries.attempts`: `2` → `5` (line 17 → 19)');
    expect(text).toContain('| 🔴 worse | **`shoppers.cart p99`** | 100 ms | 112 ms | +12 % | +11 … +13 % |');
    expect(text).toContain('<summary>How to repeat this</summary>\n\n```sh\nseatrial diff');
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)!.length);
  });

  it('keeps names names: no markup, no mention, as many columns in every row as its head has', () => {
    const text = diffMarkdown(diffResult(EVIL), OPTIONS);
    expect(text).not.toMatch(/<img|@team|\u202e|^# x/m);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    const edges = text.split('\n').map((line) => (line.startsWith('|') ? line.match(/\|/g)!.length : 0));
    edges.forEach((count, i) => void (count > 0 && edges[i - 1] > 0 && expect(count).toBe(edges[i - 1])));
    expect(edges.filter((count) => count > 0).length).toBeGreaterThan(8);
  });
});

describe('diffCsvFiles', () => {
  it('has a row a metric and a row a changed field', () => {
    const files = diffCsvFiles(diffResult());
    const [head, first] = files['diff.csv'].split('\n');
    expect(head.split(',').slice(0, 5)).toEqual(['candidate', 'rank', 'subject_kind', 'subject', 'metric']);
    expect(first).toBe('after/,1,request,shoppers.cart,p99,,ms,1,lower,100,112,12,11,13,0.12,0.11,0.13,2,worse,,');
    expect(files['changes.csv'].trim().split('\n')).toHaveLength(3);
  });

  it('defuses formulas and keeps one row a line', () => {
    const files = diffCsvFiles(diffResult('=cmd()'));
    expect(files['changes.csv']).toContain(",'=cmd(),");
    expect(diffCsvFiles(diffResult(EVIL))['diff.csv'].trim().split('\n')).toHaveLength(5);
  });
});
