// From DestinationRules and Services to balancers, hash keys and the views of localities (istio: pilot/pkg/networking/core/loadbalancer/
// loadbalancer_test.go TestApplyLocalitySetting; pilot/pkg/networking/core/cluster_traffic_policy_test.go).
import { describe, expect, it } from 'vitest';
import { type LocalityRule, localityMatches, localityViews } from '../../../models/plan/clusters/locality-lb.js';
import { NONE } from '../../../models/plan/contract/plan.js';
import { hashKey } from '../../../models/plan/routes/hash-policy.js';
import type { RequestClass } from '../../../models/plan/terms/request-class.js';
import {
  codes,
  compile,
  deployment,
  destinationRule,
  forwardOf,
  istio,
  namespace,
  onlyCluster,
  planOf,
  request,
  service,
  siteOf,
  virtualService,
  withCluster,
} from './support.js';

function rule(policy: string): string {
  return destinationRule('web', 'b', `{ host: web, trafficPolicy: { ${policy} } }`);
}

function balancer(settings: string) {
  return onlyCluster(planOf({ yaml: withCluster(rule(`loadBalancer: { ${settings} }`)) })).balancer;
}

describe('balancers', () => {
  it('consistent hashes with their tables', () => {
    expect(balancer('consistentHash: { httpHeaderName: x }')).toEqual({ policy: 'ring_hash', choiceCount: 2 });
    expect(balancer('consistentHash: { useSourceIp: true, ringHash: { minimumRingSize: 4096 } }')).toEqual({
      policy: 'ring_hash',
      choiceCount: 2,
      tableSize: 4096,
    });
    expect(balancer('consistentHash: { useSourceIp: true, maglev: { tableSize: 251 } }')).toEqual({
      policy: 'maglev',
      choiceCount: 2,
      tableSize: 251,
    });
  });

  it('warm-up in both writings, for policies that know it', () => {
    const slowStart = { windowNs: 60e9, aggression: 1, minWeightPercent: 10 };
    expect(balancer('warmupDurationSecs: 60s')).toEqual({ policy: 'least_request', choiceCount: 2, slowStart });
    expect(balancer('simple: ROUND_ROBIN, warmup: { duration: 60s, minimumPercent: 20, aggression: 2 }')).toMatchObject(
      {
        slowStart: { windowNs: 60e9, aggression: 2, minWeightPercent: 20 },
      },
    );
    expect(balancer('simple: RANDOM, warmup: { duration: 60s }')).toEqual({ policy: 'random', choiceCount: 2 });
  });

  it('PASSTHROUGH: any endpoint', () => {
    expect(balancer('simple: PASSTHROUGH').policy).toBe('random');
  });

  it('a table that Envoy refuses: 503 NC', () => {
    const yaml = withCluster(
      rule('loadBalancer: { consistentHash: { useSourceIp: true, maglev: { tableSize: 100 } } }'),
    );
    const { plan, diagnostics } = compile({ yaml });
    expect(codes(diagnostics, 'warning')).toContain('cluster-refused-by-envoy');
    expect(forwardOf(siteOf(plan!).route).destinations[0]!.cluster).toBe(NONE);
  });

  it('endpoint weights of a ServiceEntry reach the cluster, without a word in the fidelity list', () => {
    const entry = istio(
      'ServiceEntry',
      'vm',
      'b',
      '{ hosts: [vm.example.com], resolution: STATIC, ports: [{ number: 80, name: http, protocol: HTTP }], endpoints: [{ address: 10.0.0.1, weight: 3 }, { address: 10.0.0.2 }] }',
    );
    const result = compile({ yaml: withCluster(entry), to: 'http://vm.example.com/' });
    expect(onlyCluster(result.plan!).groups.map(({ weight }) => weight)).toEqual([3, 1]);
    expect(result.fidelity.filter(({ path }) => path.includes('weight'))).toEqual([]);
  });
});

describe('hash keys', () => {
  const destination = (hash: string, headers: Record<string, string> = {}, path = '/', routes = '') => {
    const plan = planOf({
      yaml: withCluster(rule(`loadBalancer: { consistentHash: { ${hash} } }`), ...(routes === '' ? [] : [routes])),
      requests: [request({ headers, path, attributes: [{ name: 'user', values: 9, skew: 0 }] })],
    });
    return forwardOf(siteOf(plan).route).destinations[0]!.hash;
  };

  it('a header of the class, with the numbers of its user', () => {
    expect(destination('httpHeaderName: X-User', { 'x-user': 'u-{user}-{other}' })).toEqual([
      { kind: 'text', parts: ['u-', { attribute: 'user' }, '-', '{other}'] },
    ]);
    expect(destination('httpHeaderName: x-user')).toEqual([]);
  });

  it('a cookie that is there, one that the proxy makes, one that it does not', () => {
    const there = { cookie: 'a=1; session={user}' };
    expect(destination('httpCookie: { name: session, ttl: 60s }', there)).toEqual([
      { kind: 'text', parts: [{ attribute: 'user' }] },
    ]);
    expect(destination('httpCookie: { name: session, ttl: 0s }')).toEqual([{ kind: 'cookie' }]);
    expect(destination('httpCookie: { name: session }')).toEqual([]);
  });

  it('the address, a query parameter', () => {
    expect(destination('useSourceIp: true')).toEqual([{ kind: 'source-ip' }]);
    expect(destination('httpQueryParameterName: q', {}, '/a?p=0&q=7&q=8')).toEqual([{ kind: 'text', parts: ['7'] }]);
  });

  it('headers as the route leaves them; several destinations bring their policies together', () => {
    const set = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ headers: { request: { set: { x-user: gold } } }, route: [{ destination: { host: web } }] }] }',
    );
    expect(destination('httpHeaderName: x-user', { 'x-user': 'silver' }, '/', set)).toEqual([
      { kind: 'text', parts: ['gold'] },
    ]);
    const two = [
      virtualService(
        'web',
        'b',
        '{ hosts: [web], http: [{ route: [{ destination: { host: web }, weight: 50 }, { destination: { host: two, port: { number: 80 } }, weight: 50 }] }] }',
      ),
      destinationRule(
        'two',
        'b',
        '{ host: two, trafficPolicy: { loadBalancer: { consistentHash: { useSourceIp: true } } } }',
      ),
    ].join('---\n');
    expect(destination('httpHeaderName: x-user', { 'x-user': 'gold' }, '/', two)).toEqual([
      { kind: 'text', parts: ['gold'] },
      { kind: 'source-ip' },
    ]);
  });

  it('a proxy that reads no HTTP sees the address alone', () => {
    const hash = {
      httpHeaderName: 'x',
      httpCookie: null,
      useSourceIp: false,
      httpQueryParameterName: '',
      algorithm: 'ring-hash',
      size: null,
    } as const;
    const seen = { headers: [['x', '1']], query: '' } as unknown as RequestClass;
    expect(hashKey(hash, seen, true, new Set())).toEqual({ kind: 'text', parts: ['1'] });
    expect(hashKey(hash, seen, false, new Set())).toBeNull();
  });
});

const PLACES = [
  { region: 'r1', zone: 'a' },
  { region: 'r1', zone: 'b' },
  { region: 'r2', zone: 'c' },
  { region: 'r3', zone: 'd' },
];
/** One pod in each place, and a second workload with one in the first. */
const GROUPS = [
  { labels: { version: 'v1' }, weight: 1, localities: [0, 1, 2, 3] },
  { labels: { version: 'v2' }, weight: 2, localities: [0] },
];
const FAILOVER: Extract<LocalityRule, { kind: 'failover' }> = {
  kind: 'failover',
  failover: [],
  labels: [],
  weighted: false,
};

describe('views of localities', () => {
  it('failover by distance, without gaps', () => {
    const views = localityViews(FAILOVER, GROUPS, PLACES);
    expect(views[0]).toEqual({
      priorities: [
        [0, 1, 2, 2],
        [0, NONE, NONE, NONE],
      ],
      weights: null,
    });
    expect(views[1]!.priorities[0]).toEqual([1, 0, 2, 2]);
    expect(views[3]!.priorities[0]).toEqual([1, 1, 1, 0]);
  });

  it('all endpoints in one zone: nothing to tell apart', () => {
    expect(localityViews(FAILOVER, [{ labels: {}, weight: 1, localities: [0, 0] }], PLACES)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('failover to a region puts the others behind it, and weighs the localities of a priority', () => {
    const views = localityViews({ ...FAILOVER, failover: [{ from: 'r1', to: 'r3' }], weighted: true }, GROUPS, PLACES);
    expect(views[0]).toEqual({
      priorities: [
        [0, 1, 3, 2],
        [0, NONE, NONE, NONE],
      ],
      weights: [
        [3, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
      ],
    });
    expect(views[2]!.priorities[0]).toEqual([1, 1, 0, 1]);
  });

  it('failover by labels: the first that differs counts', () => {
    const labels = [
      { label: 'version', value: 'v2' },
      { label: 'topology.kubernetes.io/zone', value: '' },
    ];
    const views = localityViews({ ...FAILOVER, labels, weighted: true }, GROUPS, PLACES);
    expect(views[0]!.priorities).toEqual([
      [1, 1, 1, 1],
      [0, NONE, NONE, NONE],
    ]);
    expect(views[1]!.priorities).toEqual([
      [1, 1, 1, 1],
      [0, NONE, NONE, NONE],
    ]);
    const byZone = [
      { label: 'topology.kubernetes.io/zone', value: '' },
      { label: 'version', value: '=v1' },
    ];
    const zones = localityViews({ ...FAILOVER, labels: byZone, weighted: true }, GROUPS, PLACES);
    expect(zones[0]!.priorities).toEqual([
      [0, 2, 2, 2],
      [1, NONE, NONE, NONE],
    ]);
  });

  it('distribution: wishes are divided by weight, the unlisted get nothing', () => {
    const entries = [
      { from: 'r1/*', to: { 'r1/*': 80, r2: 20 } },
      { from: 'r2', to: { '*': 100 } },
    ];
    const views = localityViews({ kind: 'distribute', entries }, GROUPS, PLACES);
    expect(views[0]).toEqual({
      priorities: [
        [0, 0, 0, NONE],
        [0, NONE, NONE, NONE],
      ],
      weights: [[60, 20, 20, 0]],
    });
    expect(views[2]).toEqual({
      priorities: [
        [0, 0, 0, 0],
        [0, NONE, NONE, NONE],
      ],
      weights: [[50, 17, 17, 17]],
    });
    // Nobody speaks of r3: all endpoints, localities by their own weights.
    expect(views[3]!.weights).toEqual([[3, 1, 1, 1]]);
  });

  it('patterns', () => {
    expect(localityMatches(PLACES[0]!, 'r1')).toBe(true);
    expect(localityMatches(PLACES[0]!, 'r1/a/x')).toBe(true);
    expect(localityMatches(PLACES[0]!, 'r1/b')).toBe(false);
    expect(localityMatches(PLACES[0]!, '*')).toBe(true);
    expect(localityMatches({ region: 'external', zone: 'external' }, 'external')).toBe(false);
  });
});

describe('which rule is in force', () => {
  const input = {
    placement: [
      { region: 'r1', zone: 'a' },
      { region: 'r1', zone: 'b' },
    ],
  };
  const views = (...more: readonly string[]) =>
    onlyCluster(planOf({ yaml: withCluster(...more), input })).localityViews;

  it('none by default; failover as soon as outliers are detected; not where it is switched off', () => {
    expect(views()).toEqual([]);
    expect(views(rule('outlierDetection: {}'))[0]).toEqual({
      priorities: [
        [0, 1],
        [0, 1],
      ],
      weights: null,
    });
    expect(views(rule('outlierDetection: {}, loadBalancer: { localityLbSetting: { enabled: false } }'))).toEqual([]);
  });

  it('failover without outlier detection does nothing, and is warned of', () => {
    const yaml = withCluster(rule('loadBalancer: { localityLbSetting: { failover: [{ from: r1, to: r2 }] } }'));
    const { plan, diagnostics } = compile({ yaml, input });
    expect(onlyCluster(plan!).localityViews).toEqual([]);
    expect(codes(diagnostics, 'warning')).toContain('failover-without-outlier-detection');
  });

  it('distribution needs no outlier detection', () => {
    const setting = 'loadBalancer: { localityLbSetting: { distribute: [{ from: r1/a, to: { r1/b: 100 } }] } }';
    expect(views(rule(setting))![0]).toEqual({
      priorities: [
        [NONE, 0],
        [NONE, 0],
      ],
      weights: [[0, 100]],
    });
  });

  it('trafficDistribution of the Service prefers the zone', () => {
    const near = [
      namespace('a'),
      namespace('b'),
      deployment('client', 'a', { app: 'client' }, 1),
      deployment('web', 'b', { app: 'web' }, 2),
      service('web', 'b', ['{ name: http, port: 80 }'], 'trafficDistribution: PreferClose'),
    ].join('---\n');
    expect(onlyCluster(planOf({ yaml: near, input })).localityViews[0]!.priorities).toEqual([[0, 1]]);
  });
});
