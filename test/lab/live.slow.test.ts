// Cases through a real Envoy, now: what is exact in the recordings is exact again, and no process is left. Latencies are not looked at: no test
// asserts a time of the wall clock.
import { describe, expect, test } from 'vitest';
import { CASES } from '../../lab/cases/index.js';
import { runLive } from '../../lab/live.js';
import { readRecording } from '../../lab/recordings.js';
import { ROOT } from '../cli/script.js';
import { ENVOY, WHY_SKIPPED } from './envoy-binary.js';

const NAMES = [
  'round-robin',
  'round-robin-weighted',
  'pool-http2',
  'breaker-pending',
  'retry-5xx',
  'retry-connect-failure',
  'timeout-route',
  'outlier-ejection',
  'local-rate-limit',
  'local-rate-limit-descriptors',
  'pool-http2-goaway',
  'workers-breaker',
  'zones-enough',
  'retry-remote-localities',
  'line-tls-12',
  'change-removed-busy',
  'change-cluster-limits',
  'change-cluster-gone',
  'change-route',
];

describe(`live${WHY_SKIPPED}`, () => {
  test.skipIf(ENVOY === null).each(NAMES)('%s', async (name) => {
    const lab = CASES.find((one) => one.name === name);
    const recording = readRecording(ROOT, name);
    if (lab === undefined || recording === null) throw new Error(`no case ${name}`);
    const { seen } = await runLive(ENVOY ?? '', lab, 0);
    for (const check of lab.checks) {
      if (check.tolerance.kind !== 'exact') continue;
      expect(recording.runs.map(check.of), check.name).toContainEqual(check.of(seen));
    }
  });
});
