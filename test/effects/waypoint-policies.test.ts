// Policies that name a waypoint or the service behind it are asked there; those of the pods themselves are their ztunnel's, and listed.
import { describe, expect, test } from 'vitest';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

const pods = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } }, spec: { serviceAccountName: ${name}, containers: [{ name: app, image: app }] } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, labels: { istio.io/use-waypoint: way } }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;

const mesh = [
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: default, labels: { istio.io/dataplane-mode: ambient } }\n',
  pods('client'),
  pods('web'),
  'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: way }\nspec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }\n',
];

const policy = (spec: string): string =>
  `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: policy }\nspec: ${spec}\n`;

const scenario = {
  run: { duration: '10s', warmup: '1s', replications: 1, seed: 'waypoint policies' },
  traffic: [
    {
      name: 'load',
      from: 'client.default',
      to: 'http://web/',
      rate: '50/s',
      requests: [
        { name: 'get', path: '/' },
        { name: 'admin', path: '/admin' },
      ],
    },
  ],
} satisfies ScenarioSpec;

async function run(spec: string): Promise<RunResult> {
  const text = [...mesh, policy(spec)].join('---\n');
  return await simulate(loadMesh([{ name: 'mesh.yaml', text }], { scenario }), { workers: 0 });
}

/** Share of the requests of a name that get 403. */
function refused(result: RunResult, name: string): number {
  const { outcomes } = result.traffic.flatMap(({ requests }) => requests).find((own) => own.name === name)!;
  return outcomes.filter(({ label }) => label.startsWith('403')).reduce((sum, { share }) => sum + share, 0);
}

const DENY_ADMIN = 'action: DENY, rules: [{ to: [{ operation: { paths: ["/admin"] } }] }]';

describe('an AuthorizationPolicy', () => {
  test.each([
    ['the Service', '{ group: "", kind: Service, name: web }'],
    ['the waypoint', '{ group: gateway.networking.k8s.io, kind: Gateway, name: way }'],
  ])('of %s: 403 at the waypoint', async (_, reference) => {
    const result = await run(`{ targetRefs: [${reference}], ${DENY_ADMIN} }`);
    expect([refused(result, 'get'), refused(result, 'admin')]).toEqual([0, 1]);
  });

  test('sees who asks', async () => {
    const from = (account: string): string =>
      `{ targetRefs: [{ group: "", kind: Service, name: web }], action: ALLOW, rules: [{ from: [{ source: { principals: ["cluster.local/ns/default/sa/${account}"] } }] }] }`;
    expect(refused(await run(from('client')), 'get')).toBe(0);
    expect(refused(await run(from('other')), 'get')).toBe(1);
  });

  test('of the pods is listed: their ztunnel would hold it', async () => {
    const result = await run(`{ selector: { matchLabels: { app: web } }, ${DENY_ADMIN} }`);
    expect(refused(result, 'admin')).toBe(0);
    expect(result.fidelity.map(({ meaning }) => meaning).join()).toContain('verdicts of ztunnels');
  });
});
