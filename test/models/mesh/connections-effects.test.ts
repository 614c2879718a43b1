// What connections that keep to their endpoints do to a mesh, from the YAML on.
import { describe, expect, test } from 'vitest';
import { simulate } from '../../../models/mesh/run/simulation.js';
import type { MeshPlan } from '../../../models/plan/contract/plan.js';
import { allOutcomes } from '../../support/plans.js';
import {
  deployment,
  destinationRule,
  namespace,
  planOf,
  service,
  virtualService,
  withCluster,
} from '../plan/support.js';

const S = 1_000_000_000;
const PLAIN = [namespace('plain', 'team: red'), deployment('old', 'plain', { app: 'old' }, 1)];
const GRPC = [
  service('grpc', 'b', ['{ name: grpc, port: 9000 }']),
  ...['x', 'y', 'z'].map((version) => deployment(`grpc-${version}`, 'b', { app: 'grpc', version }, 1)),
];

function run(plan: MeshPlan) {
  const options = { seed: 'effects', replication: 0, warmupNs: 0, durationNs: 100 * S, intervalNs: S, maxEvents: 1e6 };
  return simulate(plan, options);
}

/** Arrivals at the workloads of this prefix. */
function arrivals(plan: MeshPlan, prefix: string): number[] {
  const { workloads } = run(plan);
  return plan.workloads.flatMap(({ name }, i) => (name.startsWith(prefix) ? [workloads[i]!.arrivals] : []));
}

describe('gRPC', () => {
  test('from a pod without a sidecar it goes to one pod, from one with a sidecar to all', () => {
    const to = 'grpc.b:9000';
    const bare = arrivals(planOf({ yaml: withCluster(...PLAIN, ...GRPC), from: 'old.plain', to }), 'grpc-');
    expect(bare.filter((count) => count > 0)).toHaveLength(1);
    const meshed = arrivals(planOf({ yaml: withCluster(...GRPC), to }), 'grpc-');
    // 1000 calls, a third each: five standard deviations are 75 (error probability below 1e-5).
    for (const count of meshed) expect(Math.abs(count - 1000 / 3)).toBeLessThan(90);
  });
});

describe('a database behind a TCP port', () => {
  const second = [deployment('db-2', 'b', { app: 'db' }, 1)];

  test('a thousand calls need a handful of connections: as many as were ever in flight at once', () => {
    const result = run(planOf({ yaml: withCluster(...second), to: 'db.b:3306' }));
    expect(result.traffic[0]!.completed).toBeGreaterThan(900);
    expect(result.clusters[0]!.upstreamCxTotal).toBeLessThanOrEqual(4);
    expect(result.clusters[0]!.upstreamRqTotal).toBe(result.clusters[0]!.upstreamCxTotal);
  });

  test('maxConnections closes what is too much: no response, UO', () => {
    const rule = destinationRule(
      'db',
      'b',
      '{ host: db, trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 } } } }',
    );
    const outcomes = allOutcomes(run(planOf({ yaml: withCluster(rule), to: 'db.b:3306' })));
    expect(Object.keys(outcomes).sort()).toEqual(['0 UO', '200 -']);
    expect(outcomes['0 UO']).toBeLessThan(60);
  });

  test('a route to a host that does not exist closes the connection', () => {
    const broken = virtualService('db', 'b', '{ hosts: [db], tcp: [{ route: [{ destination: { host: nowhere } }] }] }');
    const outcomes = allOutcomes(run(planOf({ yaml: withCluster(broken), to: 'db.b:3306' })));
    expect(Object.keys(outcomes)).toEqual(['0 NC']);
  });
});
