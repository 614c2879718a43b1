// Istio's routing and policy rules, as far as the plan alone decides them. Numbered cases; each names the test of Istio that says
// the same where there is one (istio: pilot/pkg/networking/core/*_test.go, pilot/pkg/model/*_test.go).
import { describe, expect, test } from 'vitest';
import { NO_LIMIT } from '../../models/plan/contract/plan.js';
import {
  clusterOf,
  codes,
  compile,
  destinationRule,
  forwardOf,
  istio,
  MS,
  onlyCluster,
  outcome,
  planOf,
  request,
  retryOf,
  service,
  siteOf,
  virtualService,
  withCluster,
} from '../models/plan/support.js';
import { createdIn } from '../support/istio-run.js';

const V1 = '{ destination: { host: web, subset: v1 } }';
const V2 = '{ destination: { host: web, subset: v2 } }';
const SUBSETS = destinationRule(
  'web',
  'b',
  '{ host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }',
);

/** A VirtualService for web.b with these `http` rules, and subsets v1 and v2. */
function http(rules: string): string {
  return withCluster(SUBSETS, virtualService('web', 'b', `{ hosts: [web], http: [${rules}] }`));
}

function route(yaml: string, more: Parameters<typeof request>[0] = {}): string {
  return outcome(planOf({ yaml, requests: [request(more)] }));
}

describe('hosts, subsets and destinations', () => {
  test('1 no VirtualService: the default cluster, no time-out, the default retry policy', () => {
    const plan = planOf({ yaml: withCluster() });
    const site = siteOf(plan);
    expect(onlyCluster(plan).name).toBe('outbound|80||web.b.svc.cluster.local');
    expect(site.route.timeoutNs).toBe(0);
    expect(site.route.retry).toEqual({
      retries: 2,
      statuses: [],
      onConnectFailure: true,
      onReset: false,
      onResetBeforeRequest: false,
      onRefusedStream: true,
      perTryTimeoutNs: 0,
      backoffBaseNs: 25 * MS,
      backoffMaxNs: 250 * MS,
      avoidPreviousHosts: true,
      hostSelectionAttempts: 5,
      onEnvoyRateLimited: false,
      perTryIdleTimeoutNs: 0,
      hedgeOnPerTryTimeout: false,
      rateLimitedMaxNs: 0,
    });
  });

  const toV9 = virtualService(
    'web',
    'b',
    '{ hosts: [web], http: [{ route: [{ destination: { host: web, subset: v9 } }] }] }',
  );

  test('2 a subset without DestinationRule: 503 NC, and a warning', () => {
    const { plan, diagnostics } = compile({ yaml: withCluster(toV9) });
    expect(outcome(plan!)).toBe('503 NC');
    expect(codes(diagnostics, 'warning')).toEqual(['subset-not-found']);
    expect(diagnostics[0]!.position!.line).toBeGreaterThan(1);
  });

  test('3 a subset that selects no pods: 503 UH', () => {
    const v9 = destinationRule('web', 'b', '{ host: web, subsets: [{ name: v9, labels: { version: v9 } }] }');
    expect(route(withCluster(toV9, v9))).toBe('503 UH');
  });

  test('15 weights 1 and 3 are 25 % and 75 %', () => {
    expect(route(http(`{ route: [{ weight: 1, ${V1.slice(2)}, { weight: 3, ${V2.slice(2)}] }`))).toBe(
      '25% web-v1, 75% web-v2',
    );
  });

  test('16 of several destinations one of weight 0 gets nothing', () => {
    expect(route(http(`{ route: [{ weight: 100, ${V1.slice(2)}, { weight: 0, ${V2.slice(2)}] }`))).toBe('web-v1');
  });

  test('17 the weight of a lone destination is ignored', () => {
    expect(route(http(`{ route: [{ weight: 0, ${V1.slice(2)}] }`))).toBe('web-v1');
  });

  test('51 a ServiceEntry: STATIC without endpoints is 503 UH, DNS that selects nothing is 503 NC', () => {
    const entry = (spec: string): string =>
      istio(
        'ServiceEntry',
        'ext',
        'a',
        `{ hosts: [ext.example.com], ports: [{ number: 80, name: http, protocol: HTTP }], ${spec} }`,
      );
    const dial = (spec: string): string =>
      outcome(planOf({ yaml: withCluster(entry(spec)), to: 'http://ext.example.com/' }));
    expect(dial('resolution: STATIC')).toBe('503 UH');
    expect(dial('resolution: DNS, workloadSelector: { labels: { app: nothing } }')).toBe('503 NC');
    expect(dial('resolution: DNS')).toBe('ext.example.com');
  });
});

describe('route selection', () => {
  const fooFirst = http(`{ match: [{ uri: { prefix: /foo } }], route: [${V1}] }, { route: [${V2}] }`);

  test('4 a prefix is one of the string: /foobar', () => expect(route(fooFirst, { path: '/foobar' })).toBe('web-v1'));
  test('5 case counts', () => expect(route(fooFirst, { path: '/Foo' })).toBe('web-v2'));

  test('6 no route matches: 404 NR', () => {
    expect(route(http(`{ match: [{ uri: { exact: /x } }], route: [${V1}] }`), { path: '/y' })).toBe('404 NR');
  });

  test('7 ignoreUriCase, and the query is not part of the path', () => {
    const yaml = http(`{ match: [{ uri: { exact: /x }, ignoreUriCase: true }], route: [${V1}] }`);
    expect(route(yaml, { path: '/X?q=1' })).toBe('web-v1');
  });

  test('8 a regular expression matches all of the path', () => {
    const yaml = http(`{ match: [{ uri: { regex: "/a.c" } }], route: [${V1}] }`);
    expect(route(yaml, { path: '/abcd' })).toBe('404 NR');
    expect(route(yaml, { path: '/abc' })).toBe('web-v1');
  });

  test('9 blocks are alternatives', () => {
    const yaml = http(
      `{ match: [{ headers: { h: { exact: x } } }, { queryParams: { v: { exact: "1" } } }], route: [${V1}] }, { route: [${V2}] }`,
    );
    expect(route(yaml, { path: '/?v=1' })).toBe('web-v1');
    expect(route(yaml, { path: '/?v=2' })).toBe('web-v2');
  });

  test('10 fields of a block must all hold', () => {
    const yaml = http(
      `{ match: [{ headers: { h: { exact: x } }, method: { exact: POST } }], route: [${V1}] }, { route: [${V2}] }`,
    );
    expect(route(yaml, { headers: { H: 'x' } })).toBe('web-v2');
    expect(route(yaml, { headers: { H: 'x' }, method: 'POST' })).toBe('web-v1');
  });

  test('11 withoutHeaders', () => {
    const yaml = http(`{ match: [{ withoutHeaders: { t: {} } }], route: [${V1}] }, { route: [${V2}] }`);
    expect(route(yaml)).toBe('web-v1');
    expect(route(yaml, { headers: { t: '1' } })).toBe('web-v2');
  });

  test('12 what follows a catch-all is dropped', () => {
    const yaml = http(`{ route: [${V1}] }, { match: [{ uri: { prefix: /b } }], route: [${V2}] }`);
    expect(route(yaml, { path: '/b' })).toBe('web-v1');
  });

  test('13 no route is left for this client: the default route, not 404', () => {
    const plan = planOf({ yaml: http(`{ match: [{ sourceLabels: { app: x } }], route: [${V1}] }`) });
    expect(onlyCluster(plan).name).toBe('outbound|80||web.b.svc.cluster.local');
  });

  test('14 match.port is the port of the listener', () => {
    const yaml = withCluster(
      virtualService(
        'two',
        'b',
        '{ hosts: [two], http: [{ match: [{ port: 81 }], directResponse: { status: 418 } }] }',
      ),
    );
    expect(outcome(planOf({ yaml, to: 'http://two.b/' }))).toBe('two');
    expect(outcome(planOf({ yaml, to: 'http://two.b:81/' }))).toBe('418');
  });
});

describe('time-outs, retries and faults', () => {
  const rule = (fields: string): string => http(`{ ${fields}, route: [${V1}] }`);
  const retries = (fields: string): ReturnType<typeof retryOf> =>
    retryOf(planOf({ yaml: rule(`retries: { ${fields} }`) }));

  test('18 timeout', () => {
    expect(siteOf(planOf({ yaml: rule('timeout: 2s') })).route.timeoutNs).toBe(2000 * MS);
  });

  test('19 gateway-error retries what gave no answer, a per-try time-out too', () => {
    expect(retries('attempts: 3, perTryTimeout: 1s, retryOn: gateway-error')).toMatchObject({
      retries: 3,
      statuses: [502, 503, 504],
      onReset: true,
      perTryTimeoutNs: 1000 * MS,
    });
  });

  test('20 attempts: 0 switches retries off', () => expect(retries('attempts: 0')).toBeNull());

  test('21 the default policy retries failed connections on other hosts', () => {
    expect(retryOf(planOf({ yaml: withCluster() }))).toMatchObject({
      onConnectFailure: true,
      avoidPreviousHosts: true,
      hostSelectionAttempts: 5,
    });
  });

  test('22 the default policy retries no 503 since 1.24, and did before', () => {
    const statuses = (istioVersion: string): readonly number[] =>
      retryOf(planOf({ yaml: withCluster(), input: { istioVersion } }))!.statuses;
    expect(statuses('1.31')).toEqual([]);
    expect(statuses('1.24')).toEqual([]);
    expect(statuses('1.23.4')).toEqual([503]);
  });

  test('23 numbers among the tokens are status codes', () => {
    expect(retries('attempts: 2, retryOn: "503"')).toMatchObject({
      retries: 2,
      statuses: [503],
      onConnectFailure: false,
    });
  });

  test('24 a fault without percentage never happens', () => {
    expect(siteOf(planOf({ yaml: rule('fault: { abort: { httpStatus: 500 } }') })).route.fault).toBeNull();
  });

  test('25 an abort comes before retries', () => {
    const plan = planOf({
      yaml: rule(
        'fault: { abort: { httpStatus: 503, percentage: { value: 100 } } }, retries: { attempts: 3, retryOn: 5xx }',
      ),
    });
    expect(siteOf(plan).route.fault).toMatchObject({ abortStatus: 503, abortProbability: 1, delayProbability: 0 });
  });

  test('26 a delay is apart from the time-out', () => {
    const { route: planned } = siteOf(
      planOf({ yaml: rule('fault: { delay: { fixedDelay: 3s, percentage: { value: 100 } } }, timeout: 1s') }),
    );
    expect(planned.fault).toEqual({ delayNs: 3000 * MS, delayProbability: 1, abortStatus: 0, abortProbability: 0 });
    expect(planned.timeoutNs).toBe(1000 * MS);
  });
});

describe('mirrors and answers of the proxy', () => {
  test('27 a mirror has its own cluster', () => {
    const plan = planOf({ yaml: http(`{ route: [${V1}], mirror: { host: web, subset: v2 } }`) });
    const { mirrors } = forwardOf(siteOf(plan).route);
    expect(outcome(plan)).toBe('web-v1');
    expect(mirrors.map(({ probability }) => probability)).toEqual([1]);
    expect(clusterOf(plan, mirrors[0]!.destination).name).toBe('outbound|80|v2|web.b.svc.cluster.local');
  });

  test('28 redirect', () => {
    expect(route(http('{ redirect: { uri: /n, redirectCode: 302 } }'), { path: '/o?x=1' })).toBe('302');
  });

  test('29 direct response', () => {
    const plan = planOf({ yaml: http('{ directResponse: { status: 503, body: { string: x } } }') });
    expect(outcome(plan)).toBe('503');
    expect(siteOf(plan).route.retry).toBeNull();
  });
});

describe('several VirtualServices', () => {
  const to = (name: string, inNamespace: string, host: string, target: string): string =>
    virtualService(name, inNamespace, `{ hosts: ["${host}"], http: [{ route: [${target}] }] }`);
  const full = (target: string): string => target.replace('host: web', 'host: web.b.svc.cluster.local');

  test('30 the older one wins, from whatever namespace', () => {
    const far = (year: number) => createdIn(year, to('far', 'c', 'web.b.svc.cluster.local', full(V1)));
    const near = (year: number) => createdIn(year, to('near', 'b', 'web', V2));
    expect(route(withCluster(SUBSETS, far(2020), near(2021)))).toBe('web-v1');
    expect(route(withCluster(SUBSETS, far(2021), near(2020)))).toBe('web-v2');
  });

  test('31 an exact host wins over an older wildcard', () => {
    const wild = to('wild', 'b', '*.svc.cluster.local', full(V1));
    const exact = to('exact', 'b', 'web.b.svc.cluster.local', full(V2));
    expect(route(withCluster(SUBSETS, wild, exact))).toBe('web-v2');
  });

  const gateway = istio(
    'Gateway',
    'gw',
    'b',
    '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["shop.example.com"] }] }',
  );
  const behind = (name: string, path: string, target: string): string =>
    virtualService(
      name,
      'b',
      `{ hosts: [shop.example.com], gateways: [gw], http: [{ match: [{ uri: { prefix: ${path} } }], route: [${target}] }] }`,
    );
  const atGateway = (yaml: string, path: string): string => {
    const plan = planOf({ yaml, from: null, to: 'http://shop.example.com/', requests: [request({ path })] });
    const arrival = forwardOf(siteOf(plan).route).destinations[0]!.arrivals[0]!;
    const [step] = plan.handlers[arrival.handler]!.program;
    if (step?.kind !== 'call') throw new Error('a gateway calls');
    return outcome(plan, plan.sites[step.site]!);
  };

  test('32 a gateway merges those of one host', () => {
    const yaml = withCluster(SUBSETS, gateway, behind('one', '/a', V1), behind('two', '/b', V2));
    expect(atGateway(yaml, '/a')).toBe('web-v1');
    expect(atGateway(yaml, '/b')).toBe('web-v2');
    expect(atGateway(yaml, '/c')).toBe('404 NR');
  });

  test('33 a gateway without VirtualService: 404 NR', () => {
    expect(atGateway(withCluster(gateway), '/')).toBe('404 NR');
  });
});

describe('DestinationRules', () => {
  test('36 a wildcard rule of the client namespace hides the rule of the service', () => {
    const wild = destinationRule(
      'wild',
      'a',
      '{ host: "*.local", trafficPolicy: { loadBalancer: { simple: RANDOM } } }',
    );
    const toV1 = virtualService('web', 'b', `{ hosts: [web], http: [{ route: [${V1}] }] }`);
    expect(route(withCluster(wild, SUBSETS, toV1))).toBe('503 NC');
  });

  test('37 a subset replaces whole blocks', () => {
    const rule = destinationRule(
      'web',
      'b',
      '{ host: web, trafficPolicy: { connectionPool: { tcp: { maxConnections: 5 } }, loadBalancer: { simple: ROUND_ROBIN } }, subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 1 } } } }] }',
    );
    const plan = planOf({
      yaml: withCluster(rule, virtualService('web', 'b', `{ hosts: [web], http: [{ route: [${V1}] }] }`)),
    });
    expect(onlyCluster(plan)).toMatchObject({
      limits: { maxConnections: NO_LIMIT, maxPendingRequests: 1 },
      balancer: { policy: 'round_robin' },
    });
    const whole = planOf({ yaml: withCluster(rule) });
    expect(onlyCluster(whole).limits).toMatchObject({ maxConnections: 5, maxPendingRequests: NO_LIMIT });
  });

  test('38 a port level setting inherits nothing', () => {
    const rule = destinationRule(
      'web',
      'b',
      '{ host: web, trafficPolicy: { outlierDetection: {}, portLevelSettings: [{ port: { number: 80 }, loadBalancer: { simple: RANDOM } }] } }',
    );
    expect(onlyCluster(planOf({ yaml: withCluster(rule) }))).toMatchObject({
      balancer: { policy: 'random' },
      outlier: null,
    });
  });

  test('41 outlier detection with its defaults: 10 % of 4 hosts are less than one', () => {
    const rule = destinationRule(
      'web',
      'b',
      '{ host: web, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1 } } }',
    );
    expect(onlyCluster(planOf({ yaml: withCluster(rule) }))).toMatchObject({
      panicThresholdPercent: 0,
      outlier: {
        consecutive5xx: 1,
        consecutiveGatewayErrors: 5,
        enforcing: { consecutive5xx: 100, consecutiveGatewayErrors: 0, consecutiveLocalOriginFailures: 100 },
        intervalNs: 10_000 * MS,
        baseEjectionNs: 30_000 * MS,
        maxEjectionNs: 300_000 * MS,
        maxEjectionPercent: 10,
        alwaysEjectOne: false,
      },
    });
  });

  test('45 automatic mTLS between sidecars; DISABLE is plaintext', () => {
    expect(onlyCluster(planOf({ yaml: withCluster() })).tls).toEqual({ mode: 'mtls', roundTrips: 1 });
    const plain = destinationRule('web', 'b', '{ host: web, trafficPolicy: { tls: { mode: DISABLE } } }');
    expect(onlyCluster(planOf({ yaml: withCluster(plain) })).tls.mode).toBe('none');
  });
});

describe('protocols', () => {
  test('53 the port name grpcweb-x says nothing: detected', () => {
    const odd = service('web', 'c', ['{ name: grpcweb-x, port: 80 }']);
    const { fidelity } = compile({ yaml: withCluster(odd), to: 'http://web.c/' });
    expect(fidelity.some(({ resource, meaning }) => resource === 'Service c/web' && meaning.includes('detects'))).toBe(
      true,
    );
  });
});
