import { describe, expect, it } from 'vitest';
import { errors, load, shown } from './helpers.js';

function gateway(server: string): string {
  return `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: edge}
spec:
  selector: {istio: ingressgateway}
  servers: [${server}]
`;
}

function serviceEntry(fields: string): string {
  return `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: s, namespace: shop}
spec: {${fields}}
`;
}

const HTTP = 'port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]';

describe('a Gateway', () => {
  it('is read', () => {
    const set = load(
      gateway(
        `{${HTTP}, tls: {httpsRedirect: true}}, {port: {number: 443, name: s, protocol: HTTPS}, hosts: [a/b.com], tls: {mode: SIMPLE, credentialName: c}}`,
      ),
    );
    expect(errors(set)).toEqual([]);
    expect(set.gateways[0]!.spec).toEqual({
      selector: { istio: 'ingressgateway' },
      servers: [
        {
          name: '',
          port: { number: 80, name: 'http', protocol: 'HTTP' },
          hosts: ['*'],
          tls: { httpsRedirect: true, mode: 'PASSTHROUGH' },
        },
        {
          name: '',
          port: { number: 443, name: 's', protocol: 'HTTPS' },
          hosts: ['a/b.com'],
          tls: { httpsRedirect: false, mode: 'SIMPLE' },
        },
      ],
    });
    expect(set.fidelity.map(({ status, path }) => `${status} ${path}`)).toEqual([
      'approximated spec.servers[0].tls',
      'approximated spec.servers[1].tls',
    ]);
  });

  it.each([
    ['no server', '', '4:1'],
    ['no host', '{port: {number: 80, name: h, protocol: HTTP}}', '6:13'],
    ['a port out of range', '{port: {number: 0, name: h, protocol: HTTP}, hosts: ["*"]}', '6:21'],
    ['a protocol that is none', '{port: {number: 80, name: h, protocol: HTTPX}, hosts: ["*"]}', '6:42'],
    ['a port without a name', '{port: {number: 80, protocol: HTTP}, hosts: ["*"]}', '6:14'],
    ['two ports of one name', `{${HTTP}}, {${HTTP}}`, '6:97'],
    ['HTTPS without tls', '{port: {number: 443, name: h, protocol: HTTPS}, hosts: ["*"]}', '6:13'],
    [
      'SIMPLE without a certificate',
      '{port: {number: 443, name: h, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE}}',
      '6:75',
    ],
    ['certificates on plain HTTP', `{${HTTP}, tls: {mode: SIMPLE, credentialName: c}}`, '6:76'],
    ['a host that is no name', '{port: {number: 80, name: h, protocol: HTTP}, hosts: [a_b]}', '6:67'],
  ])('is refused with %s', (_, server, place) => {
    const set = load(gateway(server));
    expect(errors(set)).toEqual([`error rejected-by-istio ${place}`]);
    expect(set.gateways).toEqual([]);
  });

  it('of the Gateway API is another kind', () => {
    const set = load(
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g}\nspec: {listeners: 1}',
    );
    expect(shown(set.diagnostics)).toEqual([]);
    expect(set.gateways).toEqual([]);
    expect(set.kubernetesGateways.map(({ kind, name, namespace }) => [kind, name, namespace])).toEqual([
      ['Gateway', 'g', 'default'],
    ]);
    expect(set.fidelity).toMatchObject([{ status: 'not-modelled', path: '', resource: 'Gateway default/g' }]);
  });
});

describe('a ServiceEntry', () => {
  it('is read with its defaults', () => {
    const set = load(
      serviceEntry(
        'hosts: [a.com], ports: [{number: 80, name: h, protocol: http, targetPort: 8080}], resolution: STATIC, ' +
          'endpoints: [{address: 10.0.0.1, ports: {h: 81}, locality: r/z, weight: 3, labels: {v: "1"}}, {address: "::1"}]',
      ),
    );
    expect(errors(set)).toEqual([]);
    expect(set.serviceEntries[0]!.spec).toEqual({
      hosts: ['a.com'],
      addresses: [],
      ports: [{ number: 80, name: 'h', protocol: 'HTTP', targetPort: 8080 }],
      location: 'MESH_EXTERNAL',
      resolution: 'STATIC',
      endpoints: [
        {
          address: '10.0.0.1',
          ports: { h: 81 },
          labels: { v: '1' },
          locality: 'r/z',
          network: '',
          weight: 3,
          serviceAccount: '',
        },
        { address: '::1', ports: {}, labels: {}, locality: '', network: '', weight: 1, serviceAccount: '' },
      ],
      workloadSelector: null,
      exportTo: [],
      subjectAltNames: [],
    });
  });

  it.each([
    ['no host', 'ports: []', '4:1'],
    ['the host *', 'hosts: ["*"]', '4:16'],
    ['endpoints without resolution', 'hosts: [a.com], endpoints: [{address: 10.0.0.1}]', '4:24'],
    ['a name as a static address', 'hosts: [a.com], resolution: STATIC, endpoints: [{address: b.com}]', '4:57'],
    [
      'an unknown endpoint port',
      'hosts: [a.com], resolution: STATIC, endpoints: [{address: 10.0.0.1, ports: {x: 1}}]',
      '4:84',
    ],
    ['a wildcard in DNS', 'hosts: ["*.a.com"], resolution: DNS', '4:16'],
    ['a range of addresses in DNS', 'hosts: [a.com], resolution: DNS, addresses: [10.0.0.0/8]', '4:41'],
    ['two ports of one number', 'hosts: [a.com], ports: [{number: 1, name: a}, {number: 1, name: b}]', '4:55'],
    [
      'two round robin endpoints',
      'hosts: [a.com], resolution: DNS_ROUND_ROBIN, endpoints: [{address: b.com}, {address: c.com}]',
      '4:53',
    ],
    [
      'endpoints and a selector',
      'hosts: [a.com], resolution: STATIC, endpoints: [{address: 10.0.0.1}], workloadSelector: {labels: {a: b}}',
      '4:44',
    ],
    ['an unknown protocol', 'hosts: [a.com], ports: [{number: 1, name: a, protocol: QUIC}]', '4:53'],
  ])('is refused with %s', (_, fields, place) => {
    const set = load(serviceEntry(fields));
    expect(errors(set)).toEqual([`error rejected-by-istio ${place}`]);
    expect(set.serviceEntries).toEqual([]);
  });
});
