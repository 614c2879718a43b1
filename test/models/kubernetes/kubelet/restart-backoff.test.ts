import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  backoffWithMax,
  DEFAULT_BACKOFF,
  REDUCED_BACKOFF,
  RestartBackoff,
} from '../../../../models/kubernetes/kubelet/restart-backoff.js';
import { MINUTE_NS, SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;

test('waits never shrink and never exceed the maximum, as long as no run is longer than the reset', () => {
  const rules = fc.oneof(
    fc.constant(DEFAULT_BACKOFF),
    fc.constant(REDUCED_BACKOFF),
    fc.integer({ min: 1, max: 300 }).map((seconds) => backoffWithMax(seconds * S)),
  );
  const runs = fc.array(fc.integer({ min: 0, max: 250 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(rules, runs, (rule, lengths) => {
      const backoff = new RestartBackoff(rule);
      let startNs = 0;
      let beforeNs = 0;
      for (const length of lengths) {
        const exitNs = startNs + length * S;
        startNs = backoff.restartAt(exitNs);
        const waitNs = startNs - exitNs;
        expect(waitNs).toBeGreaterThanOrEqual(beforeNs);
        expect(waitNs).toBeLessThanOrEqual(rule.maxNs);
        beforeNs = waitNs;
      }
    }),
    { seed: 9 },
  );
});

test('a run of more than ten minutes starts afresh, one of exactly ten does not', () => {
  const lastWait = (runNs: number): number => {
    const backoff = new RestartBackoff();
    let startNs = 0;
    for (let crash = 0; crash < 4; crash++) startNs = backoff.restartAt(startNs + S);
    const exitNs = startNs + runNs;
    return (backoff.restartAt(exitNs) - exitNs) / S;
  };
  expect(lastWait(S)).toBe(80);
  expect(lastWait(10 * MINUTE_NS)).toBe(80);
  expect(lastWait(10 * MINUTE_NS + 1)).toBe(0);
});

test('a maximum of a node is the first wait too, where it is below 10 s', () => {
  expect(backoffWithMax(4 * S)).toMatchObject({ initialNs: 4 * S, maxNs: 4 * S });
  expect(backoffWithMax(60 * S)).toMatchObject({ initialNs: 10 * S, maxNs: 60 * S });
});
