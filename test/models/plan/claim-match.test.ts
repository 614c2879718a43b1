// Routes of gateways by claims of a token (istio: pkg/jwt/routing_test.go, tests/integration/security/jwt_test.go TestIngressRequestAuthentication;
// lists and nesting as pilot/pkg/networking/core/route/route_test.go has them).
import { describe, expect, test } from 'vitest';
import { claimNames } from '../../../models/plan/terms/claim-match.js';
import { encodeToken } from '../../../models/plan/terms/token.js';
import { onlyOutcome, runIstio } from '../../support/istio-run.js';
import { istio, outcome, planOf, request, siteOf, virtualService, withCluster } from './support.js';

const GATEWAY = istio(
  'Gateway',
  'gw',
  'b',
  '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
);
const BELIEVED =
  'apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: { name: tokens, namespace: istio-system }\nspec: { selector: { matchLabels: { istio: ingressgateway } }, jwtRules: [{ issuer: i }] }\n';
const TOKEN = encodeToken({ iss: 'i', sub: 'ann', groups: ['admin', 'dev'], org: { unit: 'x' }, level: 3 });

function rule(match: string, gateways = 'gateways: [gw], '): string {
  return virtualService(
    'shop',
    'b',
    `{ hosts: ["*"], ${gateways}http: [{ match: [${match}], route: [{ destination: { host: two, port: { number: 81 } } }] }, { route: [{ destination: { host: web } }] }] }`,
  );
}

/** The service that serves the requests of a client with a token. */
function served(match: string, documents: readonly string[] = [BELIEVED], token: string | null = TOKEN): string {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const { plan, result } = runIstio({
    yaml: withCluster(GATEWAY, rule(match), ...documents),
    from: null,
    to: 'http://shop.example.com/',
    requests: [request({ headers })],
  });
  const two = plan.workloads.findIndex(({ name }) => name === 'two');
  return result.workloads[two]!.arrivals > 0 ? 'two' : 'web';
}

const header = (key: string, matcher: string, field = 'headers'): string => `{ ${field}: { "${key}": ${matcher} } }`;

describe('a claim', () => {
  test.each([
    ['a text', header('@request.auth.claims.sub', '{ exact: ann }'), 'two'],
    ['a beginning', header('@request.auth.claims.sub', '{ prefix: a }'), 'two'],
    ['an expression', header('@request.auth.claims[sub]', '{ regex: "an+" }'), 'two'],
    ['another text', header('@request.auth.claims.sub', '{ exact: bob }'), 'web'],
    ['an element of a list', header('@request.auth.claims.groups', '{ exact: dev }'), 'two'],
    ['within another', header('@request.auth.claims.org.unit', '{ exact: x }'), 'two'],
    ['within another, in brackets', header('@request.auth.claims[org][unit]', '{ exact: x }'), 'two'],
    ['a number, which matches nothing', header('@request.auth.claims.level', '{ exact: "3" }'), 'web'],
    ['not a text', header('@request.auth.claims.sub', '{ exact: bob }', 'withoutHeaders'), 'two'],
    ['not this text', header('@request.auth.claims.sub', '{ exact: ann }', 'withoutHeaders'), 'web'],
  ])('%s', (_, match, expected) => {
    expect(served(match)).toBe(expected);
  });

  test('of a token that nobody believes is none', () => {
    const match = header('@request.auth.claims.sub', '{ exact: ann }');
    expect(served(match, [])).toBe('web');
    expect(served(match, [BELIEVED], null)).toBe('web');
    const wrong = { authorization: `Bearer ${encodeToken({ iss: 'other', sub: 'ann' })}` };
    const wish = { yaml: withCluster(GATEWAY, rule(match), BELIEVED), from: null, to: 'http://shop.example.com/' };
    expect(onlyOutcome({ ...wish, requests: [request({ headers: wrong })] })).toBe('401 -');
  });

  test('is nothing to a sidecar', () => {
    const yaml = withCluster(
      rule(header('@request.auth.claims.sub', '{ exact: ann }'), '').replace('"*"', 'web'),
      BELIEVED,
    );
    const plan = planOf({ yaml, requests: [request({ headers: { authorization: `Bearer ${TOKEN}` } })] });
    expect(outcome(plan, siteOf(plan))).toBe('web-v1+web-v2');
  });

  test.each([
    ['@request.auth.claims.a.b', ['a', 'b']],
    ['@request.auth.claims[a.b][c]', ['a.b', 'c']],
    ['@Request.Auth.Claims.A', ['A']],
    ['@request.auth.claims', null],
    ['@request.auth.claims.', null],
    ['@request.auth.claims[]', null],
    ['x-claims', null],
  ])('%s', (key, names) => {
    expect(claimNames(key)).toEqual(names);
  });
});
