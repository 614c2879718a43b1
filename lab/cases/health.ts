// Hosts that are checked actively.
import type { Host, LabCase } from '../case.js';
import { allOutcomes, atHost, counter } from '../checks.js';

/** Checks are quick, so that the first rounds of them are over before the load. */
const CHECK = {
  timeout: '1s',
  interval: '0.2s',
  no_traffic_interval: '0.2s',
  unhealthy_threshold: 1,
  healthy_threshold: 1,
};
const GOOD: Host = { work: '3ms' };
const ILL: Host = { work: '3ms', healthy: false };

function checked(name: string, question: string, hosts: readonly Host[], policy: object = {}): LabCase {
  return {
    name,
    question,
    hosts,
    policy: { loadBalancer: { simple: 'ROUND_ROBIN' }, ...policy },
    healthCheck: CHECK,
    load: { kind: 'bursts', bursts: Array.from({ length: 60 }, (_, i) => ({ atMs: 1500 + 20 * i, requests: 1 })) },
    checks: [...hosts.map((_, i) => atHost('abcdef'[i])), allOutcomes(), counter('lbHealthyPanic')],
  };
}

export const HEALTH: readonly LabCase[] = [
  checked('health-one-ill', 'Does a host that fails its checks get requests?', [ILL, GOOD, GOOD]),
  checked('health-well', 'Does one that passes them, whatever it answers else?', [
    { work: '3ms', errors: { 500: 1 } },
    GOOD,
    GOOD,
  ]),
  checked('health-all-ill', 'Who is picked when all fail them?', [ILL, ILL], {
    outlierDetection: { consecutive5xxErrors: 0, minHealthPercent: 50 },
  }),
  checked('health-no-panic', 'And without panic?', [ILL, ILL], {
    outlierDetection: { consecutive5xxErrors: 0, minHealthPercent: 0 },
  }),
];
