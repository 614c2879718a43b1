// `explain`: the reasons that it gives, each beside its line. The decisions themselves are tested where they are made.
import { describe, expect, test } from 'vitest';
import { type Explanation, explainPath, type Hop, type Question } from '../../../models/plan/explain/index.js';
import { encodeToken } from '../../../models/plan/terms/token.js';
import { codes, destinationRule, input, istio, service, virtualService, type Wish, withCluster } from './support.js';

interface Asked extends Partial<Question> {
  readonly yaml?: Wish['yaml'];
  readonly input?: Wish['input'];
}

function ask({ yaml = withCluster(), input: more, ...question }: Asked): ReturnType<typeof explainPath> {
  return explainPath(input({ yaml, ...(more === undefined ? {} : { input: more }) }), {
    from: 'client.a',
    to: 'http://web.b/',
    method: 'GET',
    path: '/',
    headers: {},
    isVersionAssumed: false,
    ...question,
  });
}

function explained(asked: Asked): Explanation {
  const { explanation, diagnostics } = ask(asked);
  if (explanation === null) throw new Error(JSON.stringify(diagnostics));
  return explanation;
}

const onlyHop = (asked: Asked): Hop => explained(asked).hops[0]!;
const lines = (hop: Hop): string[] =>
  hop.rules.map(({ name, verdict, failure }) => `${name} ${verdict}${failure === null ? '' : `: ${failure.text}`}`);

/** A VirtualService with one rule a line, so that lines of the file tell them apart. */
function rules(...texts: readonly string[]): string {
  const http = texts.map((text) => `  - ${text}\n`).join('');
  return `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: web, namespace: b }\nspec:\n  hosts: [web]\n  http:\n${http}`;
}
const TO = 'route: [{ destination: { host: web } }]';

describe('why a rule does not match', () => {
  const why = (match: string, question: Partial<Question> = {}): string => {
    const yaml = withCluster(rules(`{ match: [${match}], ${TO} }`, `{ ${TO} }`));
    const [first, second] = onlyHop({ yaml, ...question }).rules;
    expect(second!.verdict).toBe('chosen');
    return first!.failure!.text;
  };

  test.each([
    ['{ uri: { prefix: /api } }', { path: '/v1/x' }, 'path /v1/x does not begin with /api'],
    ['{ uri: { exact: /Api }, ignoreUriCase: true }', { path: '/v1' }, 'path /v1 is not /Api in any case'],
    ['{ uri: { regex: "/v[2-9].*" } }', { path: '/v1' }, 'path /v1 does not match the expression /v[2-9].*'],
    ['{ method: { exact: POST } }', {}, 'method GET is not POST'],
    ['{ scheme: { exact: https } }', {}, 'scheme http is not https'],
    ['{ authority: { exact: shop } }', {}, 'authority web.b is not shop'],
    ['{ headers: { End-User: { exact: jason } } }', {}, 'header end-user is missing'],
    [
      '{ headers: { end-user: { exact: jason } } }',
      { headers: { 'end-user': 'bob' } },
      'header end-user bob is not jason',
    ],
    ['{ headers: { a: { exact: x } } }', { headers: { a: '' } }, 'header a, which is empty, is not x'],
    ['{ withoutHeaders: { a: {} } }', { headers: { a: 'x' } }, 'header a is there (x)'],
    [
      '{ withoutHeaders: { a: { exact: x } } }',
      { headers: { a: 'x' } },
      'header a is x, which withoutHeaders rules out',
    ],
    ['{ queryParams: { v: { exact: "2" } } }', { path: '/?v=1' }, 'query parameter v 1 is not 2'],
    ['{ queryParams: { v: { exact: "2" } } }', {}, 'query parameter v is missing'],
    ['{ port: 81 }', {}, 'port 80 is not 81'],
    ['{ gateways: [gw] }', {}, 'it is for gateways gw, not for mesh'],
    ['{ sourceLabels: { app: other } }', {}, "the caller's label app is client, not other"],
    ['{ sourceLabels: { tier: x } }', {}, "the caller's label tier is missing"],
    ['{ sourceNamespace: c }', {}, "the caller's namespace a is not c"],
    ['{ uri: { prefix: / }, method: { exact: PUT } }', {}, 'method GET is not PUT'],
  ] as const)('%s', (match, question, text) => {
    expect(why(match, question)).toBe(text);
  });

  test('it says where', () => {
    const yaml = [
      withCluster(),
      rules(
        `match:\n    - uri: { prefix: /a }\n    - headers:\n        x-a: { exact: a }\n        x-b: { exact: b }\n    ${TO}`,
        `{ ${TO} }`,
      ),
    ];
    const hop = onlyHop({ yaml, headers: { 'x-a': 'a' } });
    expect(hop.rules.map(({ failure, place }) => [failure?.position?.line, place.position?.line])).toEqual([
      [8, 8],
      [11, 9],
      [undefined, 13],
    ]);
    expect(hop.rules[1]!.failure).toMatchObject({ field: 'headers.x-b', text: 'header x-b is missing' });
  });

  test('what comes after a rule for everything is left out', () => {
    const yaml = withCluster(rules(`{ name: all, ${TO} }`, `{ name: never, match: [{ uri: { prefix: /a } }], ${TO} }`));
    expect(lines(onlyHop({ yaml }))).toEqual([
      'all chosen',
      'never left-out: a rule before it matches everything: Istio leaves out what follows',
    ]);
  });

  test('no rule matches: 404 NR', () => {
    const yaml = withCluster(rules(`{ name: a, match: [{ uri: { prefix: /a } }], ${TO} }`));
    const hop = onlyHop({ yaml });
    expect(lines(hop)).toEqual(['a failed: path / does not begin with /a']);
    expect(hop.route.answer).toMatchObject({ status: 404, flag: 'NR', why: 'no route of the virtual host matches' });
  });
});

describe('delegates', () => {
  const delegate = (spec: string): string => istio('VirtualService', 'part', 'b', spec);
  const root = virtualService(
    'web',
    'b',
    `{ hosts: [web], http: [\n { match: [{ uri: { prefix: /a } }], delegate: { name: part } },\n { ${TO} }] }`,
  );

  test('a failure stands in the root or in the delegate, whichever says it', () => {
    const yaml = [withCluster(), root, delegate(`{ http: [\n { match: [{ headers: { x: { exact: z } } }], ${TO} }] }`)];
    const outside = onlyHop({ yaml, path: '/b' }).rules[0]!;
    expect(outside.failure).toMatchObject({ field: 'uri', position: { file: 'mesh-1.yaml', line: 5 } });
    const inside = onlyHop({ yaml, path: '/a' }).rules[0]!;
    expect(inside.failure).toMatchObject({ field: 'headers.x', position: { file: 'mesh-2.yaml', line: 5 } });
    expect(inside.root).toMatchObject({ resource: 'VirtualService b/web', position: { line: 5 } });
  });

  test('a setting of the root that the delegate does not have', () => {
    const withTimeout = root.replace('delegate:', 'timeout: 3s, delegate:');
    const yaml = [withCluster(), withTimeout, delegate(`{ http: [{ ${TO} }] }`)];
    const { timeout } = onlyHop({ yaml, path: '/a' }).route;
    expect(timeout).toMatchObject({ ns: 3e9, origin: { kind: 'yaml', resource: 'VirtualService b/web' } });
  });

  test('a delegate that is not there is told', () => {
    const first = (...more: string[]): string => lines(onlyHop({ yaml: withCluster(root, ...more), path: '/a' }))[0]!;
    expect(first()).toBe('b/web#0 left-out: delegate b/part is missing');
    expect(first(delegate(`{ hosts: [x], http: [{ ${TO} }] }`))).toContain('has hosts, which a delegate must not have');
    expect(first(delegate(`{ exportTo: [c], http: [{ ${TO} }] }`))).toContain('is not exported to the namespace b');
  });
});

describe('what Istio leaves out', () => {
  const part = (http: string): string => istio('VirtualService', 'part', 'b', `{ http: [${http}] }`);

  test('a rule of a delegate that contradicts the root: its field and its line', () => {
    const root = virtualService(
      'web',
      'b',
      `{ hosts: [web], http: [{ match: [{ uri: { prefix: /a } }], delegate: { name: part } }, { ${TO} }] }`,
    );
    const own = part(`\n { match: [{ uri: { prefix: /b } }], ${TO} },\n { match: [{ uri: { prefix: /a/c } }], ${TO} }`);
    const hop = onlyHop({ yaml: [withCluster(root), own], path: '/a/c' });
    expect(lines(hop)).toEqual([
      'b/part#0 left-out: its uri contradicts that of the root (b/web#0)',
      'b/part#1 chosen',
      'b/web#1 not-reached',
    ]);
    expect(hop.rules[0]).toMatchObject({ failure: { field: 'uri', position: { file: 'mesh-1.yaml', line: 5 } } });
  });
});

describe('words of retryOn that do nothing', () => {
  const inert = (retryOn: string, headers: Record<string, string> = {}): string[] => {
    const yaml = withCluster(rules(`{ retries: { attempts: 2, retryOn: "${retryOn}" }, ${TO} }`));
    return onlyHop({ yaml, headers }).route.retry.inert.map(
      ({ token, never }) => `${token}${never ? '' : ' (partly)'}`,
    );
  };
  const GRPC = { 'content-type': 'application/grpc' };

  test.each([
    ['5xx,connect-failure,503,reset', {}, []],
    ['5xx,gateway-error,reset', GRPC, ['5xx (partly)', 'gateway-error (partly)']],
    ['retriable-4xx,503,unavailable', GRPC, ['retriable-4xx', '503']],
    ['unavailable,cancelled,5xx', {}, ['unavailable', 'cancelled']],
    ['retriable-status-codes', {}, ['retriable-status-codes']],
    ['retriable-status-codes,503', {}, []],
    ['retriable-headers,http3-post-connect-failure', {}, ['retriable-headers', 'http3-post-connect-failure']],
    ['refused-stream', {}, ['refused-stream']],
  ])('%s', (retryOn, headers, expected) => {
    expect(inert(retryOn, headers)).toEqual(expected);
  });
});

describe('which virtual host', () => {
  test('without a VirtualService: the default route, its defaults by release', () => {
    const hop = onlyHop({ yaml: withCluster() });
    expect(hop.route).toMatchObject({
      name: 'default',
      place: null,
      timeout: { ns: 0, origin: { kind: 'istio' } },
      retry: { policy: { retries: 2, statuses: [] }, origin: { kind: 'istio', release: '1.31' } },
    });
    const old = onlyHop({ yaml: withCluster(), input: { istioVersion: '1.20' } });
    expect(old.route.retry).toMatchObject({ policy: { statuses: [503] }, origin: { release: '1.20' } });
    expect(hop.virtualHost).toMatchObject({ name: 'web.b.svc.cluster.local:80', virtualServices: [], passedOver: [] });
  });

  test('VirtualServices that do not count, and why', () => {
    const yaml = withCluster(
      virtualService('hidden', 'b', `{ hosts: [web], exportTo: ["."], http: [{ ${TO} }] }`),
      virtualService('edge', 'b', `{ hosts: [web], gateways: [gw], http: [{ ${TO} }] }`),
      virtualService('first', 'b', `{ hosts: [web], http: [{ ${TO} }] }`),
      virtualService('second', 'b', `{ hosts: [web], http: [{ ${TO} }] }`),
    );
    const host = onlyHop({ yaml }).virtualHost!;
    expect(host.virtualServices.map(({ resource }) => resource)).toEqual(['VirtualService b/first']);
    expect(host.passedOver.map(({ resource, why }) => `${resource}: ${why}`)).toEqual([
      'VirtualService b/edge: it is for b/gw',
      'VirtualService b/hidden: it is exported to ., not to a',
      'VirtualService b/second: another one has the host first, or names it more exactly',
    ]);
  });

  test('a Host header that nobody answers to passes through', () => {
    const hop = onlyHop({ headers: { host: 'elsewhere.example' } });
    expect(hop.virtualHost).toMatchObject({
      name: null,
      why: 'nothing on port 80 answers to the Host header elsewhere.example',
    });
    expect(hop.route).toMatchObject({ name: 'PassthroughCluster', timeout: { origin: { kind: 'none' } } });
  });

  test('a port without HTTP', () => {
    const hop = onlyHop({ to: 'db.b:3306' });
    expect(hop.listener).toMatchObject({ port: 3306, protocol: 'TCP' });
    expect(hop).toMatchObject({ virtualHost: null, rules: [], route: { name: 'tcp' } });
  });

  test('a port that declares nothing', () => {
    const yaml = withCluster(service('web', 'b', ['{ port: 80 }']));
    expect(onlyHop({ yaml }).listener).toMatchObject({
      protocol: 'sniffed',
      decidedBy: 'port 80 of Service b/web declares no protocol',
    });
  });
});

describe('where it goes', () => {
  const DR = destinationRule(
    'web',
    'b',
    `{ host: web, trafficPolicy: { loadBalancer: { simple: RANDOM } },
       subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { tls: { mode: DISABLE } } },
                 { name: none, labels: { version: v9 } }] }`,
  );
  const subset = (name: string): string => rules(`{ route: [{ destination: { host: web, subset: ${name} } }] }`);

  test('a subset with the rule of its settings', () => {
    const [only] = onlyHop({ yaml: [withCluster(), DR, subset('v1')] }).route.destinations;
    expect(only!.endpoints.map(({ workload, pods }) => `${workload} ${pods}`)).toEqual(['web-v1.b 2']);
    expect(only!.settings).toMatchObject({
      balancer: { policy: 'random', origin: { kind: 'yaml', position: { file: 'mesh-1.yaml', line: 4 } } },
      tls: { mode: 'none', origin: { kind: 'yaml', position: { line: 5 } } },
      limits: { origin: { kind: 'istio' } },
      outlierOrigin: { kind: 'none' },
    });
    expect(only!.rules.map(({ position }) => position!.line)).toEqual([5, 1]);
  });

  test('503 NC, 503 UH', () => {
    const answer = (name: string) => onlyHop({ yaml: withCluster(DR, subset(name)) }).route.destinations[0]!.answer;
    expect(answer('missing')).toMatchObject({ status: 503, flag: 'NC' });
    expect(answer('none')).toMatchObject({
      status: 503,
      flag: 'UH',
      why: 'no pod stands behind the subset none of web.b.svc.cluster.local',
    });
  });

  test('shares, rewrites, mirrors and faults', () => {
    const yaml = withCluster(
      rules(
        `{ match: [{ uri: { prefix: /a } }], rewrite: { uri: /b }, fault: { abort: { httpStatus: 500, percentage: { value: 10 } } },
           mirror: { host: two, port: { number: 80 } }, mirrorPercentage: { value: 25 },
           route: [{ destination: { host: web }, weight: 75 }, { destination: { host: two, port: { number: 80 } }, weight: 25 }] }`,
      ),
    );
    const { destinations, mirrors, fault } = onlyHop({ yaml, path: '/a/x' }).route;
    expect(destinations.map(({ share, rewritten }) => [share, rewritten?.path])).toEqual([
      [0.75, '/b/x'],
      [0.25, '/b/x'],
    ]);
    expect(mirrors).toMatchObject([{ probability: 0.25, cluster: 'outbound|80||two.b.svc.cluster.local' }]);
    expect(fault).toMatchObject({ abortStatus: 500, abortProbability: 0.1, origin: { kind: 'yaml' } });
  });

  test('headers of the request come before the route', () => {
    const headers = { 'x-envoy-upstream-rq-timeout-ms': '50', 'x-envoy-max-retries': '1' };
    const { timeout, retry } = onlyHop({ headers }).route;
    expect(timeout).toEqual({ ns: 50e6, origin: { kind: 'request', header: 'x-envoy-upstream-rq-timeout-ms' } });
    expect(retry.origin).toEqual({ kind: 'request', header: 'x-envoy-max-retries' });
  });
});

describe('from outside', () => {
  const GATEWAY = istio(
    'Gateway',
    'gw',
    'b',
    '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: web, protocol: HTTP }, hosts: ["*"] }] }',
  );
  const bound = (name: string, rule: string): string =>
    virtualService(name, 'b', `{ hosts: [shop.example], gateways: [gw], http: [${rule}] }`);

  test('the gateway is the second hop; its VirtualServices are merged, what matches everything comes last', () => {
    const yaml = withCluster(
      GATEWAY,
      bound('all', `{ name: all, ${TO} }`),
      bound('some', `{ name: some, match: [{ uri: { prefix: /a } }], ${TO} }`),
    );
    const { hops } = explained({ yaml, from: null, to: 'http://shop.example/' });
    expect(hops.map(({ proxy }) => proxy.kind)).toEqual(['none', 'gateway']);
    expect(hops[0]!.route.destinations[0]!.endpoints[0]!.nextHop).toBe(1);
    expect(lines(hops[1]!)).toEqual(['some failed: path / does not begin with /a', 'all chosen']);
    expect(hops[1]!.virtualHost).toMatchObject({
      name: 'shop.example:80',
      why: '2 VirtualServices with this host are merged',
    });
    expect(hops[1]!.listener).toMatchObject({ protocol: 'HTTP', decidedBy: 'server web of Gateway b/gw' });
  });

  test('no VirtualService for the host', () => {
    const { hops } = explained({ yaml: withCluster(GATEWAY), from: null, to: 'http://shop.example/' });
    expect(hops[1]!.route.answer).toMatchObject({ status: 404, flag: 'NR', why: 'no virtual host has a route for it' });
  });
});

describe('questions without an answer', () => {
  const refused = (question: Partial<Question>) => {
    const { explanation, diagnostics } = ask(question);
    expect(explanation).toBeNull();
    return diagnostics.find(({ severity }) => severity === 'error')!;
  };

  test('names that are nearly right', () => {
    expect(refused({ from: 'cliemt.a' })).toMatchObject({ code: 'workload-not-found', hint: 'did you mean client.a?' });
    expect(refused({ to: 'http://wep.b' })).toMatchObject({ code: 'host-not-found' });
  });

  test('a service of several workloads', () => {
    expect(refused({ from: 'web.b' }).message).toBe('web.b is a service of several workloads: web-v1.b, web-v2.b');
  });

  test('an unknown release', () => {
    expect(codes(ask({ input: { istioVersion: '0.8' } }).diagnostics, 'error')).toEqual(['unknown-istio-version']);
  });
});

test('a host that a proxy is not let out to', () => {
  const yaml = withCluster(
    istio(
      'Sidecar',
      'default',
      'a',
      '{ egress: [{ hosts: ["./*"] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }',
    ),
  );
  const { answer } = explained({ yaml }).hops[0]!.route;
  expect(answer?.why).toContain('REGISTRY_ONLY');
});

test('fidelity: what concerns the way, and policies of its namespaces', () => {
  const policy = (name: string, inNamespace: string): string =>
    istio('WasmPlugin', name, inNamespace, '{ url: oci://a/b, type: NETWORK }').replace('networking', 'extensions');
  const yaml = withCluster(
    policy('here', 'b'),
    policy('elsewhere', 'c'),
    rules(`{ corsPolicy: {}, match: [{ uri: { prefix: /a } }], ${TO} }`, `{ ${TO} }`),
  );
  const resources = explained({ yaml }).fidelity.map(({ resource, path }) => `${resource} ${path}`.trim());
  expect(resources).toContain('WasmPlugin b/here');
  expect(resources.some((text) => text.includes('c/elsewhere'))).toBe(false);
  expect(resources.some((text) => text.includes('http[0]'))).toBe(false);
});

describe('gateways', () => {
  const GATEWAY = istio(
    'Gateway',
    'gw',
    'b',
    '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
  );
  const believed =
    'apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: { name: t, namespace: istio-system }\nspec: { jwtRules: [{ issuer: i }] }\n';
  const shop = (rule: string): string =>
    virtualService('shop', 'b', `{ hosts: ["*"], gateways: [gw], http: [${rule}, { ${TO} }] }`);
  const atGateway = (rule: string, question: Partial<Question>): Hop =>
    explained({
      yaml: withCluster(GATEWAY, shop(rule), believed),
      from: null,
      to: 'http://shop.example.com/',
      ...question,
    }).hops[1]!;
  const token = (claims: object): Readonly<Record<string, string>> => ({
    authorization: `Bearer ${encodeToken({ iss: 'i', ...claims })}`,
  });

  test('say which claim of a token a route asks for', () => {
    const rule = `{ match: [{ headers: { "@request.auth.claims.org.unit": { exact: x } } }], ${TO} }`;
    const why = (headers: Readonly<Record<string, string>>) => atGateway(rule, { headers }).rules[0]!;
    expect(why({}).failure!.text).toBe('no token is believed here, which could have the claim org.unit');
    expect(why(token({ org: { unit: 'y' } })).failure!.text).toBe(
      'the claim org.unit of the token is not what the match asks for',
    );
    expect(why(token({ org: { unit: 'x' } })).verdict).toBe('chosen');
  });

  test('say that they answer a preflight', () => {
    const rule = `{ corsPolicy: { allowOrigins: [{ exact: https://a.example.com }] }, ${TO} }`;
    const headers = { origin: 'https://a.example.com', 'access-control-request-method': 'PUT' };
    expect(atGateway(rule, { method: 'OPTIONS', headers }).route!.answer).toMatchObject({
      status: 200,
      why: 'the proxy answers preflights of this origin itself (CORS)',
    });
  });
});
