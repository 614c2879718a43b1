// Tokens at a server and at a gateway. istio: pilot/pkg/security/authn/policy_applier_test.go (TestJwtFilter), tests/integration/security/
// jwt_test.go; envoy: test/extensions/filters/http/jwt_authn/{extractor,authenticator,*_verifier}_test.cc.

import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { PlainMap } from '../../../../models/config/document.js';
import { decodeToken, encodeToken } from '../../../../models/plan/terms/token.js';
import { call, istio, planOf, request, siteBetween, virtualService, withCluster } from '../support.js';
import { answerOf, gatewaySite, inboundOf, kinds, outboundOf, policy, tokens } from './support.js';

const ANN = encodeToken({ iss: 'i', sub: 'ann', aud: ['shop', 'crm'], groups: ['admin', 'dev'], org: { unit: 'x' } });
const I = '{ jwtRules: [{ issuer: i }] }';

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function at(documents: readonly string[], headers: Record<string, string>, path = '/') {
  return inboundOf(planOf({ yaml: withCluster(...documents), requests: [request({ headers, path })] }));
}

describe('a token', () => {
  property.prop([fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string())))])(
    'is read as it was written',
    (claims) => {
      expect({ ...decodeToken(encodeToken(claims)) }).toEqual({ ...claims });
    },
  );

  property.prop([fc.string()])('of nonsense is none, and nothing throws', (text) => {
    const found = decodeToken(text);
    expect(found === null || typeof found === 'object').toBe(true);
  });

  test('of a real issuer is read (RFC 7519, section 3.1)', () => {
    const payload = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
    expect(decodeToken(`eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}.x`)).toEqual({
      iss: 'joe',
      exp: 1300819380,
      'http://example.com/is_root': true,
    });
  });
});

describe('RequestAuthentication', () => {
  test('no token passes, and costs nothing (case 50)', () => {
    expect(at([tokens(I)], {})).toEqual([]);
  });

  test('presence: REQUIRED is of a later release: no token passes', () => {
    expect(at([tokens('{ jwtRules: [{ issuer: i, presence: REQUIRED }] }')], {})).toEqual([]);
  });

  test('a token that is believed costs the time of its check', () => {
    expect(at([tokens(I)], bearer(ANN))).toEqual([
      { kind: 'jwt', name: 'inbound 8080 mTLS jwt', cpuNs: 100_000, latencyNs: 0, status: 0, decidedBy: null },
    ]);
  });

  test.each([
    ['malformed', 'invalid', I, 401],
    ['of another issuer', encodeToken({ iss: 'j' }), I, 401],
    ['for another audience', ANN, '{ jwtRules: [{ issuer: i, audiences: [other] }] }', 403],
    ['for this audience', ANN, '{ jwtRules: [{ issuer: i, audiences: [other, crm] }] }', 200],
    ['of one of two issuers', ANN, '{ jwtRules: [{ issuer: j }, { issuer: i }] }', 200],
    ['of neither', encodeToken({ iss: 'k' }), '{ jwtRules: [{ issuer: j }, { issuer: i }] }', 401],
    ['not where it is looked for', ANN, '{ jwtRules: [{ issuer: i, fromHeaders: [{ name: x-token }] }] }', 200],
  ])('a token %s', (_name, token, spec, expected) => {
    expect(answerOf(at([tokens(spec)], bearer(token)))).toBe(expected);
  });

  test('is found in headers, parameters and cookies', () => {
    const bad = 'x.y.z';
    const rule = (where: string) => [tokens(`{ jwtRules: [{ issuer: i, ${where} }] }`)];
    expect(answerOf(at(rule('fromHeaders: [{ name: X-Token, prefix: "T " }]'), { 'x-token': `T ${bad}` }))).toBe(401);
    expect(answerOf(at(rule('fromParams: [tok]'), {}, `/?a=1&tok=${bad}`))).toBe(401);
    expect(answerOf(at(rule('fromCookies: [tok]'), { cookie: `a=b; tok=${bad}` }))).toBe(401);
    expect(answerOf(at([tokens(I)], {}, `/?access_token=${bad}`))).toBe(401);
  });

  test('a preflight is not asked', () => {
    const headers = { ...bearer('bad'), origin: 'https://a', 'access-control-request-method': 'GET' };
    const plan = planOf({ yaml: withCluster(tokens(I)), requests: [request({ method: 'OPTIONS', headers })] });
    expect(inboundOf(plan)).toEqual([]);
  });
});

describe('policies about tokens', () => {
  test.each([
    ['from: [{ source: { requestPrincipals: ["*"] } }]', 200],
    ['from: [{ source: { requestPrincipals: [i/ann] } }]', 200],
    ['from: [{ source: { requestPrincipals: [i/bob] } }]', 403],
    ['from: [{ source: { notRequestPrincipals: ["*"] } }]', 403],
    ['when: [{ key: "request.auth.claims[groups]", values: [dev] }]', 200],
    ['when: [{ key: "request.auth.claims[groups]", values: [ops] }]', 403],
    ['when: [{ key: "request.auth.claims[org][unit]", values: [x] }]', 200],
    ['when: [{ key: request.auth.audiences, values: [shop] }]', 200],
    ['when: [{ key: request.auth.principal, values: [i/ann] }]', 200],
    ['when: [{ key: request.auth.presenter, values: ["*"] }]', 403],
  ])('%s → %i', (rule, expected) => {
    expect(answerOf(at([tokens(I), policy(`{ rules: [{ ${rule} }] }`)], bearer(ANN)))).toBe(expected);
  });

  test('without a RequestAuthentication a token says nothing', () => {
    const only = policy('{ rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }');
    expect(answerOf(at([only], bearer(ANN)))).toBe(403);
  });

  test('scope and permission are lists, and so are claims that a rule names', () => {
    const admits = (rule: string, claim: string, value: string, token: PlainMap): number => {
      const allow = policy(`{ rules: [{ when: [{ key: "request.auth.claims[${claim}]", values: [${value}] }] }] }`);
      return answerOf(at([tokens(rule), allow], bearer(encodeToken({ iss: 'i', sub: 'ann', ...token }))));
    };
    expect(admits(I, 'scope', 'write', { scope: 'read write' })).toBe(200);
    expect(admits(I, 'scope', 'write', { scope: 'read' })).toBe(403);
    expect(admits(I, 'teams', 'b', { teams: 'a b' })).toBe(403);
    const rule = '{ jwtRules: [{ issuer: i, spaceDelimitedClaims: [teams] }] }';
    expect(admits(rule, 'teams', 'b', { teams: 'a b' })).toBe(200);
  });

  test('a bad token is 401 before the policies are asked, and after the authorizer was', () => {
    const documents = [
      tokens(I),
      policy('{}'),
      policy('{ action: CUSTOM, provider: { name: opa }, rules: [{}] }', { name: 'c' }),
    ];
    const filters = at(documents, bearer('bad'));
    expect(kinds(filters)).toEqual(['ext-authz', 'jwt', 'rbac']);
    expect(answerOf(filters)).toBe(401);
  });
});

describe('the token goes on', () => {
  const authorizationAt = (forward: boolean): string => {
    const rule = tokens(`{ jwtRules: [{ issuer: i, forwardOriginalToken: ${forward} }] }`);
    // web calls two with the header that it has got; two has rules of its own.
    const plan = planOf({
      yaml: withCluster(rule),
      requests: [request({ headers: bearer(ANN) })],
      services: { 'web.b': { steps: [call('two', { forwardHeaders: ['authorization'] })] } },
    });
    return kinds(inboundOf(plan, siteBetween(plan, 'web-v1', 'two'))).join();
  };

  test('to the application only where a rule says so', () => {
    expect(authorizationAt(true)).toBe('jwt');
    expect(authorizationAt(false)).toBe('');
  });

  test('through a gateway likewise', () => {
    const gateway = istio(
      'Gateway',
      'gw',
      'b',
      '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: h, protocol: HTTP }, hosts: ["*"] }] }',
    );
    const route = virtualService(
      'web',
      'b',
      '{ hosts: ["*"], gateways: [gw], http: [{ route: [{ destination: { host: web } }] }] }',
    );
    const through = (forward: boolean) => {
      const edge = tokens(`{ jwtRules: [{ issuer: i, forwardOriginalToken: ${forward} }] }`, 'edge', 'istio-system');
      const plan = planOf({
        yaml: withCluster(gateway, route, edge),
        from: null,
        to: 'http://shop.example.com/',
        requests: [request({ headers: bearer(ANN) })],
      });
      const site = gatewaySite(plan);
      return [kinds(outboundOf(plan, site)).join(), kinds(inboundOf(plan, site)).join()];
    };
    expect(through(true)).toEqual(['jwt,fault', 'jwt']);
    expect(through(false)).toEqual(['jwt,fault', '']);
  });
});
