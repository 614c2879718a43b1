// From the names of a timeline to numbers of the plan: what each means, and what is said of names that mean nothing or too much.
import { describe, expect, test } from 'vitest';
import { samePlan } from '../../../../models/plan/contract/same-plan.js';
import type {
  LinkEndPlan,
  PodFaultPlan,
  PodTargetPlan,
  TimelineEntryPlan,
} from '../../../../models/plan/contract/timeline-plan.js';
import type {
  LinkEndInput,
  Named,
  PodTargetInput,
  TimelineActionInput,
  TimelineInput,
} from '../../../../models/plan/settings/timeline-input.js';
import {
  AT,
  call,
  compile,
  deployment,
  input,
  istio,
  MS,
  namespace,
  planOf,
  service,
  WORK,
  withCluster,
} from '../support.js';

const ENTRY_AT = { file: 'scenario.yaml', line: 2, column: 1 };

/**
 * Beside the cluster of the tests: another workload `two` in c, one that is pinned to a zone, one without pods, a host outside in a place of its
 * own and a host without a place.
 */
const MESH = withCluster(
  deployment('two', 'c', { app: 'two', version: 'v9', tier: 'gold' }, 3),
  service('two', 'c', ['{ name: http, port: 80 }']),
  deployment(
    'far',
    'c',
    { app: 'far', 'topology.kubernetes.io/zone': 'r2-x', 'topology.kubernetes.io/region': 'r2' },
    1,
  ),
  deployment('nobody', 'c', { app: 'nobody' }, 0),
  service('nobody', 'c', ['{ name: http, port: 80 }']),
  service('empty', 'c', ['{ name: http, port: 80 }']),
  istio(
    'ServiceEntry',
    'partner',
    'b',
    '{ hosts: [api.partner.com], location: MESH_EXTERNAL, resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }] }',
  ),
);
const ZONES = [
  { region: 'r1', zone: 'r1-a' },
  { region: 'r1', zone: 'r1-b' },
];

function wish(timeline: readonly TimelineInput[]) {
  return {
    yaml: MESH,
    services: { 'web.b': { steps: [WORK, call('http://api.partner.com/'), call('http://api.pay.example/')] } },
    input: { timeline, placement: ZONES },
  };
}

function named(name: string, column = 1): Named {
  return { name, at: { ...AT, column } };
}

function entry(action: TimelineActionInput, more: Partial<TimelineInput> = {}): TimelineInput {
  return { name: 'it', at: ENTRY_AT, startsNs: [MS], durationNs: 2 * MS, rampNs: 0, action, ...more };
}

function pods(target: Partial<PodTargetInput>, fault: PodFaultPlan = { kind: 'kill' }): TimelineInput {
  return entry({ kind: 'pods', target: { pods: { kind: 'all' }, ...target }, fault });
}

const PARTITION = { kind: 'partition' } as const;
function link(from: LinkEndInput | null, to: LinkEndInput | null): TimelineInput {
  return entry({ kind: 'link', from, to, bothWays: true, fault: PARTITION });
}

const plan = planOf(wish([]));
const nameOf = (index: number): string => `${plan.workloads[index]!.name}.${plan.workloads[index]!.namespace}`;
const zoneOf = (index: number): string => plan.localities[index]!.zone;

function only(one: TimelineInput): TimelineEntryPlan {
  const { timeline } = planOf(wish([one]));
  expect(timeline).toHaveLength(1);
  return timeline[0]!;
}

function targetOf(target: Partial<PodTargetInput>, fault?: PodFaultPlan): PodTargetPlan {
  const { action } = only(pods(target, fault));
  if (action.kind !== 'pods') throw new Error(action.kind);
  return action.target;
}

function workloadsOf(target: Partial<PodTargetInput>, fault?: PodFaultPlan): string[] {
  return targetOf(target, fault).workloads.map(nameOf);
}

/** Errors as `code column: message | hint`. */
function errors(...timeline: readonly TimelineInput[]): string[] {
  return compile(wish(timeline))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code, position, message, hint }) => `${code} ${position?.line}:${position?.column}: ${message} | ${hint}`);
}

describe('entries', () => {
  test('a plan without a timeline has an empty one', () => {
    expect(plan.timeline).toEqual([]);
    expect(compile({ yaml: MESH }).plan!.timeline).toEqual([]);
  });

  test('keep their words, their times and their place', () => {
    const one = { ...pods({ workload: named('db') }), name: 'kill db', startsNs: [1, 2], durationNs: null, rampNs: 3 };
    expect(only(one)).toMatchObject({
      name: 'kill db',
      position: ENTRY_AT,
      startsNs: [1, 2],
      durationNs: null,
      rampNs: 3,
      action: { kind: 'pods', fault: { kind: 'kill' } },
    });
  });

  test('that have begun before the run have no starts; those that never happen are left out, and their names are checked', () => {
    const before = { ...pods({ workload: named('db') }), startsNs: null };
    const never = { ...pods({ workload: named('client') }), startsNs: [] };
    expect(planOf(wish([never, before])).timeline.map(({ startsNs }) => startsNs)).toEqual([[]]);
    expect(errors({ ...pods({ workload: named('clint') }), startsNs: [] })).toEqual([
      'workload-not-found 1:1: no workload is named clint | did you mean client.a?',
    ]);
  });

  test('survive JSON, and count where plans are compared; their places do not', () => {
    const killed = planOf(wish([pods({ workload: named('db') })]));
    expect(JSON.parse(JSON.stringify(killed))).toEqual(killed);
    expect(samePlan(killed, plan)).toBe(false);
    const moved = { ...pods({ workload: named('db', 7) }), at: AT };
    expect(samePlan(killed, planOf(wish([moved])))).toBe(true);
    expect(samePlan(killed, planOf(wish([pods({ workload: named('db'), pods: { kind: 'count', count: 1 } })])))).toBe(
      false,
    );
  });

  test('change nothing else of a plan', () => {
    // Controllers have something to do where something happens.
    expect({ ...planOf(wish([pods({ zone: named('r1-a') })])), timeline: [], controllers: [] }).toEqual(plan);
  });
});

describe('pods', () => {
  test.each<[string, Partial<PodTargetInput>, string[]]>([
    ['a workload', { workload: named('web-v1') }, ['web-v1.b']],
    ['a workload with its namespace', { workload: named('two.c') }, ['two.c']],
    ['a workload in a namespace', { workload: named('two'), namespace: named('c') }, ['two.c']],
    ['a service in a namespace', { service: named('two'), namespace: named('b') }, ['two.b']],
    ['a service', { service: named('web') }, ['web-v1.b', 'web-v2.b']],
    ['a version of a service', { service: named('web.b'), version: named('v2') }, ['web-v2.b']],
    ['a version', { version: named('v1') }, ['web-v1.b', 'two.b']],
    ['a workload behind a service', { service: named('web'), workload: named('web-v2') }, ['web-v2.b']],
    ['labels', { labels: { labels: { app: 'two', tier: 'gold' }, at: AT } }, ['two.c']],
    ['a namespace', { namespace: named('c') }, ['two.c', 'far.c', 'nobody.c']],
    ['labels in a namespace', { namespace: named('b'), labels: { labels: { app: 'two' }, at: AT } }, ['two.b']],
  ])('%s', (_, target, workloads) => {
    expect(workloadsOf(target).toSorted()).toEqual(workloads.toSorted());
  });

  test('of a place are those of the mesh, in its localities', () => {
    const all = ['client.a', 'web-v1.b', 'web-v2.b', 'two.b', 'db.b', 'two.c', 'far.c', 'nobody.c'];
    for (const target of [
      { zone: named('r1-b') },
      { zone: named('r1/r1-b') },
      { zone: named('r1-b'), region: named('r1') },
    ]) {
      expect(workloadsOf(target).toSorted()).toEqual(all.toSorted());
      expect(targetOf(target).localities?.map(zoneOf)).toEqual(['r1-b']);
    }
    expect(targetOf({ region: named('r1') }).localities?.map(zoneOf)).toEqual(['r1-a', 'r1-b']);
    expect(targetOf({ workload: named('far'), region: named('r2') })).toMatchObject({ ordinals: null });
    expect(targetOf({ workload: named('db') }).localities).toBeNull();
  });

  test('by their ordinals, ascending and each once, and how many of them', () => {
    const ordinals = [2, 0, 2].map((ordinal) => ({ ordinal, at: AT }));
    const share = { kind: 'share', share: 0.5 } as const;
    expect(targetOf({ workload: named('two.c'), ordinals, pods: share })).toMatchObject({
      ordinals: [0, 2],
      pods: share,
    });
  });

  test('of hosts outside are slow, fail, hang and refuse, and nothing else', () => {
    const slow = { kind: 'slow', factor: 1, addNs: MS } as const;
    expect(workloadsOf({ service: named('api.partner.com') }, slow)).toEqual(['api.partner.com.b']);
    expect(workloadsOf({ service: named('api.pay.example') }, slow)).toEqual(['api.pay.example.']);
    for (const fault of [{ kind: 'hang' }, { kind: 'refuse' }, { kind: 'fail', share: 1, status: 503 }] as const)
      expect(workloadsOf({ service: named('api.partner.com') }, fault)).toHaveLength(1);
    const owned = [
      { kind: 'kill' },
      { kind: 'crash' },
      { kind: 'steal', share: 0.5 },
      { kind: 'pause', lengthNs: 1, everyNs: 2 },
    ] as const;
    for (const fault of owned) {
      expect(errors(pods({ service: named('api.partner.com') }, fault))).toEqual([
        'no-pod-matches 2:1: it: api.partner.com is outside of the cluster, where nothing does this | ' +
          'take slow, fail, hang or refuse, or `down: { host: api.partner.com }`',
      ]);
    }
  });

  test.each<[string, Partial<PodTargetInput>, string]>([
    [
      'no such workload',
      { workload: named('web-v3', 9) },
      'workload-not-found 1:9: no workload is named web-v3 | did you mean web-v1.b, web-v2.b?',
    ],
    [
      'no such service',
      { service: named('wbe', 9) },
      'service-not-found 1:9: no service is named wbe | did you mean web.b, db.b?',
    ],
    [
      'a workload of two namespaces',
      { workload: named('two', 9) },
      'ambiguous-name 1:9: two means workloads in several namespaces: b, c | write two.b',
    ],
    [
      'a service of two namespaces',
      { service: named('two', 9) },
      'ambiguous-name 1:9: two means several services: two.b, two.c | write one of them with its namespace, e.g. two.b',
    ],
    [
      'a workload that is not behind the service',
      { workload: named('db', 9), service: named('web') },
      'no-pod-matches 1:9: db is not behind web | known names: web-v1.b, web-v2.b',
    ],
    [
      'no such namespace',
      { workload: named('db'), namespace: named('bb', 9) },
      'no-pod-matches 1:9: no workload that is meant is in a namespace named bb | did you mean b?',
    ],
    [
      'no such labels',
      { labels: { labels: { app: 'tow' }, at: { ...AT, column: 9 } } },
      'no-pod-matches 1:9: no pod has app=tow | did you mean app=two, app=db, app=far?',
    ],
    [
      'no such version',
      { service: named('web'), version: named('v4', 9) },
      'no-pod-matches 1:9: no pod that is meant is of version v4 | did you mean v1, v2?',
    ],
    [
      'no such zone',
      { zone: named('r1-c', 9) },
      'locality-not-found 1:9: no pod runs in a zone named r1-c | did you mean r1-a, r1-b',
    ],
    [
      'no such region',
      { region: named('r9', 9) },
      'locality-not-found 1:9: no pod runs in a region named r9 | did you mean r1, r2',
    ],
    [
      'a zone of another region',
      { zone: named('r1-a', 9), region: named('r2') },
      'locality-not-found 1:9: zone r1-a is not in region r2 | remove one of them',
    ],
    [
      'no pod of it there',
      { workload: named('far'), zone: named('r1-a') },
      'no-pod-matches 2:1: it: no pod matches | they run in zone r2-x',
    ],
    [
      'no pods at all',
      { workload: named('nobody') },
      'no-pod-matches 2:1: it: no pod matches | these workloads have no pods',
    ],
    [
      'nobody behind the service',
      { service: named('empty') },
      'no-pod-matches 2:1: it: no pod matches | no workload stands behind the name',
    ],
    [
      'no such ordinal',
      { workload: named('two.c'), ordinals: [{ ordinal: 3, at: { ...AT, column: 9 } }] },
      'no-pod-matches 1:9: there is no pod 3 | there are pods 0 to 2',
    ],
    [
      'no other ordinal',
      { workload: named('db'), ordinals: [{ ordinal: 1, at: { ...AT, column: 9 } }] },
      'no-pod-matches 1:9: there is no pod 1 | there is only pod 0',
    ],
    [
      'the ordinal is elsewhere',
      { workload: named('web-v1'), zone: named('r1-a'), ordinals: [{ ordinal: 1, at: AT }] },
      'no-pod-matches 2:1: it: no pod matches | they run in zone r1-a, r1-b',
    ],
  ])('%s is an error at its place', (_, target, error) => {
    expect(errors(pods(target))).toEqual([expect.stringContaining(error)]);
  });

  test('sources of traffic are no workloads', () => {
    const outside = { ...wish([pods({ workload: named('load') })]), from: null };
    expect(compile(outside).diagnostics.map(({ code }) => code)).toContain('workload-not-found');
  });
});

describe('links', () => {
  function endOf(end: LinkEndInput | null, more = {}): LinkEndPlan {
    const { timeline } = planOf({ ...wish([link(end, null)]), ...more });
    const { action } = timeline[0]!;
    if (action.kind !== 'link') throw new Error(action.kind);
    expect(action).toMatchObject({ to: { workloads: null, localities: null }, bothWays: true, fault: PARTITION });
    return action.from;
  }

  test.each<[LinkEndInput | null, string[] | null, string[] | null]>([
    [null, null, null],
    [{ kind: 'workload', ...named('db') }, ['db.b'], null],
    [{ kind: 'service', ...named('web') }, ['web-v1.b', 'web-v2.b'], null],
    [{ kind: 'service', ...named('api.pay.example') }, ['api.pay.example.'], null],
    [{ kind: 'namespace', ...named('c') }, ['far.c', 'nobody.c', 'two.c'], null],
    [{ kind: 'pod', ordinal: 2, ...named('two.c') }, ['two.c'], null],
    [{ kind: 'zone', ...named('r1-b') }, null, ['r1-b']],
    [{ kind: 'region', ...named('r1') }, null, ['r1-a', 'r1-b']],
    [{ kind: 'outside', at: AT }, ['api.partner.com.b', 'api.pay.example.'], null],
  ])('an end %j', (end, workloads, localities) => {
    const found = endOf(end);
    expect(found.workloads?.map(nameOf).toSorted() ?? null).toEqual(workloads);
    expect(found.localities?.map(zoneOf) ?? null).toEqual(localities);
    expect(found.ordinals).toEqual(end?.kind === 'pod' ? [2] : undefined);
  });

  test('clients are outside as well', () => {
    const { workloads } = planOf({ ...wish([]), from: null });
    const found = endOf({ kind: 'outside', at: AT }, { from: null }).workloads!.map((index) => workloads[index]!.kind);
    expect(found.toSorted()).toEqual(['client', 'external', 'external']);
  });

  test.each<[LinkEndInput, string]>([
    [{ kind: 'workload', ...named('dbb', 9) }, 'workload-not-found 1:9: no workload is named dbb | did you mean db.b?'],
    [{ kind: 'workload', ...named('nobody', 9) }, 'no-pod-matches 1:9: the workload nobody has no pods'],
    [{ kind: 'service', ...named('empty', 9) }, 'no-pod-matches 1:9: the service empty has no pods'],
    [{ kind: 'service', ...named('webb', 9) }, 'service-not-found 1:9: no service is named webb | did you mean web.b?'],
    [
      { kind: 'pod', ordinal: 3, ...named('two.c', 9) },
      'no-pod-matches 1:9: two.c has no pod 3 | there are pods 0 to 2',
    ],
    [{ kind: 'namespace', ...named('bb', 9) }, 'no-pod-matches 1:9: no pod runs in a namespace named bb |'],
    [{ kind: 'zone', ...named('r1', 9) }, 'locality-not-found 1:9: no pod runs in a zone named r1 |'],
    [{ kind: 'region', ...named('r1-a', 9) }, 'locality-not-found 1:9: no pod runs in a region named r1-a |'],
  ])('an end %j is an error at its place, at either end', (end, error) => {
    expect(errors(link(end, null))).toEqual([expect.stringContaining(error)]);
    expect(errors(link(null, end))).toEqual([expect.stringContaining(error)]);
  });

  test('nothing is outside where all traffic comes from the mesh, and no host outside is known', () => {
    const { diagnostics } = compile({
      yaml: withCluster(),
      input: { timeline: [link({ kind: 'outside', at: AT }, null)] },
    });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'no-pod-matches', position: AT },
    ]);
  });
});

describe('a host that is down', () => {
  const down = (host: string): TimelineInput => entry({ kind: 'down', host: named(host, 9) });

  test.each(['api.partner.com', 'api.pay.example'])('%s gets nothing, and nothing comes from there', (host) => {
    const { action } = only(down(host));
    if (action.kind !== 'link') throw new Error(action.kind);
    expect(action).toMatchObject({ from: { workloads: null, localities: null }, bothWays: true, fault: PARTITION });
    expect(action.to.workloads?.map((index) => plan.workloads[index]!.name)).toEqual([host]);
  });

  test.each([
    [
      'api.partner.co',
      'host-not-found 1:9: no ServiceEntry has, and nobody calls, the host api.partner.co | did you mean api.partner.com',
    ],
    [
      'web.b',
      'host-not-found 1:9: web.b is a Service of the cluster, not a host outside | write `refuse: { service: web.b }`',
    ],
  ])('%s is an error', (host, error) => {
    expect(errors(down(host))).toEqual([expect.stringContaining(error)]);
  });
});

describe('traffic', () => {
  const change = (name: string | null): TimelineInput =>
    entry({ kind: 'traffic', name: name === null ? null : named(name, 9), factor: 3 });

  test('by its name, or all of it', () => {
    const { traffic } = input(wish([]));
    const second = { ...traffic[0]!, name: 'second', from: null };
    const both = { ...wish([change('second'), change(null)]) };
    const { timeline } = planOf({ ...both, input: { ...both.input, traffic: [...traffic, second] } });
    expect(timeline.map(({ action }) => action)).toEqual([
      { kind: 'traffic', traffic: [1], factor: 3 },
      { kind: 'traffic', traffic: [0, 1], factor: 3 },
    ]);
  });

  test('a mix is by request, and of one source', () => {
    const { traffic } = input(wish([]));
    const requests = ['browse', 'checkout', 'login'].map((name) => ({ ...traffic[0]!.requests[0]!, name }));
    const shop = { ...traffic[0]!, name: 'shop', requests };
    const mix = (name: string | null, ...shares: readonly (readonly [string, number])[]): TimelineInput => {
      const all = shares.map(([request, share], i) => ({ ...named(request, 20 + i), share }));
      return entry({
        kind: 'traffic',
        name: name === null ? null : named(name),
        factor: 1,
        mix: { shares: all, at: AT },
      });
    };
    const compiled = (one: TimelineInput, ...more: typeof traffic) => {
      const wished = wish([one]);
      return compile({ ...wished, input: { ...wished.input, traffic: [shop, ...more] } });
    };
    const half = mix(null, ['login', 0.75], ['browse', 0.25]);
    expect(compiled(half).plan!.timeline.map(({ action }) => action)).toEqual([
      { kind: 'traffic', traffic: [0], factor: 1, mix: [0.25, 0, 0.75] },
    ]);
    const said = (one: TimelineInput, ...more: typeof traffic) =>
      compiled(one, ...more)
        .diagnostics.filter(({ severity }) => severity === 'error')
        .map(({ message }) => message);
    expect(said(mix('shop', ['brows', 1]))).toEqual(['shop has no request named brows']);
    expect(said(half, { ...traffic[0]!, from: null })).toEqual(['there are 2 sources of traffic']);
  });

  test('connections of its pods', () => {
    const action = { kind: 'clients', name: null, sharePerSecond: 0.5 } as const;
    expect(only(entry(action)).action).toEqual({ kind: 'clients', traffic: [0], sharePerSecond: 0.5 });
    expect(errors(entry({ ...action, name: named('laod', 9) }))).toEqual([
      expect.stringContaining('traffic-not-found 1:9'),
    ]);
  });

  test('an unknown name is an error with the nearest', () => {
    expect(errors(change('laod'))).toEqual([
      'traffic-not-found 1:9: no source of traffic is named laod | did you mean load?',
    ]);
  });
});

describe('what a host resolves to', () => {
  const dns = (host: string, count: number | 'fails'): TimelineInput =>
    entry({ kind: 'dns', host: named(host, 9), answers: { count, at: { ...AT, column: 20 } }, ttlSeconds: 30 });

  test('the pods of what stands for it', () => {
    const { action } = only(dns('api.partner.com', 'fails'));
    if (action.kind !== 'dns') throw new Error(action.kind);
    expect(action).toMatchObject({ isLogical: false, answers: 'fails', ttlSeconds: 30 });
    expect(action.workloads.map(nameOf)).toEqual(['api.partner.com.b']);
  });

  test.each<[TimelineInput, string]>([
    [
      dns('api.partner.co', 1),
      'host-not-found 1:9: no proxy resolves api.partner.co: it is no host of a ServiceEntry with resolution DNS | did you mean api.partner.com?',
    ],
    [dns('web', 1), 'host-not-found 1:9: no proxy resolves web'],
    [dns('api.partner.com', 2), 'no-pod-matches 1:20: api.partner.com has one address | more replicas'],
  ])('is an error at its place: %j', (one, error) => {
    expect(errors(one)).toEqual([expect.stringContaining(error)]);
  });
});

test('istiod in a mesh without Istio is a warning', () => {
  const timeline = [entry({ kind: 'istiod', isDown: true })];
  const warnings = (labels: string) => {
    const yaml = [
      namespace('a', labels),
      namespace('b', labels),
      deployment('client', 'a', { app: 'client' }, 1),
      deployment('web', 'b', { app: 'web' }, 1),
      service('web', 'b', ['{ name: http, port: 80 }']),
    ].join('---\n');
    return compile({ yaml, input: { timeline } }).diagnostics.filter(({ code }) => code === 'no-istiod');
  };
  expect(warnings('team: shop')).toMatchObject([{ severity: 'warning', position: ENTRY_AT }]);
  expect(warnings('istio-injection: enabled')).toEqual([]);
  expect(warnings('istio.io/dataplane-mode: ambient')).toEqual([]);
});

test('istiod is nobody whom a name has to find', () => {
  expect(only(entry({ kind: 'istiod', isDown: true })).action).toEqual({ kind: 'istiod', isDown: true });
});

test('ztunnels have no application', () => {
  const ambient = [
    namespace('amb', 'istio.io/dataplane-mode: ambient'),
    deployment('client', 'amb', { app: 'client' }, 1),
    deployment('web', 'amb', { app: 'web' }, 1),
    service('web', 'amb', ['{ name: http, port: 80 }']),
  ].join('---\n');
  const { diagnostics } = compile({
    yaml: ambient,
    to: 'http://web.amb/',
    from: 'client.amb',
    input: { timeline: [pods({ workload: named('ztunnel') })] },
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([
    'it: ztunnel is a ztunnel, which has no application',
  ]);
});
