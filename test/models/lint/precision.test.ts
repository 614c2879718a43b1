// Findings on public YAML that were wrong, each by its kind: what must be silent, and beside it what must not.
import { expect, test } from 'vitest';
import { lintTexts } from '../../../scenarios/loading/lint.js';
import { all, deployment, NAMESPACE, object, route, rule, service, virtualService } from './fixtures/build.js';
import { edge, namespace, pod } from './fixtures/build-istio.js';

async function found(yaml: string, code: string): Promise<string[]> {
  const { result } = await lintTexts([{ name: 'mesh.yaml', text: yaml }], { only: [code] });
  return result.findings.map(({ message }) => message);
}

const PROXY = 'containers: [{name: istio-proxy, image: auto}]';
const telemetry = (name: string, spec: string): string =>
  object('telemetry.istio.io/v1', 'Telemetry', name, `spec: {${spec}}`);
const SELECTOR = 'selector: {matchLabels: {app: catalogue}}';
const TARGET = 'targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}';
const entry = (name: string, port: number, resolution: string): string =>
  object(
    'networking.istio.io/v1',
    'ServiceEntry',
    name,
    `spec: {hosts: [pay.example.org], ports: [{number: ${port}, name: http-${name}, protocol: HTTP}], resolution: ${resolution}}`,
  );
const inside = (gateways: string): string =>
  virtualService(
    `hosts: [catalogue]${gateways}, http: [{route: [{destination: {host: catalogue, subset: v1}}]}]`,
    'inside',
  );
const outside = virtualService(
  'hosts: [shop.example.com], gateways: [edge], http: [{route: [{destination: {host: catalogue}}]}]',
  'outside',
);
const nameless = (profile: string): string =>
  `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: {profile: ${profile}}`;
const POLICY = 'trafficPolicy: {loadBalancer: {simple: RANDOM}}';
const OTHER = object('v1', 'Service', 'cart', 'spec: {ports: [{name: http, port: 80}]}', 'namespace: sales');
const RETRIED = virtualService(
  'hosts: [catalogue], http: [{timeout: 2s, retries: {attempts: 2, retryOn: connect-failure}, route: [{destination: {host: catalogue, port: {number: 80}}}]}]',
);
const shadowed = (first: string, second: string): string =>
  virtualService(
    `hosts: [catalogue], http: [{route: [{destination: {host: catalogue, subset: v1}${first}}, {destination: {host: catalogue, subset: v2}${second}}], mirror: {host: catalogue, subset: v2}}]`,
  );
const UNNAMED = object('v1', 'Service', 'cart', 'spec: {selector: {app: cart}, ports: [{port: 80}]}');
const LINKERDS = all(
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, annotations: {linkerd.io/inject: enabled}}',
  deployment('cart', { annotations: 'linkerd.io/inject: enabled' }),
);
const mirrored = (subset: string): string => route(`mirror: {host: catalogue${subset}}`);

test.each([
  ['image: auto of a Namespace that is not given', 'ST1147', pod('edge', '', PROXY), 0],
  ['image: auto of a Namespace without injection', 'ST1147', all(namespace('shop', ''), pod('edge', '', PROXY)), 1],
  ['image: auto of a Pod that a cluster has', 'ST1147', `${pod('edge', '', PROXY)}\nstatus: {phase: Running}`, 1],
  [
    'a Telemetry for a Gateway is no conflict',
    'ST1159',
    all(NAMESPACE, deployment(), telemetry('a', SELECTOR), telemetry('b', `${SELECTOR}, ${TARGET}`)),
    0,
  ],
  [
    'two Telemetries for a pod are',
    'ST1159',
    all(NAMESPACE, deployment(), telemetry('a', SELECTOR), telemetry('b', SELECTOR)),
    2,
  ],
  ['a Telemetry for a Gateway is not for the namespace', 'ST1160', all(telemetry('a', ''), telemetry('b', TARGET)), 0],
  [
    'a ServiceEntry that Istio refuses takes no ports',
    'ST2706',
    all(entry('a', 99999, 'DNS'), entry('b', 80, 'NONE')),
    0,
  ],
  ['one that it takes does', 'ST2706', all(entry('a', 8080, 'DNS'), entry('b', 80, 'NONE')), 1],
  ['nor loses any', 'ST2706', all(entry('a', 80, 'DNS'), entry('b', 99999, 'NONE')), 0],
  ['subsets that are bound to the gateway too', 'ST1140', all(inside(', gateways: [mesh, edge]'), outside), 0],
  ['subsets that are not', 'ST1140', all(inside(''), outside), 1],
  ['a VirtualService for a Service that is not given', 'ST1101', all(service('web'), route('', 'cart')), 0],
  ['a DestinationRule for a Service that is not given', 'ST1174', all(service('web'), rule(POLICY, 'cart')), 0],
  ['one for a Service of another namespace', 'ST1174', all(OTHER, rule(POLICY, 'cart')), 1],
  [
    'a host that has little in common but the suffix',
    'ST1174',
    all(service('web'), rule(POLICY, 'cart').replace('host: cart', 'host: pay.shop.svc.cluster.local')),
    0,
  ],
  ['one with a slip of the pen', 'ST1174', all(service('cart'), rule(POLICY, 'cardt')), 1],
  [
    'a time to connect for another port',
    'ST2112',
    all(
      RETRIED,
      rule('trafficPolicy: {portLevelSettings: [{port: {number: 81}, connectionPool: {tcp: {connectTimeout: 1s}}}]}'),
    ),
    1,
  ],
  [
    'a time to connect for the port',
    'ST2112',
    all(
      RETRIED,
      rule('trafficPolicy: {portLevelSettings: [{port: {number: 80}, connectionPool: {tcp: {connectTimeout: 1s}}}]}'),
    ),
    0,
  ],
  [
    'the settings of a port stand in place of those of the host',
    'ST2112',
    all(
      RETRIED,
      rule(
        'trafficPolicy: {connectionPool: {tcp: {connectTimeout: 1s}}, portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: RANDOM}}]}',
      ),
    ),
    1,
  ],
  ['a mirror to a destination that gets no requests', 'ST2701', shadowed(', weight: 100', ''), 0],
  ['a mirror to one of two that share them', 'ST2701', shadowed(', weight: 50', ', weight: 50'), 1],
  ['ports without a name in a mesh of Linkerd', 'ST1118', all(UNNAMED, LINKERDS), 0],
  [
    'ports without a name where Istio is there too',
    'ST1118',
    all(UNNAMED, LINKERDS, namespace('b', 'istio-injection: enabled')),
    1,
  ],
  ['a namespace of Linkerd is no namespace that Istio forgot', 'ST1102', LINKERDS, 0],
  ['the port of a gateway whose Service is not given', 'ST1162', edge('edge', 8181), 0],
])('%s', async (_name, code, yaml, count) => {
  expect((await found(yaml, code)).length).toBe(count);
});

test('objects without a name are not one object', async () => {
  expect(await found(all(nameless('demo'), nameless('minimal')), 'ST0006')).toEqual([
    'IstioOperator without a name: another one is in mesh.yaml:1, and only the later one is read here',
  ]);
});

test('a mirror says whom it loads', async () => {
  expect(await found(mirrored(''), 'ST2701')).toEqual(['requests for catalogue are copied to the same pods again']);
  expect(await found(mirrored(', subset: v2'), 'ST2701')).toEqual([]);
  const toSubset =
    'hosts: [catalogue], http: [{route: [{destination: {host: catalogue, subset: v1}}], mirror: {host: catalogue}}]';
  expect(await found(virtualService(toSubset), 'ST2701')).toEqual([
    'requests for catalogue are copied to all pods of the host, those of "v1" among them',
  ]);
});
