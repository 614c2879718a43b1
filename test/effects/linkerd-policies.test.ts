// Who may call whom, and how often, under Linkerd's policies, in a run.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const pods = (name: string, inject = 'enabled', more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} }, annotations: { linkerd.io/inject: ${inject}${more} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: app, image: app, ports: [{ name: http, containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80, targetPort: http }] }
`;

const object = (kind: string, name: string, spec: string, version = 'v1alpha1'): string =>
  `apiVersion: policy.linkerd.io/${version}\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

const server = (more = ''): string =>
  object('Server', 'web', `{ podSelector: { matchLabels: { app: web } }, port: http${more} }`, 'v1beta3');
const policy = (kind: string, name: string): string =>
  object(
    'AuthorizationPolicy',
    'policy',
    `{ targetRef: { group: policy.linkerd.io, kind: Server, name: web }, requiredAuthenticationRefs: [{ group: policy.linkerd.io, kind: ${kind}, name: ${name} }] }`,
  );
const identity = (account: string): string =>
  object(
    'MeshTLSAuthentication',
    'who',
    `{ identities: ["${account}.default.serviceaccount.identity.linkerd.cluster.local"] }`,
  );

const scenario = {
  run: { duration: '5s', warmup: '1s', replications: 1, seed: 'linkerd policies' },
  traffic: [{ name: 'load', from: 'client.default', to: 'http://web/', rate: '50/s' }],
} satisfies ScenarioSpec;

async function run(texts: readonly string[], own: ScenarioSpec = scenario): Promise<RunResult> {
  return await simulate(loadMesh([{ name: 'mesh.yaml', text: texts.join('---\n') }], { scenario: own }), {
    workers: 0,
  });
}

/** Share of the requests with a status. */
function share(result: RunResult, status: number): number {
  return result.traffic
    .flatMap(({ requests }) => requests.flatMap(({ outcomes }) => outcomes))
    .filter(({ label }) => label.startsWith(`${status}`))
    .reduce((sum, outcome) => sum + outcome.share, 0);
}

/** Share of the requests that get 403. */
async function refused(texts: readonly string[], client = pods('client'), web = pods('web')): Promise<number> {
  return share(await run([client, web, ...texts]), 403);
}

describe('a Server', () => {
  test('refuses what no policy allows', async () => {
    expect(await refused([])).toBe(0);
    expect(await refused([server()])).toBe(1);
    expect(await refused([server(', accessPolicy: all-unauthenticated')])).toBe(0);
  });

  test('that is about a port of another one does not count, with a warning', async () => {
    const second = server(', accessPolicy: all-unauthenticated').replace('name: web }', 'name: zweb }');
    const result = await run([pods('client'), pods('web'), server(), second]);
    expect(share(result, 403)).toBe(1);
    expect(result.diagnostics.map(({ code }) => code)).toContain('servers-overlap');
  });

  test('lets in whom an AuthorizationPolicy names', async () => {
    const allow = policy('MeshTLSAuthentication', 'who');
    expect(await refused([server(), allow, identity('client')])).toBe(0);
    expect(await refused([server(), allow, identity('other')])).toBe(1);
  });

  test('knows nobody who has no proxy of Linkerd, but their networks', async () => {
    const plain = pods('client', 'disabled');
    const anybody = object('MeshTLSAuthentication', 'who', '{ identities: ["*"] }');
    expect(await refused([server(), policy('MeshTLSAuthentication', 'who'), anybody], plain)).toBe(1);
    const network = object('NetworkAuthentication', 'pods', '{ networks: [{ cidr: 10.0.0.0/8 }] }');
    expect(await refused([server(), policy('NetworkAuthentication', 'pods'), network], plain)).toBe(0);
  });
});

test('config.linkerd.io/default-inbound-policy holds for ports without a Server', async () => {
  const web = pods('web', 'enabled', ', config.linkerd.io/default-inbound-policy: all-authenticated');
  expect(await refused([], pods('client', 'enabled'), web)).toBe(0);
  expect(await refused([], pods('client', 'disabled'), web)).toBe(1);
});

describe('a ServerAuthorization', () => {
  const authorization = (client: string, of = 'name: web'): string =>
    object('ServerAuthorization', 'old', `{ server: { ${of} }, client: ${client} }`, 'v1beta1');

  test.each([
    ['{ meshTLS: { serviceAccounts: [{ name: client }] } }', 0],
    ['{ meshTLS: { serviceAccounts: [{ name: client, namespace: elsewhere }] } }', 1],
    ['{ meshTLS: { identities: ["*.default.serviceaccount.identity.linkerd.cluster.local"] } }', 0],
    ['{ meshTLS: { unauthenticatedTLS: true } }', 0],
    ['{ unauthenticated: true }', 0],
    ['{ unauthenticated: true, networks: [{ cidr: 203.0.113.0/24 }] }', 1],
    ['{ meshTLS: { identities: ["*"] }, networks: [{ cidr: 10.0.0.0/8 }] }', 0],
  ])('%s', async (client, expected) => {
    expect(await refused([server(), authorization(client)])).toBe(expected);
  });

  test('of Servers by their labels, and of no others', async () => {
    const labelled = server().replace('{ name: web }', '{ name: web, labels: { api: inner } }');
    const by = (label: string): string => `selector: { matchLabels: { api: ${label} } }`;
    expect(await refused([labelled, authorization('{ unauthenticated: true }', by('inner'))])).toBe(0);
    expect(await refused([labelled, authorization('{ unauthenticated: true }', by('outer'))])).toBe(1);
  });

  test('lets nobody without a proxy in who is to be authenticated', async () => {
    const tls = authorization('{ meshTLS: { unauthenticatedTLS: true } }');
    expect(await refused([server(), tls], pods('client', 'disabled'))).toBe(1);
  });
});

describe('routes at a Server', () => {
  const route = (rules: string, kind = 'HTTPRoute', api = 'policy.linkerd.io/v1beta3'): string =>
    `apiVersion: ${api}\nkind: ${kind}\nmetadata: { name: books }\nspec: { parentRefs: [{ group: policy.linkerd.io, kind: Server, name: web }], rules: [${rules}] }\n`;
  const BOOKS = '{ matches: [{ path: { value: /books } }] }';
  const forRoute = (name: string, kind = 'HTTPRoute', group = 'policy.linkerd.io'): string =>
    object(
      'AuthorizationPolicy',
      'books',
      `{ targetRef: { group: ${group}, kind: ${kind}, name: ${name} }, requiredAuthenticationRefs: [{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: who }] }`,
    );
  const both = {
    ...scenario,
    traffic: [
      { name: 'books', from: 'client.default', to: 'http://web/books/7', rate: '50/s' },
      { name: 'authors', from: 'client.default', to: 'http://web/authors', rate: '50/s' },
    ],
  } satisfies ScenarioSpec;
  const of = (result: RunResult, name: string): string[] =>
    result.traffic.find((source) => source.name === name)!.requests[0]!.outcomes.map(({ label }) => label.slice(0, 3));

  test.each(['policy.linkerd.io/v1beta3', 'gateway.networking.k8s.io/v1'])(
    'of %s: a policy for one lets only its requests in, and what matches none is not found',
    async (api) => {
      const texts = [pods('client'), pods('web'), server(), route(BOOKS, 'HTTPRoute', api), identity('client')];
      const policies = forRoute('books', 'HTTPRoute', api.split('/')[0]);
      const result = await run([...texts, policies], both);
      expect(of(result, 'books')).toEqual(['200']);
      expect(of(result, 'authors')).toEqual(['404']);
      expect(of(await run([...texts, forRoute('others')], both), 'books')).toEqual(['403']);
    },
  );

  test('a policy for the Server holds for all its routes', async () => {
    const texts = [pods('client'), pods('web'), server(), route(BOOKS), identity('client')];
    const result = await run([...texts, policy('MeshTLSAuthentication', 'who')], both);
    expect(of(result, 'books')).toEqual(['200']);
    expect(of(result, 'authors')).toEqual(['404']);
  });

  test('GRPCRoutes too', async () => {
    const grpc = (to: string): ScenarioSpec => ({
      ...scenario,
      traffic: [
        {
          name: 'load',
          from: 'client.default',
          to: 'http://web/',
          rate: '50/s',
          requests: [{ name: 'call', method: 'POST', path: to, headers: { 'content-type': 'application/grpc' } }],
        },
      ],
    });
    const own = route(
      '{ matches: [{ method: { service: books.Books } }] }',
      'GRPCRoute',
      'gateway.networking.k8s.io/v1',
    );
    const texts = [pods('client'), pods('web'), server(), own, identity('client')];
    const all = [...texts, forRoute('books', 'GRPCRoute', 'gateway.networking.k8s.io')];
    expect(share(await run(all, grpc('/books.Books/Get')), 200)).toBe(1);
    expect(share(await run(all, grpc('/authors.Authors/Get')), 404)).toBe(1);
    expect(share(await run(texts, grpc('/books.Books/Get')), 403)).toBe(1);
  });

  test('a route with a filter that Linkerd does not know is as if it were not there', async () => {
    const rewrite = '{ filters: [{ type: URLRewrite, urlRewrite: { hostname: other } }] }';
    const result = await run([pods('client'), pods('web'), server(', accessPolicy: audit'), route(rewrite)], both);
    expect(of(result, 'authors')).toEqual(['200']);
    expect(result.diagnostics.map(({ code }) => code)).toContain('route-not-accepted');
  });
});

describe('an HTTPLocalRateLimitPolicy', () => {
  const open = server(', accessPolicy: all-unauthenticated');
  const limit = (spec: string): string =>
    object(
      'HTTPLocalRateLimitPolicy',
      'limit',
      `{ targetRef: { group: policy.linkerd.io, kind: Server, name: web }, ${spec} }`,
    );
  const long = { ...scenario, run: { ...scenario.run, duration: '60s' } } satisfies ScenarioSpec;
  const limited = async (spec: string, client = pods('client'), more: readonly string[] = []): Promise<number> =>
    share(await run([client, pods('web'), open, limit(spec), ...more], long), 429);

  test('lets so many requests a second in, by pod', async () => {
    // 50 a second at one pod: 20 pass, and the second's worth that the bucket held was used up in the warm-up.
    expect(await limited('total: { requestsPerSecond: 20 }')).toBeCloseTo(0.6, 1);
    expect(await limited('total: { requestsPerSecond: 1000 }')).toBe(0);
    const two = pods('web').replace('spec:\n', 'spec:\n  replicas: 2\n');
    // Each of two pods lets as many in; the pod that refuses answers fast, so that the balancer does not share alike.
    const refusedByTwo = share(
      await run([pods('client'), two, open, limit('total: { requestsPerSecond: 20 }')], long),
      429,
    );
    expect(refusedByTwo).toBeGreaterThan(0.18);
    expect(refusedByTwo).toBeLessThan(0.5);
  });

  test('of each identity, and of all without one together', async () => {
    expect(await limited('identity: { requestsPerSecond: 20 }')).toBeCloseTo(0.6, 1);
    expect(await limited('identity: { requestsPerSecond: 20 }', pods('client', 'disabled'))).toBeCloseTo(0.6, 1);
    const halves = {
      ...long,
      traffic: ['client', 'other'].map((name) => ({ name, from: `${name}.default`, to: 'http://web/', rate: '25/s' })),
    } satisfies ScenarioSpec;
    const texts = [pods('client'), pods('other'), pods('web'), open, limit('identity: { requestsPerSecond: 20 }')];
    expect(share(await run(texts, halves), 429) / 2).toBeCloseTo(0.2, 1);
  });

  test('an override takes the place of the limit of an identity', async () => {
    const spec = (account: string): string =>
      `identity: { requestsPerSecond: 20 }, overrides: [{ requestsPerSecond: 100, clientRefs: [{ kind: ServiceAccount, name: ${account} }] }]`;
    expect(await limited(spec('client'))).toBe(0);
    expect(await limited(spec('other'))).toBeCloseTo(0.6, 1);
  });

  test('the total holds for overrides, too', async () => {
    const spec =
      'total: { requestsPerSecond: 20 }, overrides: [{ requestsPerSecond: 20, clientRefs: [{ kind: ServiceAccount, name: client }] }]';
    expect(await limited(spec)).toBeCloseTo(0.6, 1);
  });

  test('what may not come in does not count', async () => {
    const texts = [pods('client'), pods('web'), server(), limit('total: { requestsPerSecond: 20 }')];
    expect(share(await run(texts, long), 403)).toBe(1);
  });
});

describe('connections that are not read', () => {
  const opaque = (text: string): string =>
    text.replace('ports: [{ name: http, port: 80', 'ports: [{ name: tcp, port: 80');
  const web = opaque(pods('web'));

  test('are closed where no policy lets the client in', async () => {
    const result = await run([pods('client'), web, server()]);
    expect(result.totals.errorShare.value).toBe(1);
    expect(share(result, 403)).toBe(0);
    expect(result.edges.flatMap(({ outcomes }) => outcomes.map(({ label }) => label))).toEqual(['no response UC']);
    expect(result.diagnostics.map(({ code }) => code)).toContain('connection-refused-by-policy');
    const allowed = await run([
      pods('client'),
      web,
      server(),
      policy('MeshTLSAuthentication', 'who'),
      identity('client'),
    ]);
    expect(allowed.totals.errorShare.value).toBe(0);
  });

  test('whether the port is declared so, or config.linkerd.io/opaque-ports says it', async () => {
    const annotated = pods('web').replace(
      'metadata: { name: web }\nspec: { selector',
      'metadata: { name: web, annotations: { config.linkerd.io/opaque-ports: "80" } }\nspec: { selector',
    );
    const result = await run([pods('client'), annotated, server()]);
    expect(result.totals.errorShare.value).toBe(1);
    expect(share(result, 403)).toBe(0);
  });

  test('of callers without a proxy, too', async () => {
    const result = await run([pods('client', 'disabled'), web, server()]);
    expect(result.totals.errorShare.value).toBe(1);
  });
});
