// The Gateway API: which routes attach where, which rule of several takes a request, and what becomes of backends that cannot be used
// (gateway-api: apis/v1/httproute_types.go, conformance/tests; istio: pilot/pkg/config/kube/gateway/testdata).
import { describe, expect, test } from 'vitest';
import type { CallSitePlan, MeshPlan } from '../../../models/plan/contract/plan.js';
import { codes, compile, deployment, forwardOf, MS, outcome, planOf, request, siteOf, withCluster } from './support.js';

function object(kind: string, name: string, namespace: string, spec: string, apiVersion = 'v1'): string {
  return `apiVersion: gateway.networking.k8s.io/${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n`;
}

const listener = (more = ''): string => `{ name: http, port: 80, protocol: HTTP${more} }`;
const gateway = (...listeners: string[]): string =>
  object('Gateway', 'gw', 'b', `{ gatewayClassName: istio, listeners: [${listeners.join(', ')}] }`);
const WEB = 'backendRefs: [{ name: web, port: 80 }]';
const TWO = 'backendRefs: [{ name: two, port: 81 }]';
const AT_GATEWAY = 'parentRefs: [{ name: gw }]';
const route = (spec: string, name = 'route', namespace = 'b'): string => object('HTTPRoute', name, namespace, spec);
const rules = (...list: string[]): string => route(`{ ${AT_GATEWAY}, rules: [${list.join(', ')}] }`);
const path = (type: string, value: string): string => `matches: [{ path: { type: ${type}, value: "${value}" } }]`;

function behindGateway(plan: MeshPlan): CallSitePlan {
  const arrival = forwardOf(siteOf(plan).route).destinations[0]!.arrivals[0]!;
  const [step] = plan.handlers[arrival.handler]!.program;
  if (step?.kind !== 'call') throw new Error('a gateway calls');
  return plan.sites[step.site]!;
}

/** What becomes of a request from outside. */
function through(yaml: string, asked: Parameters<typeof request>[0] = {}, url = 'http://shop.example.com/'): string {
  const plan = planOf({ yaml, from: null, to: url, requests: [request(asked)] });
  return outcome(plan, behindGateway(plan));
}

const BOTH = 'web-v1+web-v2';

describe('gateways', () => {
  test('are called after the Gateway and its class, in its namespace', () => {
    const { plan, fidelity } = compile({
      yaml: withCluster(gateway(listener()), rules(`{ ${WEB} }`)),
      from: null,
      to: 'http://shop.example.com/',
    });
    expect(plan!.workloads.find(({ kind }) => kind === 'gateway')).toMatchObject({ name: 'gw-istio', namespace: 'b' });
    expect(fidelity.map(({ meaning }) => meaning).join()).toContain('one replica of gw-istio in b is assumed');
  });

  test('use the pods that carry their name', () => {
    const pods = deployment('edge', 'b', { 'gateway.networking.k8s.io/gateway-name': 'gw' }, 3);
    const plan = planOf({
      yaml: withCluster(pods, gateway(listener()), rules(`{ ${WEB} }`)),
      from: null,
      to: 'http://shop.example.com/',
    });
    expect(plan.workloads.find(({ kind }) => kind === 'gateway')?.podLocalities).toHaveLength(3);
    expect(outcome(plan, behindGateway(plan))).toBe(BOTH);
  });

  test('of other classes run with the defaults of Istio, and say so', () => {
    const nginx = object('Gateway', 'gw', 'b', `{ gatewayClassName: nginx, listeners: [${listener()}] }`);
    const { fidelity } = compile({ yaml: withCluster(nginx, rules(`{ ${WEB} }`)), from: null, to: 'http://x.com/' });
    expect(
      fidelity.some(({ path: field, status }) => field === 'spec.gatewayClassName' && status === 'approximated'),
    ).toBe(true);
  });
});

describe('attachment', () => {
  const elsewhere = (hosts = ''): string =>
    route(
      `{ parentRefs: [{ name: gw, namespace: b }]${hosts}, rules: [{ backendRefs: [{ name: web, namespace: b, port: 80 }] }] }`,
      'route',
      'a',
    );
  const grant = object(
    'ReferenceGrant',
    'grant',
    'b',
    '{ from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: a }], to: [{ group: "", kind: Service }] }',
    'v1beta1',
  );
  const open = gateway(listener(', allowedRoutes: { namespaces: { from: All } }'));

  test('a listener takes routes of its own namespace, unless it says otherwise', () => {
    const { diagnostics } = compile({ yaml: withCluster(gateway(listener()), elsewhere(), grant) });
    expect(codes(diagnostics, 'warning')).toEqual(['route-not-attached']);
    expect(through(withCluster(open, elsewhere(), grant))).toBe(BOTH);
  });

  test('a selector of namespaces is matched with their labels', () => {
    const selecting = (value: string): string =>
      gateway(
        listener(
          `, allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { istio-injection: ${value} } } } }`,
        ),
      );
    expect(through(withCluster(selecting('enabled'), elsewhere(), grant))).toBe(BOTH);
    expect(through(withCluster(selecting('disabled'), elsewhere(), grant))).toBe('404 NR');
  });

  test('a backend in another namespace needs a ReferenceGrant there: else its share gets 500', () => {
    const yaml = withCluster(open, elsewhere());
    expect(through(yaml)).toBe('500 NC');
    expect(codes(compile({ yaml }).diagnostics, 'warning')).toContain('backend-not-usable');
  });

  test('host names are those that route and listener share', () => {
    const hosts = (text: string): string =>
      withCluster(
        gateway(listener(', hostname: "*.example.com"')),
        route(`{ ${AT_GATEWAY}, hostnames: [${text}], rules: [{ ${WEB} }] }`),
      );
    expect(through(hosts('shop.example.com'))).toBe(BOTH);
    expect(through(hosts('other.example.com'))).toBe('404 NR');
    expect(codes(compile({ yaml: hosts('example.org') }).diagnostics, 'warning')).toEqual(['route-not-attached']);
  });

  test('a section of the Gateway', () => {
    const two = gateway(listener(), '{ name: admin, port: 8080, protocol: HTTP }');
    const admin = route(`{ parentRefs: [{ name: gw, sectionName: admin }], rules: [{ ${WEB} }] }`);
    expect(through(withCluster(two, admin))).toBe('404 NR');
    expect(through(withCluster(two, admin), {}, 'http://shop.example.com:8080/')).toBe(BOTH);
  });
});

describe('precedence', () => {
  const yaml = withCluster(
    gateway(listener()),
    rules(
      `{ ${path('PathPrefix', '/')}, ${WEB} }`,
      `{ ${path('PathPrefix', '/api')}, ${TWO} }`,
      `{ ${path('RegularExpression', '/api/v[0-9]+/special.*')}, ${WEB} }`,
      `{ ${path('Exact', '/api/exact')}, ${WEB} }`,
    ),
  );

  test.each([
    ['/', BOTH],
    ['/api', 'two'],
    ['/api/', 'two'],
    ['/api/x', 'two'],
    ['/apix', BOTH],
    ['/api/exact', BOTH],
    // Prefixes go before regular expressions in Istio.
    ['/api/v1/special', 'two'],
  ])('%s', (at, expected) => {
    expect(through(yaml, { path: at })).toBe(expected);
  });

  test('more headers win over fewer, also of a younger route', () => {
    const header = (names: string): string =>
      `{ matches: [{ headers: [${names}] }], ${names.includes('b') ? TWO : WEB} }`;
    const one = route(`{ ${AT_GATEWAY}, rules: [${header('{ name: x-a, value: "1" }')}] }`, 'one');
    const other = route(
      `{ ${AT_GATEWAY}, rules: [${header('{ name: x-a, value: "1" }, { name: x-b, value: "1" }')}] }`,
      'other',
    );
    const both = withCluster(gateway(listener()), one, other);
    expect(through(both, { headers: { 'x-a': '1', 'x-b': '1' } })).toBe('two');
    expect(through(both, { headers: { 'X-A': '1' } })).toBe(BOTH);
    expect(through(both)).toBe('404 NR');
  });

  test('a method goes before none', () => {
    const post = withCluster(gateway(listener()), rules(`{ ${WEB} }`, `{ matches: [{ method: POST }], ${TWO} }`));
    expect(through(post, { method: 'POST' })).toBe('two');
    expect(through(post)).toBe(BOTH);
  });
});

describe('backends', () => {
  const one = (rule: string): string => through(withCluster(gateway(listener()), rules(rule)));

  test('weights', () => {
    expect(
      one(
        '{ backendRefs: [{ name: web, port: 80, weight: 9 }, { name: two, port: 81 }, { name: db, port: 3306, weight: 0 }] }',
      ),
    ).toBe(`90% ${BOTH}, 10% two`);
  });

  test('none with a share: 500', () => {
    expect(one('{ backendRefs: [{ name: web, port: 80, weight: 0 }] }')).toBe('500');
    expect(one('{ matches: [] }')).toBe('500');
  });

  test('one that does not exist gets its share of 500s', () => {
    expect(one('{ backendRefs: [{ name: web, port: 80 }, { name: gone, port: 80 }] }')).toBe(`50% ${BOTH}, 50% 500 NC`);
  });

  test('a redirect needs none', () => {
    expect(one('{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }] }')).toBe('302');
  });

  test('a filter that Istio does not know takes all rules of the route with it; other controllers pass requests on', () => {
    const rule =
      '{ filters: [{ type: ExtensionRef, extensionRef: { group: x, kind: Y, name: z } }], backendRefs: [{ name: web, port: 80 }] }';
    expect(one(rule)).toBe('404 NR');
    const nginx = object('Gateway', 'gw', 'b', `{ gatewayClassName: nginx, listeners: [${listener()}] }`);
    expect(through(withCluster(nginx, rules(rule)))).toBe(BOTH);
  });
});

describe('policies', () => {
  const policy = (rule: string): CallSitePlan => {
    const plan = planOf({
      yaml: withCluster(gateway(listener()), rules(`{ ${WEB}, ${rule} }`)),
      from: null,
      to: 'http://shop.example.com/',
    });
    return behindGateway(plan);
  };

  test('time-outs: of the request, or of a try where there are retries', () => {
    expect(policy('timeouts: { request: 2s, backendRequest: 500ms }').route.timeoutNs).toBe(500 * MS);
    const { route: retried } = policy(
      'timeouts: { request: 2s, backendRequest: 500ms }, retry: { attempts: 3, codes: [503], backoff: 100ms }',
    );
    expect(retried.timeoutNs).toBe(2000 * MS);
    expect(retried.retry).toMatchObject({
      retries: 3,
      perTryTimeoutNs: 500 * MS,
      backoffBaseNs: 100 * MS,
      statuses: [503],
    });
  });

  test('mirrors and rewritten paths', () => {
    const plan = planOf({
      yaml: withCluster(
        gateway(listener()),
        rules(
          `{ ${path('PathPrefix', '/shop')}, ${WEB}, filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: / } } }, { type: RequestMirror, requestMirror: { backendRef: { name: two, port: 81 }, fraction: { numerator: 1, denominator: 4 } } }] }`,
        ),
      ),
      from: null,
      to: 'http://shop.example.com/',
      requests: [request({ path: '/shop' }), request({ path: '/shop/cart' })],
    });
    const forward = forwardOf(behindGateway(plan).route);
    expect(forward.mirrors[0]!.probability).toBe(0.25);
    expect(plan.handlers.map((handler) => handler.request)).toEqual(expect.arrayContaining(['GET /', 'GET /cart']));
  });
});

describe('inside the mesh', () => {
  const inside = (spec: string, namespace = 'b'): string =>
    withCluster(
      route(`{ parentRefs: [{ group: "", kind: Service, name: web, namespace: b }], ${spec} }`, 'route', namespace),
    );
  const from = (yaml: string, asked: Parameters<typeof request>[0] = {}): string =>
    outcome(planOf({ yaml, requests: [request(asked)] }));

  test('a route takes the requests to its Service, and those that no rule takes get 404', () => {
    const yaml = inside(`rules: [{ ${path('PathPrefix', '/two')}, ${TWO} }]`);
    expect(from(yaml, { path: '/two/x' })).toBe('two');
    expect(from(yaml)).toBe('404 NR');
  });

  test('without a route, all is as ever', () => {
    expect(from(withCluster())).toBe(BOTH);
  });

  test('a route of another namespace counts for clients there alone', () => {
    const spec = 'rules: [{ backendRefs: [{ name: two, namespace: b, port: 81 }] }]';
    expect(from(inside(spec, 'a'))).toBe('two');
    expect(from(inside(spec, 'c'))).toBe(BOTH);
  });

  test('a port of the parent', () => {
    const onPort = (port: number): string =>
      withCluster(
        route(`{ parentRefs: [{ group: "", kind: Service, name: web, port: ${port} }], rules: [{ ${TWO} }] }`),
      );
    expect(from(onPort(80))).toBe('two');
    expect(from(onPort(9090))).toBe(BOTH);
  });

  test('GRPCRoute: service and method are the path', () => {
    const yaml = withCluster(
      object(
        'GRPCRoute',
        'grpc',
        'b',
        `{ parentRefs: [{ group: "", kind: Service, name: web }], rules: [{ matches: [{ method: { service: shop.Cart, method: Add } }], ${TWO} }, { matches: [{ method: { service: shop.Cart } }], ${WEB} }] }`,
      ),
    );
    expect(from(yaml, { path: '/shop.Cart/Add', method: 'POST' })).toBe('two');
    expect(from(yaml, { path: '/shop.Cart/List', method: 'POST' })).toBe(BOTH);
    expect(from(yaml, { path: '/shop.Other/List', method: 'POST' })).toBe('404 NR');
  });

  test('TCPRoute', () => {
    const yaml = withCluster(
      object(
        'TCPRoute',
        'tcp',
        'b',
        '{ parentRefs: [{ group: "", kind: Service, name: db }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }',
        'v1alpha2',
      ),
    );
    expect(outcome(planOf({ yaml, to: 'tcp://db.b:3306' }))).toBe(BOTH);
  });
});
