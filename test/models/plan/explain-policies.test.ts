// Filters come before whatever the route does, and the policy that decides is named with its rule and its line. The verdicts themselves are tested
// in filters/authorization.test.ts and filters/tokens.test.ts.
import { describe, expect, test } from 'vitest';
import { type Explanation, explainPath, type Question } from '../../../models/plan/explain/index.js';
import { encodeToken } from '../../../models/plan/terms/token.js';
import { envoyFilter } from './filters/support.js';
import { deployment, input, istio, namespace, virtualService, withCluster } from './support.js';

function explained(yaml: readonly string[], question: Partial<Question> = {}): Explanation {
  const { explanation, diagnostics } = explainPath(input({ yaml: [withCluster(), ...yaml] }), {
    from: 'client.a',
    to: 'http://web.b/',
    method: 'GET',
    path: '/',
    headers: {},
    isVersionAssumed: false,
    ...question,
  });
  if (explanation === null) throw new Error(JSON.stringify(diagnostics));
  return explanation;
}

/** `100 % 403 NR by web-v1.b: why (deny-rule AuthorizationPolicy b/x#0 mesh-1.yaml:7)` */
const outcomes = ({ outcomes: all }: Explanation): string[] =>
  all.map(({ share, status, flags, by, why, decidedBy }) => {
    const policies = (decidedBy?.policies ?? []).map(
      ({ policy, rule, position }) => `${policy}${rule === null ? '' : `#${rule}`} ${position?.file}:${position?.line}`,
    );
    const decided = decidedBy === null ? '' : ` [${decidedBy.reason} ${policies.join(', ')}]`;
    return `${Math.round(share * 100)} % ${[status ?? 'application', ...flags].join(' ')} by ${by}${why === '' ? '' : `: ${why}`}${decided}`;
  });

/** A policy whose rules stand on lines of their own: the first on line 8. */
const policy = (name: string, action: string, rules: readonly string[], more = ''): string =>
  `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: ${name}, namespace: b }\nspec:\n  action: ${action}\n  ${more === '' ? 'selector: { matchLabels: { app: web } }' : more}\n  rules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;
const GATEWAY = istio(
  'Gateway',
  'gw',
  'b',
  '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
);
const atGateway = (rule: string): string =>
  virtualService('web', 'b', `{ hosts: ["*"], gateways: [gw], http: [${rule}] }`);
const EDGE = [namespace('istio-system'), deployment('edge', 'istio-system', { istio: 'ingressgateway' }, 1)].join(
  '---\n',
);
/** For the gateway's pods. */
const gatewayPolicy = (action: string, rule: string): string =>
  `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: front, namespace: istio-system }\nspec:\n  action: ${action}\n  selector: { matchLabels: { istio: ingressgateway } }\n  rules:\n  - ${rule}\n`;
const OUTSIDE = { from: null, to: 'http://shop.example/' } as const;

describe('the policy of the server', () => {
  test('a DENY rule: the policy, the rule and the line', () => {
    const deny = policy('no-admin', 'DENY', [
      '{ to: [{ operation: { methods: [PUT] } }] }',
      '{ to: [{ operation: { paths: ["/admin*"] } }] }',
    ]);
    expect(outcomes(explained([deny], { path: '/admin' }))).toEqual([
      '50 % 403 by web-v1.b: rule 2 of AuthorizationPolicy b/no-admin denies it [deny-rule AuthorizationPolicy b/no-admin#1 mesh-1.yaml:9]',
      '50 % 403 by web-v2.b: rule 2 of AuthorizationPolicy b/no-admin denies it [deny-rule AuthorizationPolicy b/no-admin#1 mesh-1.yaml:9]',
    ]);
    expect(outcomes(explained([deny]))).toEqual(['50 % application by web-v1.b', '50 % application by web-v2.b']);
  });

  test('no rule of the ALLOW policies: all of them', () => {
    const one = policy('one', 'ALLOW', ['{ from: [{ source: { namespaces: [c] } }] }']);
    const two = policy('two', 'ALLOW', ['{ to: [{ operation: { methods: [PUT] } }] }']);
    const { hops } = explained([one, two]);
    const [pods] = hops[0]!.route.destinations[0]!.endpoints;
    expect(pods!.answer).toMatchObject({
      status: 403,
      why: 'no rule of AuthorizationPolicy b/one, AuthorizationPolicy b/two allows it, and what no ALLOW policy allows is refused',
    });
    expect(pods!.filters).toHaveLength(1);
  });

  test('the rule that lets it pass', () => {
    const one = policy('one', 'ALLOW', ['{ to: [{ operation: { methods: [PUT] } }] }', '{}']);
    const [pods] = explained([one]).hops[0]!.route.destinations[0]!.endpoints;
    expect(pods!.answer).toBeNull();
    expect(pods!.filters[0]).toMatchObject({
      status: 0,
      decidedBy: { reason: 'allow-rule', policies: [{ rule: 1, position: { line: 9 } }] },
    });
  });

  test('a token that a RequestAuthentication does not believe', () => {
    const authentication = `apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: { name: login, namespace: b }\nspec:\n  jwtRules:\n  - { issuer: me, jwks: "{}", audiences: [shop] }\n  - { issuer: you, jwks: "{}" }\n`;
    const ask = (token: string): string =>
      outcomes(explained([authentication], { headers: { authorization: `Bearer ${token}` } }))[0]!;
    expect(ask(encodeToken({ iss: 'they' }))).toContain('[token-issuer RequestAuthentication b/login mesh-1.yaml:1]');
    expect(ask(encodeToken({ iss: 'me', aud: 'else' }))).toContain('50 % 403 by web-v1.b');
    expect(ask(encodeToken({ iss: 'me', aud: 'else' }))).toContain(
      '[token-audience RequestAuthentication b/login#0 mesh-1.yaml:6]',
    );
    expect(ask('nothing')).toContain('[token-malformed RequestAuthentication b/login#1 mesh-1.yaml:7]');
    expect(ask(encodeToken({ iss: 'you' }))).toBe('50 % application by web-v1.b');
  });

  test('a network policy that drops the packets', () => {
    const shut = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: shut, namespace: b }\nspec: { podSelector: {}, policyTypes: [Ingress] }\n`;
    expect(outcomes(explained([shut]))).toEqual([
      '100 % 503 URX UF by client.a: network policies drop its packets: the connection times out after 10 s [network-policy NetworkPolicy b/shut mesh-1.yaml:1]',
    ]);
  });
});

describe('filters come before a route that answers by itself', () => {
  const DENY = gatewayPolicy('DENY', '{ to: [{ operation: { hosts: [shop.example] } }] }');
  const REFUSED =
    '100 % 403 by edge.istio-system: rule 1 of AuthorizationPolicy istio-system/front denies it [deny-rule AuthorizationPolicy istio-system/front#0 mesh-4.yaml:8]';
  const CORS = '{ allowOrigins: [{ exact: "https://shop" }], allowMethods: [GET] }';
  const PREFLIGHT = {
    method: 'OPTIONS',
    headers: { origin: 'https://shop', 'access-control-request-method': 'GET' },
  };

  test.each([
    ['a direct response', '{ directResponse: { status: 200 } }', {}, '200'],
    ['a redirect', '{ redirect: { authority: other.example } }', {}, '301'],
    ['a preflight', `{ corsPolicy: ${CORS}, route: [{ destination: { host: web } }] }`, PREFLIGHT, '200'],
    ['a missing cluster', '{ route: [{ destination: { host: web, subset: none } }] }', {}, '503'],
    ['no route', '{ match: [{ uri: { exact: /x } }], route: [{ destination: { host: web } }] }', {}, '404'],
  ])('%s', (_, rule, question, alone) => {
    const front = [EDGE, GATEWAY, atGateway(rule)];
    expect(outcomes(explained(front, { ...OUTSIDE, ...question }))[0]).toContain(`100 % ${alone} by edge.istio-system`);
    const refused = explained([...front, DENY], { ...OUTSIDE, ...question });
    expect(outcomes(refused)).toEqual([REFUSED]);
    expect(refused.hops).toHaveLength(2);
    expect(refused.hops[1]!.route.destinations).toEqual([]);
  });

  test('a fault, before a preflight and behind the policies', () => {
    const fault = '{ abort: { percentage: { value: 25 }, httpStatus: 418 } }';
    const front = [
      EDGE,
      GATEWAY,
      atGateway(`{ corsPolicy: ${CORS}, fault: ${fault}, route: [{ destination: { host: web } }] }`),
    ];
    expect(outcomes(explained(front, { ...OUTSIDE, ...PREFLIGHT }))).toEqual([
      '75 % 200 by edge.istio-system: the proxy answers preflights of this origin itself (CORS)',
      '25 % 418 by edge.istio-system: the fault of the route aborts it',
    ]);
    expect(outcomes(explained([...front, DENY], { ...OUTSIDE, ...PREFLIGHT }))).toEqual([REFUSED]);
  });
});

describe('what the client gets', () => {
  test('of weights, faults and missing clusters the shares', () => {
    const split = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ fault: { abort: { percentage: { value: 50 }, httpStatus: 400 } }, route: [{ destination: { host: two, port: { number: 80 } }, weight: 80 }, { destination: { host: web, subset: gone }, weight: 20 }] }] }',
    );
    expect(outcomes(explained([split]))).toEqual([
      '50 % 400 FI by client.a: the fault of the route aborts it',
      '40 % application by two.b',
      '10 % 503 NC by client.a: the proxy has no such cluster: host, port or subset does not exist for it',
    ]);
  });

  test('a failure that is tried again in vain', () => {
    const abort = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ retries: { attempts: 2, retryOn: "403" }, route: [{ destination: { host: web } }] }] }',
    );
    const nobody = policy('nobody', 'ALLOW', ['{ from: [{ source: { namespaces: [c] } }] }']);
    expect(outcomes(explained([abort, nobody]))[0]).toContain('50 % 403 URX by web-v1.b');
    const { outcomes: some } = explained([abort, nobody.replace('app: web', 'version: v1')]);
    expect(some).toMatchObject([
      { share: 0.5, status: 403, flags: [], by: 'web-v1.b', unless: ['another try finds other pods'] },
      { share: 0.5, status: null, by: 'web-v2.b', unless: [] },
    ]);
  });

  test('of gRPC the code that its status stands for', () => {
    const headers = { 'content-type': 'application/grpc' };
    const missing = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ match: [{ uri: { exact: /x } }], route: [{ destination: { host: web } }] }] }',
    );
    expect(outcomes(explained([missing], { headers, method: 'POST' }))[0]).toContain('100 % 501 NR by client.a');
  });

  test('a limit that only a run can tell', () => {
    const bucket = 'token_bucket: { max_tokens: 10, tokens_per_fill: 5, fill_interval: 1s }';
    const on =
      'filter_enabled: { default_value: { numerator: 100 } }, filter_enforced: { default_value: { numerator: 100 } }';
    const type = 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';
    const filter =
      '{ name: envoy.filters.network.http_connection_manager, subFilter: { name: envoy.filters.http.router } }';
    const limit = envoyFilter(
      `{ configPatches: [{ applyTo: HTTP_FILTER, match: { context: SIDECAR_INBOUND, listener: { filterChain: { filter: ${filter} } } }, patch: { operation: INSERT_BEFORE, value: { name: envoy.filters.http.local_ratelimit, typed_config: { "@type": ${type}, ${bucket}, ${on} } } } }] }`,
    );
    const { outcomes: all } = explained([limit], { to: 'http://two.b:80/' });
    expect(all).toMatchObject([{ status: null, unless: [expect.stringContaining('over the limit of')] }]);
  });
});
