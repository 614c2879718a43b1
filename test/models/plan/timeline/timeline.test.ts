// From the names of a timeline to numbers of the plan: what each means, and what is said of names that mean nothing or too much.
import { describe, expect, test } from 'vitest';
import { samePlan } from '../../../../models/plan/contract/same-plan.js';
import type { LinkEndPlan } from '../../../../models/plan/contract/timeline-plan.js';
import type { LinkEndInput, TimelineInput } from '../../../../models/plan/settings/timeline-input.js';
import { AT, compile, deployment, input, namespace, planOf, service, withCluster } from '../support.js';
import {
  ENTRY_AT,
  entry,
  errors,
  link,
  MESH,
  named,
  nameOf,
  only,
  PARTITION,
  plan,
  pods,
  wish,
  zoneOf,
} from './wishes.js';

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
    // Controllers, and whoever stops pods, have something to do where something happens.
    const moving = planOf(wish([pods({ zone: named('r1-a') })]));
    const still = moving.workloads.map(({ stopping: _, ...workload }) => workload);
    expect({ ...moving, workloads: still, timeline: [], controllers: [] }).toEqual(plan);
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
