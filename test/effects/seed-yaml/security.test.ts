// What the seed files about identities and permissions do in a run: 05, 21, 25. Each condition is met once, and missed once.
import { describe, expect, test } from 'vitest';
import type { RunResult, ScenarioSpec } from '../../../scenarios/library.js';
import { app, describeSeed, isPresent, pods, run, seed, service, shares } from './seed.js';

type Request = NonNullable<NonNullable<ScenarioSpec['traffic']>[number]['requests']>[number];

interface Caller {
  readonly from?: string;
  readonly to?: string;
  readonly scenario?: Omit<ScenarioSpec, 'mesh' | 'traffic'>;
}

/** What each of the requests gets, each by its name: one label, or several. */
async function answers(
  manifests: Parameters<typeof run>[0],
  requests: readonly Request[],
  { from, to = 'http://httpbin', scenario = {} }: Caller = {},
): Promise<Record<string, string>> {
  const result: RunResult = await run(manifests, {
    ...scenario,
    traffic: [
      {
        name: 'load',
        ...(from === undefined ? {} : { from }),
        to,
        rate: `${10 * requests.length}/s`,
        requests: [...requests],
      },
    ],
    run: { duration: '10s' },
  });
  return Object.fromEntries(
    Object.entries(shares(result)).map(([name, labels]) => [name, Object.keys(labels).sort().join(' ')]),
  );
}

const ISSUER = 'https://dev-123456.okta.com';
const ADMIN = { iss: ISSUER, sub: 'ann', aud: ['api://default'], groups: ['admin', 'staff'] };

describe.skipIf(!isPresent)('05-authentication-authorization.yaml', () => {
  const FILE = '05-authentication-authorization.yaml';
  const around = [
    app('httpbin'),
    pods('productpage', { account: 'bookinfo-productpage' }),
    pods('stranger'),
    pods('bare', { annotations: { 'sidecar.istio.io/inject': 'false' } }),
  ];
  const mesh = () => [seed(FILE), ...around];

  describeSeed(FILE, 'PeerAuthentication istio-system/default', () => {
    test('plain text is refused everywhere in the mesh; callers with a sidecar speak mutual TLS', async () => {
      const open = [
        seed(FILE),
        app('open'),
        pods('meshed'),
        pods('bare', { annotations: { 'sidecar.istio.io/inject': 'false' } }),
      ];
      const to = 'http://open/';
      expect(await answers(open, [{ name: 'every' }], { from: 'meshed', to })).toEqual({ every: '200' });
      expect(await answers(open, [{ name: 'every' }], { from: 'bare', to })).toEqual({ every: 'no response UC' });
    });
  });

  describeSeed(FILE, 'RequestAuthentication default/jwt-example', () => {
    const info = (name: string, token?: Request['token']): Request => ({
      name,
      path: '/info',
      ...(token === undefined ? {} : { token }),
    });

    test('tokens of its issuer and audience are believed, no others', async () => {
      const requests = [
        info('good', ADMIN),
        info('forged', 'invalid'),
        info('issuer', { ...ADMIN, iss: 'https://elsewhere.example.com' }),
        info('audience', { ...ADMIN, aud: ['api://other'] }),
      ];
      expect(await answers(mesh(), requests, { from: 'productpage' })).toEqual({
        good: '200',
        forged: '401',
        issuer: '401',
        audience: '403',
      });
    });

    test('the token is left in the request: the next service sees it', async () => {
      const next = `${app('next')}
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: next, namespace: default }
spec: { selector: { matchLabels: { app: next } }, jwtRules: [{ issuer: "${ISSUER}", jwksUri: "${ISSUER}/keys" }] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: next, namespace: default }
spec: { selector: { matchLabels: { app: next } }, rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }
`;
      const scenario = { services: { httpbin: { steps: [{ call: 'next', forwardHeaders: ['authorization'] }] } } };
      const caller = { from: 'productpage', scenario };
      expect(await answers([...mesh(), next], [info('good', ADMIN)], caller)).toEqual({ good: '200' });
      const text = seed(FILE).text.replace('forwardOriginalToken: true', 'forwardOriginalToken: false');
      expect(await answers([{ name: FILE, text }, ...around, next], [info('good', ADMIN)], caller)).toEqual({
        good: '500',
      });
    });
  });

  describeSeed(FILE, 'AuthorizationPolicy default/httpbin', () => {
    const admin = (name: string, more: Partial<Request> = {}): Request => ({
      name,
      path: '/info',
      token: ADMIN,
      ...more,
    });

    test('the page may GET /info for administrators', async () => {
      const requests = [
        admin('allowed'),
        admin('deeper', { path: '/info/more?x=1' }),
        admin('path', { path: '/other' }),
        admin('method', { method: 'POST' }),
        admin('claim', { token: { ...ADMIN, groups: ['staff'] } }),
        { name: 'token', path: '/info' },
      ];
      const wanted = { allowed: '200', deeper: '200', path: '403', method: '403', claim: '403', token: '403' };
      expect(await answers(mesh(), requests, { from: 'productpage' })).toEqual(wanted);
      expect(await answers(mesh(), [admin('principal')], { from: 'stranger' })).toEqual({ principal: '403' });
    });

    test('who comes from 10.0.0.0/8 with the key may POST /data', async () => {
      const key = { 'x-api-key': 'secret-key-123' };
      const data = (name: string, more: Partial<Request> = {}): Request => ({
        name,
        method: 'POST',
        path: '/data',
        headers: key,
        ...more,
      });
      const requests = [
        data('allowed'),
        data('key', { headers: { 'x-api-key': 'guess' } }),
        data('no key', { headers: {} }),
        data('method', { method: 'PUT' }),
        data('path', { path: '/data/1' }),
      ];
      const wanted = { allowed: '200', key: '403', 'no key': '403', method: '403', path: '403' };
      expect(await answers(mesh(), requests, { from: 'stranger' })).toEqual(wanted);
      const other = { name: FILE, text: seed(FILE).text.replace('10.0.0.0/8', '203.0.113.0/24') };
      expect(await answers([other, ...around], [data('address')], { from: 'stranger' })).toEqual({ address: '403' });
    });
  });
});

describeSeed('21-zero-trust-policy.yaml', 'AuthorizationPolicy default/zero-trust-policy', () => {
  const FILE = '21-zero-trust-policy.yaml';
  const TOKENS = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: tokens, namespace: default }
spec: { jwtRules: [{ issuer: company, jwksUri: "https://company.example.com/keys" }] }
`;
  const around = [
    TOKENS,
    app('httpbin', { port: 80, targetPort: 8080 }),
    app('closed', { port: 80, targetPort: 9090 }),
    pods('client'),
  ];
  const api = { iss: 'company', sub: 'ann', scope: 'read api-access' };
  const administrator = { iss: 'company', sub: 'admin@company.com' };

  test('users with the scope may GET and POST below /api', async () => {
    const requests: Request[] = [
      { name: 'get', path: '/api/items', token: api },
      { name: 'post', method: 'POST', path: '/api/items', token: api },
      { name: 'delete', method: 'DELETE', path: '/api/items', token: api },
      { name: 'path', path: '/other', token: api },
      { name: 'scope', path: '/api/items', token: { ...api, scope: 'read' } },
      { name: 'no token', path: '/api/items' },
    ];
    expect(await answers([seed(FILE), ...around], requests, { from: 'client' })).toEqual({
      get: '200',
      post: '200',
      delete: '403',
      path: '403',
      scope: '403',
      'no token': '403',
    });
  });

  test('as written its first and last rule hold for nobody: * means something at an end only, and principals have an issuer', async () => {
    const requests: Request[] = [
      { name: 'service', path: '/' },
      { name: 'administrator', path: '/', token: administrator },
    ];
    const refused = { service: '403', administrator: '403' };
    expect(await answers([seed(FILE), ...around], requests, { from: 'client' })).toEqual(refused);
  });

  test('with patterns that can match, services without a token get in at port 8080, and the administrator everywhere', async () => {
    const text = seed(FILE)
      .text.replace('cluster.local/ns/*/sa/*', 'cluster.local/ns/*')
      .replace('"admin@company.com"', '"*/admin@company.com"');
    const mesh = [{ name: FILE, text }, ...around];
    const requests: Request[] = [
      { name: 'service', path: '/' },
      { name: 'user', path: '/', token: api },
      { name: 'administrator', method: 'DELETE', path: '/any', token: administrator },
    ];
    expect(await answers(mesh, requests, { from: 'client' })).toEqual({
      service: '200',
      user: '403',
      administrator: '200',
    });
    expect(await answers(mesh, requests, { from: 'client', to: 'http://closed' })).toEqual({
      service: '403',
      user: '403',
      administrator: '200',
    });
  });
});

describeSeed('25-cilium-policy.yaml', 'CiliumClusterwideNetworkPolicy service-mesh-policy', () => {
  const FILE = '25-cilium-policy.yaml';
  const backend = (port = 8080) => service('backend-service', { port: 80, targetPort: port });
  const mesh = () => [
    seed(FILE),
    pods('backend-service'),
    backend(),
    app('other'),
    pods('client'),
    pods('guest', { namespace: 'elsewhere' }),
  ];
  const to = 'http://backend-service.default';

  test('pods of the namespace may GET /api and POST /api/data; its path is an expression: /api/* is /api and slashes', async () => {
    const requests: Request[] = [
      { name: 'get', path: '/api/' },
      { name: 'below', path: '/api/items' },
      { name: 'post', method: 'POST', path: '/api/data' },
      { name: 'post elsewhere', method: 'POST', path: '/api/' },
      { name: 'get data', path: '/api/data' },
      { name: 'delete', method: 'DELETE', path: '/api/' },
    ];
    expect(await answers(mesh(), requests, { from: 'client', to })).toEqual({
      get: '200',
      below: '403',
      post: '200',
      'post elsewhere': '403',
      'get data': '403',
      delete: '403',
    });
    const free = Object.fromEntries(requests.map(({ name }) => [name, '200']));
    expect(await answers(mesh(), requests, { from: 'guest.elsewhere', to })).toEqual(free);
  });

  test('all their other connections are dropped: to other pods, and to another port', async () => {
    const every = [{ name: 'every', path: '/api/' }];
    expect(await answers(mesh(), every, { from: 'client', to: 'http://other' })).toEqual({
      every: expect.stringMatching(/^503/),
    });
    const moved = [seed(FILE), pods('backend-service'), backend(9090), pods('client')];
    expect(await answers(moved, every, { from: 'client', to })).toEqual({ every: expect.stringMatching(/^503/) });
  });
});
