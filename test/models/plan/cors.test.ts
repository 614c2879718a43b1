// Which preflights a proxy answers itself (envoy: test/extensions/filters/http/cors/cors_filter_test.cc; istio: pilot/pkg/config/kube/gateway
// createCorsFilter).
import { describe, expect, test } from 'vitest';
import { outcome, planOf, request, virtualService, withCluster } from './support.js';

const PREFLIGHT = { 'access-control-request-method': 'PUT' };

/** What becomes of a request from a sidecar to web. */
function asked(
  policy: string,
  headers: Readonly<Record<string, string>>,
  method: 'OPTIONS' | 'PUT' = 'OPTIONS',
): string {
  const yaml = withCluster(
    virtualService(
      'web',
      'b',
      `{ hosts: [web], http: [{ corsPolicy: ${policy}, route: [{ destination: { host: web } }] }] }`,
    ),
  );
  return outcome(planOf({ yaml, requests: [request({ method, headers })] }));
}

const SERVED = 'web-v1+web-v2';
const EXACT = '{ allowOrigins: [{ exact: https://shop.example.com }] }';

describe('a preflight', () => {
  test('of an allowed origin is answered by the proxy', () => {
    expect(asked(EXACT, { ...PREFLIGHT, Origin: 'https://shop.example.com' })).toBe('200');
  });

  test.each([
    ['another origin', EXACT, { ...PREFLIGHT, origin: 'https://evil.example.org' }],
    ['no origin', EXACT, PREFLIGHT],
    ['no method asked for', EXACT, { origin: 'https://shop.example.com' }],
    ['no policy of origins', '{}', { ...PREFLIGHT, origin: 'https://shop.example.com' }],
  ])('goes on like any request: %s', (_, policy, headers) => {
    expect(asked(policy, headers)).toBe(SERVED);
  });

  test('of another origin is answered where unmatched ones are ignored', () => {
    const policy = '{ allowOrigins: [{ exact: https://shop.example.com }], unmatchedPreflights: IGNORE }';
    expect(asked(policy, { ...PREFLIGHT, origin: 'https://evil.example.org' })).toBe('200');
  });

  test.each([
    ['{ allowOrigins: [{ prefix: https://shop }] }', '200'],
    ['{ allowOrigins: [{ regex: ".*" }] }', '200'],
    ['{ allowOrigins: [{ exact: "*" }] }', '200'],
    ['{ allowOrigins: [{ regex: "https://.*[.]org" }] }', SERVED],
  ])('origins: %s', (policy, expected) => {
    expect(asked(policy, { ...PREFLIGHT, origin: 'https://shop.example.com' })).toBe(expected);
  });
});

test('the request itself goes on, whatever its origin', () => {
  expect(asked(EXACT, { origin: 'https://evil.example.org' }, 'PUT')).toBe(SERVED);
});
