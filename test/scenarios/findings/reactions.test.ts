// What the mesh does about failures, one small chain of calls (web -> cart -> bank) each.
import { expect, test } from 'vitest';
import type { Finding } from '../../../scenarios/result/findings-result.js';
import { type MeshService, NAMESPACE, type RandomMesh, runRandomMesh } from '../../support/random-mesh.js';

function service(name: string, calls: readonly number[]): MeshService {
  return {
    name,
    calls,
    isParallel: false,
    visits: 1,
    pods: 1,
    workMs: 2,
    cpuShare: 0.5,
    cpuLimitMillis: 2000,
    hasSidecar: true,
    annotations: {},
    nodeSelector: {},
    versions: [{ name, pods: 1 }],
    behaviour: {},
    policy: {},
    http: {},
  };
}

interface Chain {
  readonly mesh: RandomMesh;
  readonly web: MeshService;
  readonly cart: MeshService;
  readonly bank: MeshService;
}

function chain(): Chain {
  const [web, cart, bank] = [service('web', [1]), service('cart', [2]), service('bank', [])];
  const services = [web, cart, bank];
  return {
    mesh: { seed: 'reactions', services, ratePerSecond: 40, documents: [], scenario: {}, traffic: {} },
    web,
    cart,
    bank,
  };
}

/** Two versions of the bank; the second answers nothing but errors. */
function halfBadBank({ mesh, bank }: Chain): void {
  bank.versions = [
    { name: 'bank-good', pods: 1 },
    { name: 'bank-bad', pods: 1 },
  ];
  mesh.scenario.workloads = { [`bank-bad.${NAMESPACE}`]: { errors: { 500: '100%' } } };
}

async function findingsOf({ mesh }: Chain, code: string): Promise<Finding[]> {
  return (await runRandomMesh(mesh)).findings.filter((finding) => finding.code === code);
}

test('retries of several layers are one finding, with the product of the factors', async () => {
  const world = chain();
  world.bank.behaviour.errors = { 503: '50%' };
  world.web.http.retries = { attempts: 0 };
  for (const each of [world.cart, world.bank]) each.http.retries = { attempts: 2, retryOn: '5xx' };
  const [only, ...others] = await findingsOf(world, 'F301');
  expect(others).toEqual([]);
  expect(only?.where.map(({ name }) => name)).toEqual(['cart -> bank']);
  // 1 + 1/2 + 1/4 tries at the bank, and 1 + 1/8 + 1/64 at the cart (which answers 500, as what it calls fails).
  // Of 320 calls: 0.3 is five standard deviations.
  const tries = only?.evidence.find(({ unit }) => unit === 'perCall')?.measured.value ?? 0;
  expect(Math.abs(tries - 1.75 * 1.14)).toBeLessThan(0.3);
  expect(only?.sentence).toMatch(
    /^retries multiply: a call web -> cart makes .* tries cart -> bank .*attempts 2, mesh\.yaml:\d+/,
  );
});

test('retries of one layer are no product', async () => {
  const world = chain();
  world.bank.behaviour.errors = { 503: '50%' };
  for (const each of [world.web, world.cart]) each.http.retries = { attempts: 0 };
  world.bank.http.retries = { attempts: 1, retryOn: '5xx' };
  const [only] = await findingsOf(world, 'F301');
  expect(only?.sentence).toMatch(/^calls cart -> bank take 1\.\d+ tries each \(attempts 1, mesh\.yaml:\d+\)\.$/);
});

test('what is under way at the end is no retry', async () => {
  const world = chain();
  world.bank.cpuLimitMillis = 10;
  expect(await findingsOf(world, 'F301')).toEqual([]);
});

const ejecting = { consecutive5xxErrors: 3, interval: '1s', baseEjectionTime: '600s', maxEjectionPercent: 100 };

test('ejections', async () => {
  const world = chain();
  halfBadBank(world);
  world.bank.policy.outlierDetection = { ...ejecting, baseEjectionTime: '1s' };
  const [found] = await findingsOf(world, 'F302');
  expect(found?.sentence).toMatch(/^outlier detection has hosts of bank ejected/);
  expect(found?.sources[0]?.field).toContain('outlierDetection');
});

test('ejections that stand since the warm-up', async () => {
  const world = chain();
  halfBadBank(world);
  world.bank.policy.outlierDetection = ejecting;
  world.mesh.scenario.run = { duration: '4s', warmup: '10s', replications: 2, seed: 'before' };
  const result = await runRandomMesh(world.mesh);
  const found = result.findings.find(({ code }) => code === 'F302');
  // Both replications, and nobody has failed in the window.
  expect(found?.sentence).toMatch(/ejected, 2 times/);
  expect(found?.role).toBe('note');
});

test('a balancer in panic', async () => {
  const world = chain();
  halfBadBank(world);
  world.bank.policy.outlierDetection = { ...ejecting, minHealthPercent: 60 };
  const [found] = await findingsOf(world, 'F303');
  expect(found?.sentence).toMatch(/^the balancer of cart picks among all hosts of bank in panic/);
  expect(found?.sources[0]?.value).toBe('60');
});

test('failover to another region', async () => {
  const world = chain();
  const { mesh, web, cart, bank } = world;
  halfBadBank(world);
  const nodes = [
    { region: 'north', zone: 'a', name: 'bad' },
    { region: 'south', zone: 'b', name: 'good' },
  ];
  for (const { region, zone, name } of nodes) {
    const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone };
    mesh.documents.push({ apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${name}`, labels } });
  }
  mesh.scenario.zones = ['north/a', 'south/b'];
  const at = (region: string): Record<string, string> => ({ 'topology.kubernetes.io/region': region });
  for (const each of [web, cart]) each.nodeSelector = at('north');
  bank.versions = [
    { name: 'bank-bad', pods: 1, nodeSelector: at('north') },
    { name: 'bank-good', pods: 1, nodeSelector: at('south') },
  ];
  bank.policy.outlierDetection = ejecting;
  bank.policy.loadBalancer = { localityLbSetting: { enabled: true, failover: [{ from: 'north', to: 'south' }] } };
  const [found] = await findingsOf(world, 'F304');
  expect(found?.sentence).toMatch(/calls from cart to bank went over to another locality/);
  expect(found?.sources[0]?.object).toBe(`DestinationRule ${NAMESPACE}/bank`);
});

test('retries that maxRetries forbids', async () => {
  const world = chain();
  world.mesh.ratePerSecond = 200;
  world.bank.behaviour.errors = { 503: '90%' };
  world.bank.http.retries = { attempts: 5, retryOn: '5xx' };
  world.bank.policy.connectionPool = { http: { maxRetries: 1 } };
  const [found] = await findingsOf(world, 'F305');
  expect(found?.sources[0]).toMatchObject({ value: '1' });
  expect(found?.sources[0]?.field).toContain('maxRetries');
});

test('connections that a server closes while requests are sent on them', async () => {
  const world = chain();
  world.mesh.ratePerSecond = 20;
  world.bank.hasSidecar = false;
  world.bank.http.retries = { attempts: 0 };
  world.bank.behaviour.keepAlive = { idle: '50ms' };
  world.mesh.scenario.network = { sameZone: '20ms' };
  const [found] = await findingsOf(world, 'F110');
  expect(found?.sentence).toMatch(/^connections from cart to bank are lost under requests/);
  expect(found?.where.map(({ name }) => name)).toContain('bank');
});

test('a time-out that acts in several versions of a caller is named once', async () => {
  const world = chain();
  world.cart.versions = [
    { name: 'cart-old', pods: 1 },
    { name: 'cart-new', pods: 1 },
  ];
  world.bank.http.timeout = '20ms';
  world.bank.workMs = 200;
  world.bank.cpuShare = 0;
  const { findings } = await runRandomMesh(world.mesh);
  expect(findings[0]?.sentence.match(/the route's time-out of 20 ms \(cart -> bank\)/g)).toHaveLength(1);
});

test('traffic that sends nothing', async () => {
  const world = chain();
  world.mesh.traffic.rate = '1/h';
  const [found] = await findingsOf(world, 'F402');
  expect(found?.sentence).toMatch(/^no calls: shoppers/);
  expect(found?.role).toBe('culprit');
});

test('requests that never end', async () => {
  const world = chain();
  world.mesh.documents.push({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'shut', namespace: NAMESPACE },
    spec: { podSelector: { matchLabels: { app: 'bank' } }, policyTypes: ['Ingress'] },
  });
  const { findings } = await runRandomMesh(world.mesh);
  expect(findings[0]).toMatchObject({ code: 'F112', role: 'culprit' });
  expect(findings[0]?.sentence).toMatch(
    /^a policy does not let cart reach bank \(NetworkPolicy shop\/shut, mesh\.yaml:\d+\): \d+ of \d+ requests still wait for it when the run ends\.$/,
  );
  expect(findings.filter(({ code }) => code === 'F402')).toEqual([]);
});
