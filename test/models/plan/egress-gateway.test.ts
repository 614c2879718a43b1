// Gateways as servers of the mesh: ports, TLS and server names, and gateways whose pods are not in the YAML
// (istio: pilot/pkg/model/gateway.go resolvePorts; pilot/pkg/networking/core/{gateway,cluster_tls}.go).
import { describe, expect, test } from 'vitest';
import {
  codes,
  compile,
  destinationRule,
  forwardOf,
  istio,
  onlyCluster,
  outcome,
  planOf,
  siteOf,
  virtualService,
  withCluster,
} from './support.js';

const RATES = istio(
  'ServiceEntry',
  'rates',
  'a',
  '{ hosts: [rates.example.org], resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }, { number: 443, name: tls, protocol: TLS }] }',
);
const HOST = 'istio-egressgateway.istio-system.svc.cluster.local';

const server = (tls: string, hosts = '[rates.example.org]'): string =>
  istio(
    'Gateway',
    'egress',
    'a',
    `{ selector: { istio: egressgateway }, servers: [{ port: ${tls === '' ? '{ number: 80, name: http, protocol: HTTP }' : '{ number: 443, name: https, protocol: HTTPS }'}, hosts: ${hosts}${tls === '' ? '' : `, tls: ${tls}`} }] }`,
  );
const through = (port: number): string =>
  virtualService(
    'rates',
    'a',
    `{ hosts: [rates.example.org], gateways: [mesh, egress], http: [{ match: [{ gateways: [mesh] }], route: [{ destination: { host: ${HOST}, port: { number: ${port} } } }] }, { match: [{ gateways: [egress], port: ${port} }], route: [{ destination: { host: rates.example.org, port: { number: 80 } } }] }] }`,
  );
const rule = (tls: string): string =>
  destinationRule('egress', 'a', `{ host: ${HOST}, trafficPolicy: { tls: ${tls} } }`);
const PODS = `apiVersion: v1
kind: Service
metadata: { name: istio-egressgateway, namespace: istio-system }
spec: { selector: { istio: egressgateway }, ports: [{ name: http2, port: 80, targetPort: plain }, { name: https, port: 443, targetPort: 8443 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: istio-egressgateway, namespace: istio-system }
spec:
  replicas: 2
  selector: { matchLabels: { istio: egressgateway } }
  template:
    metadata: { labels: { istio: egressgateway } }
    spec: { containers: [{ name: istio-proxy, image: proxy, ports: [{ name: plain, containerPort: 8080 }] }] }
`;
const to = 'http://rates.example.org/';
const CERTIFICATE = 'serverCertificate: /c, privateKey: /k';

describe('what a server takes', () => {
  const taken = (...documents: string[]): string => {
    const { reachable, tls } = onlyCluster(planOf({ yaml: withCluster(RATES, ...documents), to }));
    return `${tls.mode}: ${reachable}`;
  };

  test.each([
    ['plain text to plain text', server(''), 80, null, 'none: yes'],
    ['mutual TLS of the mesh to plain text', server(''), 80, '{ mode: ISTIO_MUTUAL }', 'mtls: tls-failure'],
    ['plain text to ISTIO_MUTUAL', server('{ mode: ISTIO_MUTUAL }'), 443, null, 'none: reset'],
    [
      'the right name',
      server('{ mode: ISTIO_MUTUAL }'),
      443,
      '{ mode: ISTIO_MUTUAL, sni: rates.example.org }',
      'mtls: yes',
    ],
    ['the name of the cluster', server('{ mode: ISTIO_MUTUAL }'), 443, '{ mode: ISTIO_MUTUAL }', 'mtls: tls-failure'],
    ['any name', server('{ mode: ISTIO_MUTUAL }', '["*"]'), 443, '{ mode: ISTIO_MUTUAL }', 'mtls: yes'],
    ['the name of the request', server(`{ mode: SIMPLE, ${CERTIFICATE} }`), 443, '{ mode: SIMPLE }', 'tls: yes'],
    [
      'TLS without a certificate',
      server(`{ mode: MUTUAL, ${CERTIFICATE}, caCertificates: /ca }`),
      443,
      '{ mode: SIMPLE }',
      'tls: tls-failure',
    ],
    [
      'certificates of two worlds',
      server(`{ mode: SIMPLE, ${CERTIFICATE} }`),
      443,
      '{ mode: ISTIO_MUTUAL, sni: rates.example.org }',
      'mtls: tls-failure',
    ],
    [
      'a wildcard',
      server('{ mode: ISTIO_MUTUAL }', '["*.example.org"]'),
      443,
      '{ mode: ISTIO_MUTUAL, sni: rates.example.org }',
      'mtls: yes',
    ],
  ])('%s', (_, gateway, port, tls, expected) => {
    expect(taken(gateway, through(port), PODS, ...(tls === null ? [] : [rule(tls)]))).toBe(expected);
  });

  test('what is not taken is said once, with the names', () => {
    const yaml = withCluster(
      RATES,
      server('{ mode: ISTIO_MUTUAL }'),
      through(443),
      PODS,
      rule('{ mode: ISTIO_MUTUAL }'),
    );
    const found = compile({ yaml, to }).diagnostics.filter(({ code }) => code === 'gateway-refuses-client');
    expect(found).toHaveLength(1);
    expect(found[0]!.message).toContain('outbound_.443_._.istio-egressgateway');
  });
});

describe('a server has the port of the Service', () => {
  test('whose pods listen at another one, also where that has a name', () => {
    const plan = planOf({ yaml: withCluster(RATES, server(''), through(80), PODS), to });
    const gateway = plan.workloads.findIndex(({ name }) => name === 'istio-egressgateway');
    const beyond = plan.sites.find(({ caller }) => caller === gateway)!;
    expect(outcome(plan, beyond)).toContain('rates.example.org');
  });
});

describe('an egress gateway that is not in the YAML', () => {
  test('is assumed where a rule leads to it', () => {
    const { plan, fidelity, diagnostics } = compile({ yaml: withCluster(RATES, server(''), through(80)), to });
    expect(codes(diagnostics, 'warning')).toEqual([]);
    expect(plan!.workloads.find(({ name }) => name === 'istio-egressgateway')).toMatchObject({ kind: 'gateway' });
    expect(fidelity.some(({ meaning }) => meaning.includes('workloads: istio-egressgateway.istio-system'))).toBe(true);
    expect(forwardOf(siteOf(plan!).route).destinations[0]!.arrivals).toHaveLength(1);
  });

  test('is not where no Gateway would have it listen', () => {
    const { diagnostics } = compile({ yaml: withCluster(RATES, through(80)), to });
    expect(codes(diagnostics, 'warning')).toContain('destination-host-not-found');
  });

  test('stands behind the Service of the YAML that selects its labels', () => {
    const [own] = PODS.split('---\n');
    const plan = planOf({ yaml: withCluster(RATES, server(''), through(80), own!), to });
    expect(onlyCluster(plan).reachable).toBe('yes');
    expect(plan.workloads.filter(({ kind }) => kind === 'gateway')).toHaveLength(1);
  });

  test('and any other assumed gateway has the size that the scenario gives', () => {
    const yaml = withCluster(RATES, server(''), through(80));
    const sized = planOf({ yaml, to, workloads: { 'istio-egressgateway.istio-system': { replicas: 4 } } });
    expect(sized.workloads.find(({ kind }) => kind === 'gateway')!.podLocalities).toHaveLength(4);
    const ingress = server('').replace('egressgateway', 'ingressgateway');
    const web = virtualService(
      'web',
      'b',
      '{ hosts: [rates.example.org], gateways: [a/egress], http: [{ route: [{ destination: { host: web } }] }] }',
    );
    const wish = {
      yaml: withCluster(ingress, web),
      to,
      from: null,
      workloads: { 'istio-ingressgateway': { replicas: 3 } },
    };
    const gateways = planOf(wish).workloads.filter(({ kind }) => kind === 'gateway');
    expect(gateways.map(({ podLocalities }) => podLocalities.length)).toEqual([3]);
  });
});
