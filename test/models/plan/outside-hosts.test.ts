// Names that nobody in the YAML has, called from inside (istio: pilot/pkg/networking/core/sidecar_simulation_test.go, TestPassthroughTraffic).
import { describe, expect, test } from 'vitest';
import {
  call,
  codes,
  compile,
  istio,
  onlyCluster,
  outcome,
  planOf,
  siteOf,
  type Wish,
  WORK,
  withCluster,
} from './support.js';

const EVERY_HOST = istio(
  'Gateway',
  'all',
  'b',
  '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
);
const TO_WEB = istio(
  'VirtualService',
  'all',
  'b',
  '{ hosts: ["*"], gateways: [all], http: [{ route: [{ destination: { host: web } }] }] }',
);
const REGISTRY_ONLY = istio('Sidecar', 'default', 'a', '{ outboundTrafficPolicy: { mode: REGISTRY_ONLY } }');

const refusal = (wish: Omit<Wish, 'yaml'>): string => {
  const { diagnostics } = compile({ yaml: withCluster(EVERY_HOST, TO_WEB), ...wish });
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, hint }) => `${code}: ${hint}`)
    .join('; ');
};

describe('a name that nobody has', () => {
  test.each([
    ['http://api.pay.example/', '80', undefined],
    ['https://api.pay.example/', '443', true],
    ['tcp://db.corp.example:5432', '5432', true],
    ['http://192.0.2.7:9000/', '9000', true],
  ])('%s passes through, and not by the gateway whose host is *', (to, port, opaque) => {
    const plan = planOf({ yaml: withCluster(EVERY_HOST, TO_WEB), to });
    const host = to.replace(/^\w+:\/\//, '').replace(/[:/].*$/, '');
    const { route } = siteOf(plan);
    expect(route.name).toBe('PassthroughCluster');
    expect(route.retry).toBeNull();
    expect(route.connections?.opaque).toBe(opaque);
    expect(onlyCluster(plan)).toMatchObject({ name: `passthrough|${port}||${host}`, tls: { mode: 'none' } });
    const { diagnostics } = compile({ yaml: withCluster(EVERY_HOST, TO_WEB), to });
    expect(codes(diagnostics, 'warning')).toEqual(['host-outside-registry']);
  });

  test('is refused where the proxy lets out what the registry has', () => {
    const plan = planOf({ yaml: withCluster(EVERY_HOST, TO_WEB, REGISTRY_ONLY), to: 'http://api.pay.example/' });
    expect(outcome(plan)).toBe('502');
  });

  test('works as the scenario says of the name; a name that nobody calls is an error', () => {
    const services = { 'api.pay.example': { steps: [WORK], replicas: 3 } };
    const plan = planOf({ yaml: withCluster(), to: 'http://api.pay.example/', services });
    expect(plan.workloads.find(({ name }) => name === 'api.pay.example')).toMatchObject({ kind: 'external' });
    expect(refusal({ services })).toMatch(/^service-not-found/);
  });

  test('of an application is one host, whatever port is called', () => {
    const services = { web: { steps: [call('http://x.example'), call('https://x.example')] } };
    const { workloads } = planOf({ yaml: withCluster(), services });
    expect(workloads.filter(({ name }) => name === 'x.example')).toHaveLength(1);
  });

  test('of the cluster is an error, with the nearest', () => {
    expect(refusal({ to: 'http://wbe/', from: 'client.a' })).toMatch(/^host-not-found: did you mean web\.b/);
    expect(refusal({ to: 'http://tow.b/' })).toMatch(/^host-not-found: did you mean two\.b/);
    expect(refusal({ to: 'http://web.bb/' })).toMatch(/^host-not-found: did you mean web\.b/);
    expect(refusal({ to: 'http://web.d.svc.cluster.local/' })).toMatch(/^host-not-found/);
    expect(refusal({ to: 'http://web.d.svc/' })).toMatch(/^host-not-found/);
  });

  test('from outside, a gateway whose host is * serves it', () => {
    const plan = planOf({ yaml: withCluster(EVERY_HOST, TO_WEB), to: 'http://api.pay.example/', from: null });
    expect(onlyCluster(plan).name).toBe('external|80||api.pay.example');
  });

  test('a name that a gateway has among its hosts leads there from inside too', () => {
    const shop = EVERY_HOST.replace('"*"', '"*.example.com"');
    const plan = planOf({ yaml: withCluster(shop, TO_WEB), to: 'http://shop.example.com/' });
    expect(onlyCluster(plan).name).toBe('external|80||shop.example.com');
  });
});
