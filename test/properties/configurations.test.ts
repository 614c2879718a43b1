// Laws that hold whatever is applied to a mesh, and deleted from it, while it runs.
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type ConfigurationLayer, loadLayers } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import { MeshSimulation } from '../../models/mesh/run/simulation.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import { deployment, namespace, planOf } from '../models/plan/support.js';
import { MS, S } from '../support/plans.js';

function webService(port: number, selector: string): string {
  return `apiVersion: v1
kind: Service
metadata: { name: web, namespace: b }
spec: { selector: ${selector}, ports: [{ name: http, port: ${port} }] }
`;
}

const RULE = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: b }
`;
const ROUTE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: b }
`;
const BASE = [
  namespace('a'),
  namespace('b'),
  deployment('client', 'a', { app: 'client' }, 2),
  deployment('web-1', 'b', { app: 'web', version: 'v1' }, 2),
  deployment('web-2', 'b', { app: 'web', version: 'v2' }, 1),
  webService(80, '{ app: web }'),
].join('---\n');

const SUBSETS = 'subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]';
const TEXTS = [
  `${RULE}spec: { host: web, ${SUBSETS} }\n`,
  `${RULE}spec: { host: web, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } }, ${SUBSETS} }\n`,
  `${RULE}spec: { host: web, trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } } } }\n`,
  `${RULE}spec: { host: web, trafficPolicy: { tls: { mode: DISABLE } } }\n`,
  `${ROUTE}spec: { hosts: [web], http: [{ route: [{ destination: { host: web, subset: v1 }, weight: 60 }, { destination: { host: web, subset: v2 }, weight: 40 }] }] }\n`,
  `${ROUTE}spec: { hosts: [web], http: [{ timeout: 20ms, retries: { attempts: 3, perTryTimeout: 8ms }, route: [{ destination: { host: web, subset: v2 } }] }] }\n`,
  `${ROUTE}spec: { hosts: [web], http: [{ directResponse: { status: 418 } }] }\n`,
  `${ROUTE}spec: { hosts: [web], http: [{ fault: { delay: { percentage: { value: 50 }, fixedDelay: 30ms } }, route: [{ destination: { host: web } }] }] }\n`,
  `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: web, namespace: b }\nspec: { action: DENY, rules: [{}] }\n`,
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: web, namespace: b }\nspec: { mtls: { mode: STRICT } }\n`,
  webService(81, '{ app: web }'),
  webService(80, '{ app: web, version: v2 }'),
];

const layer: fc.Arbitrary<ConfigurationLayer> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...TEXTS)
      .map((text) => ({ kind: 'apply' as const, documents: [...parseDocuments({ name: 'applied.yaml', text })] })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        { group: 'networking.istio.io', kind: 'DestinationRule', namespace: 'b', name: 'web' },
        { group: 'networking.istio.io', kind: 'VirtualService', namespace: 'b', name: 'web' },
        { group: '', kind: 'Service', namespace: 'b', name: 'web' },
      )
      .map((object) => ({ kind: 'delete' as const, objects: [object] })),
  },
);

const KINDS = ['AuthorizationPolicy', 'DestinationRule', 'PeerAuthentication', 'Service', 'VirtualService'];
const END_NS = 4 * S;
const options = { seed: 'laws', replication: 0, warmupNs: S, durationNs: END_NS, intervalNs: S, maxEvents: 300_000 };

/** Each step goes on from the one before; and a kill now and then. */
const meshes: fc.Arbitrary<MeshPlan> = fc
  .record({
    steps: fc.array(fc.tuple(fc.integer({ min: 100, max: 3500 }), layer), { minLength: 1, maxLength: 4 }),
    kill: fc.option(fc.integer({ min: 100, max: 3500 })),
  })
  .map(({ steps, kill }) => {
    const base = [...parseDocuments({ name: 'mesh.yaml', text: BASE })];
    const ordered = steps.toSorted(([a], [b]) => a - b).filter(([ms], i, all) => i === 0 || ms !== all[i - 1]![0]);
    const later = ordered.map((_, i) =>
      loadLayers(
        base,
        ordered.slice(0, i + 1).map(([, one]) => one),
      ),
    );
    const changes = ordered.map(([ms], i) => ({ atNs: ms * MS, version: i + 1, kinds: KINDS }));
    const plan = planOf({ yaml: BASE, input: { configurations: { later, changes } } });
    const workload = plan.workloads.findIndex(({ name }) => name === 'web-1');
    const target = {
      workloads: [workload],
      localities: null,
      ordinals: null,
      pods: { kind: 'count', count: 1 },
    } as const;
    const killed: TimelineEntryPlan = {
      name: 'kill',
      position: null,
      startsNs: [(kill ?? 0) * MS],
      durationNs: 0,
      rampNs: 0,
      action: { kind: 'pods', target, fault: { kind: 'kill' } },
    };
    const profile = [{ atNs: 0, ratePerSecond: 200 }];
    return {
      ...plan,
      traffic: plan.traffic.map((source) => ({ ...source, arrival: { kind: 'open', process: 'poisson', profile } })),
      timeline: kill === null ? [] : [killed],
    };
  });

describe('every mesh whose configuration changes', () => {
  test.prop([meshes], { numRuns: 40 })('keeps its books', (plan) => {
    const simulation = new MeshSimulation(plan, options);
    simulation.runUntil(END_NS);
    const { calls, rows, traffic } = simulation.result();
    expect(calls.started).toBe(calls.ended + calls.inFlight);
    expect(calls.inFlight).toBeGreaterThanOrEqual(0);
    for (const row of rows) expect(row.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(row.calls);
    for (const seen of traffic) expect(seen.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(seen.completed);
  });

  test.prop([meshes], { numRuns: 10 })('gives everything back when traffic ends', (plan) => {
    const profile = [
      { atNs: 0, ratePerSecond: 100 },
      { atNs: 4 * S, ratePerSecond: 0 },
    ];
    const ending: MeshPlan = {
      ...plan,
      traffic: plan.traffic.map((source) => ({ ...source, arrival: { kind: 'open', process: 'poisson', profile } })),
    };
    const simulation = new MeshSimulation(ending, { ...options, durationNs: 200 * S, maxEvents: 1e6 });
    simulation.runUntil(200 * S);
    const { calls, attempts, frames } = simulation.population;
    expect({ calls, attempts, frames }).toEqual({ calls: 0, attempts: 0, frames: 0 });
  });

  test.prop([meshes, fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 3 })], { numRuns: 10 })(
    'runs the same wherever it is interrupted',
    (plan, stops) => {
      const whole = new MeshSimulation(plan, options);
      whole.runUntil(END_NS);
      const parts = new MeshSimulation(plan, options);
      for (const ms of stops.toSorted((a, b) => a - b)) parts.runUntil(ms * MS);
      parts.runUntil(END_NS);
      expect(parts.result()).toEqual(whole.result());
    },
  );

  test.prop([meshes], { numRuns: 10 })('is as ever before its first change', (plan) => {
    const [first] = plan.configurations!.changes;
    const kills = plan.timeline.flatMap(({ startsNs }) => startsNs);
    const untilNs = Math.min(first!.atNs, ...kills) - MS;
    const seen = (one: MeshPlan) => {
      const simulation = new MeshSimulation(one, options);
      simulation.runUntil(untilNs);
      const { calls, rows, events } = simulation.result();
      return { calls, rows, events };
    };
    expect(seen(plan)).toEqual(seen({ ...plan, timeline: [], configurations: null }));
  });
});
