// The Markdown of a run: what a reviewer reads first, and known numbers in its tables.
import { expect, test } from 'vitest';
import { markdownReport } from '../../reports/markdown.js';
import { RESULT } from './fixture.js';
import { TIMELINE_RESULT } from './timeline-fixture.js';

const text = markdownReport(RESULT, { command: 'seatrial run . --seed=one --replications=5' });

test('verdict, what ran, and the command', () => {
  expect(text.split('\n')[0]).toMatch(/^## ❌ Fail: /);
  expect(text).toContain('5 × 60 s after 10 s of warm-up, Istio 1.31, seed `one`, 3.07 M events.');
  expect(text).toContain('```sh\nseatrial run . --seed=one --replications=5\n```');
});

test('goals with their measured values', () => {
  expect(text).toContain('| ❌ | `p(99) < 150ms` | 181±4 ms | 150 ms |');
  expect(text).toContain('| ✅ | `pages are fast` | 99.4±0.1 % | 99 % |');
});

test('traffic and its requests', () => {
  expect(text).toContain('| **`shoppers`** | 300±1 | 300±1 | 0.12±0.03 % | – | 12.3±0.2 | 91±2 | 181±4 | too few |');
  expect(text).toContain('| `home` | 200±1 |');
});

test('what acted, and what is not modelled', () => {
  expect(text).toContain('- `catalogue.shop v2`: 1,200 retries, 3 hosts ejected');
  expect(text).toContain('<summary>Approximated or not modelled (2)</summary>');
});

test('of a run with a timeline whether it recovers, and what each entry did', () => {
  const text = markdownReport(TIMELINE_RESULT, { command: 'seatrial run' });
  expect(text).toContain('**Does not recover from "2x shoppers": 25 % errors still 10 s after its end.**');
  expect(text).toContain('| 10 s | kill 1 pod of storefront | 37±5 | 12.3 % | 812 ms | 4.2±0.3 s |');
  expect(text).toContain('| 30 s | 2x shoppers, for 20 s | 4,120±300 | 61 % | 4.2 s | never |');
});
