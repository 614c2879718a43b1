// Laws of ambient mode for all small meshes: nothing is lost or left over, whoever times out or cannot connect; the same input gives the same run.
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { MeshSimulation, simulate } from '../../models/mesh/run/simulation.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { ambientCluster, USES_WAYPOINT, waypoint } from '../models/ambient.js';
import { planOf, WORK } from '../models/plan/support.js';
import { MS, S, US } from '../support/plans.js';

const wishes = fc.record({
  waypoint: fc.boolean(),
  grpc: fc.boolean(),
  waypoints: fc.integer({ min: 1, max: 3 }),
  clients: fc.integer({ min: 1, max: 3 }),
  servers: fc.integer({ min: 0, max: 3 }),
  workers: fc.constantFrom(null, 1, 2),
  overflow: fc.constantFrom(
    { kind: 'reset' as const },
    { kind: 'drop' as const },
    { kind: 'status' as const, status: 503 },
  ),
  connections: fc.integer({ min: 1, max: 150 }),
  /** Of the client, ms; 0 = none. A handshake takes some 1.3 ms here. */
  timeout: fc.constantFrom(0, 1, 3, 20),
  connectTimeout: fc.constantFrom(500 * US, 1 * MS, 1.2 * MS, 10 * S),
  nodesPerZone: fc.integer({ min: 1, max: 3 }),
  jitter: fc.constantFrom(0, 0.5),
});

type Wish = typeof wishes extends fc.Arbitrary<infer T> ? T : never;

function meshOf(wish: Wish): MeshPlan {
  const yaml = ambientCluster(wish.waypoint ? USES_WAYPOINT : '', waypoint('waypoint', 'b'));
  const plan = planOf({
    yaml: wish.grpc ? yaml.replace('{ name: http, port: 80, targetPort: 8080 }', '{ name: grpc, port: 80 }') : yaml,
    workloads: {
      'client.a': { replicas: wish.clients },
      'waypoint.b': { replicas: wish.waypoints },
      'web-v1.b': {
        replicas: wish.servers,
        steps: [WORK],
        overflow: wish.overflow,
        ...(wish.workers === null ? {} : { workers: wish.workers, queue: 2 }),
      },
      'web-v2.b': { replicas: 0 },
    },
    input: { nodesPerZone: wish.nodesPerZone },
  });
  return {
    ...plan,
    network: { ...plan.network, jitter: plan.network.jitter.map((row) => row.map(() => wish.jitter)) },
    clusters: plan.clusters.map((cluster) => ({ ...cluster, connectTimeoutNs: wish.connectTimeout })),
    traffic: plan.traffic.map((source) => ({
      ...source,
      arrival: {
        kind: 'closed',
        connections: wish.connections,
        ratePerSecond: null,
        uniform: false,
        think: null,
        calls: wish.connections * 2,
        startNs: null,
      },
      requests: source.requests.map((request) => ({ ...request, timeoutNs: wish.timeout * MS })),
    })),
  };
}

const OPTIONS = { seed: 's', replication: 0, warmupNs: 0, durationNs: 30 * S, intervalNs: 30 * S, maxEvents: 1e6 };

/** A client gives up while its request is on the way to a waypoint, behind which nobody answers. */
const GIVES_UP: Wish = {
  waypoint: true,
  grpc: false,
  waypoints: 3,
  clients: 1,
  servers: 1,
  workers: 2,
  overflow: { kind: 'drop' },
  connections: 5,
  timeout: 3,
  connectTimeout: 10 * S,
  nodesPerZone: 1,
  jitter: 0,
};

describe('ambient mode', () => {
  test.prop([wishes], { numRuns: 60, examples: [[GIVES_UP]] })(
    'ends every call, and keeps nothing but what was dropped',
    (wish) => {
      const plan = meshOf(wish);
      const simulation = new MeshSimulation(plan, OPTIONS);
      simulation.runUntil(OPTIONS.durationNs);
      const result = simulation.result();
      expect(result.stopped).toBeNull();
      const mute = wish.overflow.kind === 'drop' && wish.workers !== null && wish.timeout === 0;
      if (!mute) {
        expect(result.traffic[0]!.completed).toBe(wish.connections * 2);
        expect(result.calls.inFlight).toBe(0);
        expect(simulation.population).toMatchObject({ calls: 0, frames: 0 });
      }
      expect(result.calls.started).toBe(result.calls.ended + result.calls.inFlight);
    },
  );

  test.prop([wishes], { numRuns: 10 })('is the same again', (wish) => {
    const plan = meshOf(wish);
    expect(simulate(plan, OPTIONS)).toEqual(simulate(plan, OPTIONS));
  });
});
