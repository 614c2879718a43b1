// Who may call whom under Linkerd's policies, in a run: 403 or nothing of it.
import { describe, expect, test } from 'vitest';
import { loadMesh, type ScenarioSpec, simulate } from '../../scenarios/library.js';

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

/** Share of the requests that get 403. */
async function refused(texts: readonly string[], client = pods('client'), web = pods('web')): Promise<number> {
  const text = [client, web, ...texts].join('---\n');
  const result = await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario }), { workers: 0 });
  const { outcomes } = result.traffic[0]!.requests[0]!;
  return outcomes.filter(({ label }) => label.startsWith('403')).reduce((sum, { share }) => sum + share, 0);
}

describe('a Server', () => {
  test('refuses what no policy allows', async () => {
    expect(await refused([])).toBe(0);
    expect(await refused([server()])).toBe(1);
    expect(await refused([server(', accessPolicy: all-unauthenticated')])).toBe(0);
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
