// Changes, cases CH-10, CH-11, CH-13, CH-15, CH-19, CH-20: which change of the configuration or of an endpoint makes a
// proxy take a new cluster, move hosts, or do nothing, and when its workers hear of it. The sources are named in
// models/control-plane/{cluster-changes,endpoint-path,dns-refresh,merge-window}.ts.
import { describe, expect, it } from 'vitest';
import {
  type ClusterChange,
  type ClusterVersion,
  changedFields,
  clusterChange,
} from '../../models/control-plane/cluster-changes.js';
import { DnsTarget, ISTIO_DNS } from '../../models/control-plane/dns-refresh.js';
import {
  edsEntry,
  endpointHealth,
  ServiceEndpoints,
  sendsUnhealthy,
} from '../../models/control-plane/endpoint-path.js';
import { isMergeable, MergeWindow } from '../../models/control-plane/merge-window.js';
import { MS_NS, NEVER_NS, S_NS } from '../../models/control-plane/time.js';
import { typesOf } from '../../models/control-plane/xds-types.js';
import { compile, input } from '../models/plan/support.js';

const PODS = ['v1', 'v2', 'v3'].map(
  (version) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-${version}, namespace: b }
spec:
  selector: { matchLabels: { app: web, version: ${version} } }
  template:
    metadata: { labels: { app: web, version: ${version}, sidecar.istio.io/inject: "true" } }
    spec: { serviceAccountName: web, containers: [{ name: app, image: web }] }
`,
);

const MESH = `${PODS.join('---')}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: client, namespace: a }
spec:
  selector: { matchLabels: { app: client } }
  template:
    metadata: { labels: { app: client, sidecar.istio.io/inject: "true" } }
    spec: { containers: [{ name: app, image: client }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: b }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80 }, { name: http-more, port: 81 }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: b }
spec:
  hosts: [web]
  http:
    - route:
        - { destination: { host: web }, weight: 50 }
        - { destination: { host: web, subset: v2 }, weight: 50 }
`;

const rule = (spec: string, labels = '{}'): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: b, labels: ${labels} }
spec: { host: web${spec} }
`;
const subset = (version: string): string => `, subsets: [{ name: v2, labels: { version: ${version} } }]`;

/** The clusters that a configuration has requests for, by name. */
function clusters(yaml: readonly string[]): ReadonlyMap<string, ClusterVersion> {
  const { traffic } = input({ yaml });
  const ports = traffic.flatMap((source) => [source, { ...source, name: 'more', to: 'http://web.b:81/' }]);
  const { plan, sources, diagnostics } = compile({ yaml, input: { traffic: ports } });
  if (plan === null || sources === null) throw new Error(JSON.stringify(diagnostics));
  return new Map(
    plan.clusters.flatMap((cluster, index) =>
      cluster.name.startsWith('outbound|')
        ? [
            [
              cluster.name,
              {
                plan: cluster,
                rule: sources.clusters[index].rule?.object ?? null,
                serviceAccounts: ['b/web'],
                isDns: false,
              },
            ] as const,
          ]
        : [],
    ),
  );
}

/** What a client does from one configuration to the next, by cluster. */
function changes(before: readonly string[], after: readonly string[]): Record<string, ClusterChange> {
  const [old, now] = [clusters(before), clusters(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return Object.fromEntries(names.map((name) => [name, clusterChange(old.get(name) ?? null, now.get(name) ?? null)]));
}

const cluster = (port: number, version = ''): string => `outbound|${port}|${version}|web.b.svc.cluster.local`;

describe('CH-10: what a DestinationRule does to the clusters of a host with two ports', () => {
  it('CH-10 (a): an empty one is created: both clusters are new', () => {
    expect(changes([MESH], [MESH, rule('')])).toEqual({ [cluster(80)]: 'swap', [cluster(81)]: 'swap' });
    const [[before], [after]] = [clusters([MESH]), clusters([MESH, rule('')])].map((all) => [...all.values()]);
    expect(changedFields(before.plan, after.plan).filter((field) => field !== 'position')).toEqual([]);
  });

  it('CH-10 (b): its labels are edited: nothing', () => {
    expect(changes([MESH, rule('')], [MESH, rule('', '{ team: a }')])).toEqual({
      [cluster(80)]: 'same',
      [cluster(81)]: 'same',
    });
  });

  it('CH-10 (c): a subset is added: two clusters more, the others stay', () => {
    expect(changes([MESH, rule('')], [MESH, rule(subset('v2'))])).toEqual({
      [cluster(80)]: 'same',
      [cluster(80, 'v2')]: 'added',
      [cluster(81)]: 'same',
      [cluster(81, 'v2')]: 'added',
    });
  });

  it('CH-10 (d): the labels of the subset change: its hosts do', () => {
    expect(changes([MESH, rule(subset('v2'))], [MESH, rule(subset('v3'))])).toEqual({
      [cluster(80)]: 'same',
      [cluster(80, 'v2')]: 'members',
      [cluster(81)]: 'same',
      [cluster(81, 'v2')]: 'members',
    });
  });

  it('CH-10 (e): the rule is deleted: two clusters are new, two go', () => {
    expect(changes([MESH, rule(subset('v2'))], [MESH])).toEqual({
      [cluster(80)]: 'swap',
      [cluster(80, 'v2')]: 'removed',
      [cluster(81)]: 'swap',
      [cluster(81, 'v2')]: 'removed',
    });
  });
});

describe('CH-11: the first pod with an account of its own', () => {
  const pod = (key: string, serviceAccount: string) =>
    ({ key, serviceAccount, health: 'healthy', content: '' }) as const;

  it('CH-11: makes the push full and the clusters new; with the same account it is EDS alone', () => {
    const service = new ServiceEndpoints();
    service.update('k', [pod('a', 'web')], true);
    expect(service.update('k', [pod('a', 'web'), pod('b', 'web')], true)).toBe('incremental');
    expect(typesOf(['Endpoints'], 'sidecar')).toEqual(['eds']);
    expect(service.update('k', [pod('a', 'web'), pod('b', 'web'), pod('c', 'canary')], true)).toBe('full');
    expect(typesOf(['ServiceEntry'], 'sidecar')).toContain('cds');
    const [version] = clusters([MESH]).values();
    expect(clusterChange(version, { ...version, serviceAccounts: ['b/web', 'b/canary'] })).toBe('swap');
    expect(service.update('k', [pod('a', 'web'), pod('b', 'web')], true)).toBe('full');
  });
});

describe('CH-13: a ServiceEntry with resolution DNS', () => {
  it('CH-13: asks by TTL, keeps its hosts through failures for a minute, loses them by an empty answer', () => {
    const target = new DnsTarget({ ...ISTIO_DNS, kind: 'strict' });
    const found = (...addresses: string[]) => ({
      status: 'completed' as const,
      records: addresses.map((address) => ({ address, ttlSeconds: 30 })),
    });
    const first = target.answered(0, found('A', 'B'), 0);
    expect(first).toEqual({ added: ['A', 'B'], removed: [], nextQueryNs: 30 * S_NS });
    const second = target.answered(first.nextQueryNs, found('A'), 0);
    expect(second).toEqual({ added: [], removed: ['B'], nextQueryNs: 60 * S_NS });
    const failed = target.answered(second.nextQueryNs, { status: 'failed', records: [] }, 0.99);
    expect(failed).toEqual({ added: [], removed: [], nextQueryNs: 120 * S_NS });
    expect(target.addresses).toEqual(['A']);
    const empty = target.answered(failed.nextQueryNs, { status: 'completed', records: [] }, 0);
    expect(empty).toEqual({ added: [], removed: ['A'], nextQueryNs: 180 * S_NS });
    expect(target.addresses).toEqual([]);
  });

  it('CH-13: up to 0.1 s of jitter after a success', () => {
    const target = new DnsTarget({ ...ISTIO_DNS, kind: 'strict' });
    const answer = { status: 'completed', records: [{ address: 'A', ttlSeconds: 30 }] } as const;
    expect(target.answered(0, answer, 0.9999).nextQueryNs).toBe(30 * S_NS + 99 * MS_NS);
  });
});

describe('CH-15: ejections and the merge window', () => {
  const ejected = isMergeable({ hasMembers: false, isAssignment: false });
  const added = isMergeable({ hasMembers: true, isAssignment: true });

  it('CH-15: the first is heard at once, the second a second after it happened', () => {
    const window = new MergeWindow();
    expect(window.update(0, ejected)).toBe('post');
    expect(window.update(300 * MS_NS, ejected)).toBe('wait');
    expect(window.nextNs).toBe(1300 * MS_NS);
  });

  it('CH-15: a host that is added takes along what waits, and nothing happens later', () => {
    const window = new MergeWindow();
    window.update(0, ejected);
    window.update(300 * MS_NS, ejected);
    expect(window.update(800 * MS_NS, added)).toBe('post');
    expect([window.cancelled, window.nextNs]).toEqual([1, NEVER_NS]);
  });
});

describe('CH-19: a pod that is not ready for half a second', () => {
  const conditions = { ready: false, serving: false, terminating: false };
  const settings = {
    forcesUnhealthy: false,
    autoSendsUnhealthy: true,
    hasTrafficDistribution: false,
    minHealthPercent: 0,
  };
  const entry = (istioMinor: number, ready: boolean) => {
    const policy = { keepsSessions: false, sendsUnhealthy: sendsUnhealthy({ ...settings, istioMinor }) };
    return edsEntry(endpointHealth({ ...conditions, ready }, policy), policy);
  };

  it('CH-19: with Istio 1.31 it is marked at once, and comes back a second after it is ready', () => {
    expect([entry(31, false), entry(31, true)]).toEqual(['UNHEALTHY', 'HEALTHY']);
    const window = new MergeWindow();
    const inPlace = isMergeable({ hasMembers: false, isAssignment: true });
    expect(window.update(300 * MS_NS, inPlace)).toBe('post');
    expect(window.update(800 * MS_NS, inPlace)).toBe('wait');
    expect(window.nextNs).toBe(1800 * MS_NS);
  });

  it('CH-19: before, it goes and comes at once', () => {
    expect([entry(30, false), entry(30, true)]).toEqual(['absent', 'HEALTHY']);
    const window = new MergeWindow();
    const moved = isMergeable({ hasMembers: true, isAssignment: true });
    expect([window.update(300 * MS_NS, moved), window.update(800 * MS_NS, moved)]).toEqual(['post', 'post']);
  });
});

describe('CH-20: a pod that is deleted and still serves', () => {
  it('CH-20: is not in the assignment, in no version', () => {
    for (const sends of [true, false]) {
      const policy = { keepsSessions: false, sendsUnhealthy: sends };
      const health = endpointHealth({ ready: false, serving: true, terminating: true }, policy);
      expect([health, edsEntry(health, policy)]).toEqual(['terminating', 'absent']);
    }
  });
});
