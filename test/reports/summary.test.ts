import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../reports/layout.js';
import { summaryText } from '../../reports/summary.js';
import { RESULT } from './fixture.js';

// A snapshot by hand: it proves that known numbers are printed as they should be read.
const TEXT = `
 ✘ FAIL  a quiet\\u{1b}[31m day
 5 × 60 s after 10 s of warm-up · Istio 1.31 · seed one · 3.07 M events

 300/s offered, 300/s good · 0.12±0.03 % errors · half of the good answers
 within 12.3 ms · 99 % within 181 ms.

 Objectives and thresholds
 ───────────────────────────────────────────────────────────────────────────────
 ✔ pages are fast  99.4±0.1 % within 300 ms, asked 99 %: 60 % of the budget
 ✘ p(99) < 150ms   181±4 ms
 ? errors < 0.12%  0.12±0.03 %: cannot tell

 Traffic                offered  good/s  refused    p50 ms   p90    p99    p99.9
 ───────────────────────────────────────────────────────────────────────────────
 shoppers                   300     300        –  12.3±0.2  91±2  181±4  too few
    0.12±0.03 % errors: 503 UO 0.08 %, no response DC 0.04 %
   home                     200     200        –  12.3±0.2  91±2  181±4  too few
    0.12±0.03 % errors: 503 UO 0.08 %, no response DC 0.04 %
   a rather… a request      100    99.9        –  12.3±0.2  91±2  181±4  too few
    0.12±0.03 % errors: 503 UO 0.08 %, no response DC 0.04 %

 Over 60 s                         answers/s  peak  p99 ms  peak  errors/s  peak
 ───────────────────────────────────────────────────────────────────────────────
 shoppers home                     ██          200  █        180  ▁█        1.00

 Services         calls/s  good/s  tries     p50 ms       p90       p99    p99.9
 ───────────────────────────────────────────────────────────────────────────────
 catalogue            100     100   1.02  4.20±0.05  20.0±0.4  40.0±0.8  too few

 Edges            calls/s  good/s  tries     p50 ms       p90       p99    p99.9
 ───────────────────────────────────────────────────────────────────────────────
 storefront
 → catalogue          100     100   1.02  4.20±0.05  20.0±0.4  40.0±0.8  too few
   v1 /items         90.0    90.0   1.02  4.20±0.05  20.0±0.4  40.0±0.8  too few
   v2 /items         10.0    10.0   1.02  4.20±0.05  20.0±0.4  40.0±0.8  too few

 Pods                     pods   cpu  sidecar  MiB  serving  throttled    p99 ms
 ───────────────────────────────────────────────────────────────────────────────
 catalogue-v1                2  84 %    5.0 %   60     1.23       0.10  30.0±0.6
 catalogue-v2                1  97 %    5.0 %   60     1.23       0.10  30.0±0.6
 ledger                      1  10 %    5.0 %   60     1.23       0.10  30.0±0.6

 Limits and protections that acted, all replications
 ───────────────────────────────────────────────────────────────────────────────
 catalogue.shop v2
    1,200 retries · 3 hosts ejected

 ! the warm-up may be too short (short-warm-up)
   try warmup: auto

 Fidelity  1 field not modelled, 1 approximated; all of them in results.json
 ───────────────────────────────────────────────────────────────────────────────
 k8s/catalogue.yaml:12 containers[0].readinessProbe
   Pods are ready from the start.
 k8s/hpa.yaml:1 HorizontalPodAutoscaler shop/catalogue
   The number of pods stays what the Deployment says; under changing load the
   real mesh would scale, which this run does not show.
`;

describe('summaryText', () => {
  test('known numbers at 80 columns', () => {
    expect(`\n${summaryText(RESULT, { color: false })}`).toBe(TEXT);
  });

  test('never wider than asked', () => {
    for (const width of [80, 100]) {
      const lines = summaryText(RESULT, { color: false, width }).split('\n');
      expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
    }
  });

  test('colour changes nothing but colour', () => {
    const colored = summaryText(RESULT, { color: true });
    expect(colored).toContain('\u001b[31m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is taken away
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(summaryText(RESULT, { color: false }));
  });

  test('without thresholds there is nothing to pass', () => {
    expect(summaryText({ ...RESULT, slos: [], thresholds: [], verdict: 'pass' }, { color: false })).toMatch(
      /^ ● DONE /,
    );
    expect(summaryText({ ...RESULT, slos: [], thresholds: [], verdict: 'inconclusive' }, { color: false })).toMatch(
      /^ \? INCONCLUSIVE /,
    );
  });

  test('an interrupted run says how far it came', () => {
    expect(summaryText({ ...RESULT, replications: 2 }, { color: false })).toContain('2 of 5 × 60 s');
  });
});

test('metrics that a Telemetry changes have a table', () => {
  const [report] = RESULT.telemetry;
  const metrics = report!.metrics.map((metric) => ({ ...metric, tags: 27 }));
  const changed = { ...RESULT, telemetry: [{ ...report!, metrics }] };
  expect(summaryText(RESULT, { color: false })).not.toContain('series/pod');
  const lines = summaryText(changed, { color: false }).split('\n');
  const title = lines.findIndex((line) => line.includes('series/pod'));
  expect(lines[title + 2]).toMatch(/^ *reviews-v1\.default +destination +27 +3 +6 +1\.5$/);
});
