// Istio's policies at one server, each case as Istio's own tests have it: istio: pilot/pkg/security/authz/builder/testdata/{http,tcp},
// pilot/pkg/security/authn/policy_applier_test.go (TestJwtFilter).
import { describe, expect, test } from 'vitest';
import { answerOf, envoyFilter, inboundOf, policy, tokens } from '../models/plan/filters/support.js';
import { deployment, planOf, request, type Wish, withCluster } from '../models/plan/support.js';

const Y = deployment('client', 'a', { app: 'client' }, 1, {
  spec: '{ serviceAccountName: y, containers: [{ name: app, image: app }] }',
});

function answer(documents: readonly string[], more: Partial<Wish> = {}): number {
  return answerOf(inboundOf(planOf({ yaml: withCluster(...documents), ...more })));
}

describe('policies', () => {
  test('case 46: an empty spec denies', () => {
    expect(answer([policy('{}')])).toBe(403);
  });

  test('case 47: DENY of GET beside ALLOW of everything', () => {
    const both = [
      policy('{ action: DENY, rules: [{ to: [{ operation: { methods: [GET] } }] }] }'),
      policy('{ rules: [{}] }', { name: 'all' }),
    ];
    expect(answer(both)).toBe(403);
    expect(answer(both, { requests: [request({ method: 'POST' })] })).toBe(200);
  });

  test('case 48: another service account', () => {
    expect(answer([Y, policy('{ rules: [{ from: [{ source: { principals: [cluster.local/ns/a/sa/x] } }] }] }')])).toBe(
      403,
    );
  });

  test('case 49: an ALLOW policy about methods on a port of TCP denies all (shown as 403: connections are not closed)', () => {
    const only = policy('{ rules: [{ to: [{ operation: { methods: [GET] } }] }] }');
    expect(answer([only], { to: 'http://db.b:3306/' })).toBe(403);
  });

  test('case 50: no token passes, a bad one is 401', () => {
    const rule = tokens('{ jwtRules: [{ issuer: I }] }');
    expect(answer([rule])).toBe(200);
    expect(answer([rule], { requests: [request({ headers: { authorization: 'Bearer bad' } })] })).toBe(401);
  });

  test('case 54: a local rate limit without filter_enabled and filter_enforced limits nothing', () => {
    const limit = envoyFilter(`{ configPatches: [{ applyTo: HTTP_FILTER, match: { context: SIDECAR_INBOUND },
      patch: { operation: INSERT_FIRST, value: { name: envoy.filters.http.local_ratelimit, typed_config: {
        "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit,
        token_bucket: { max_tokens: 1, fill_interval: 60s } } } } }] }`);
    expect(inboundOf(planOf({ yaml: withCluster(limit) }))).toEqual([]);
  });
});
