// Which calls the YAML reveals, and which it only seems to.
import { describe, expect, it } from 'vitest';
import { findCalls } from '../../../scenarios/init/discover/calls.js';
import { app, args, env, lonely, mesh, surveyOf } from './mesh.js';

function callsIn(text: string): string[] {
  return findCalls(surveyOf(text)).calls.map(
    ({ from, to, port, path, evidence }) =>
      `${from.name} -> ${to.name}${port === null ? '' : `:${port}`}${path ?? ''} (${evidence.text}, ${evidence.confidence})`,
  );
}

function leftOutIn(text: string): string[] {
  return findCalls(surveyOf(text)).leftOut.map((item) => item.text);
}

const CART = app('cart');

describe('settings that name a host', () => {
  it.each([
    ['a URL', { CART_URL: 'http://cart/items' }, 'shop -> cart:80/items (env CART_URL, high)'],
    ['host and port', { CART_ADDR: 'cart:80' }, 'shop -> cart:80 (env CART_ADDR, high)'],
    ['a name with its namespace', { CART: 'cart.default' }, 'shop -> cart (env CART, high)'],
    ['the full name', { CART: 'cart.default.svc.cluster.local:80' }, 'shop -> cart:80 (env CART, high)'],
    ['a bare name under a key for names', { CART_HOST: 'cart' }, 'shop -> cart (env CART_HOST, medium)'],
    ['the port beside it', { CART_HOST: 'cart', CART_PORT: '80' }, 'shop -> cart:80 (env CART_HOST, medium)'],
    [
      'another variable',
      { CART_NAME: 'cart', CART_URL: 'http://$(CART_NAME):80' },
      'shop -> cart:80 (env CART_URL, high)',
    ],
    ['one of a list', { PORTALS: 'fr;http://cart:80,it;http://nobody:80' }, 'shop -> cart:80 (env PORTALS, high)'],
  ])('%s', (_, variables, call) => {
    expect(callsIn(mesh(app('shop', env(variables)), CART))).toEqual([call]);
  });

  it.each([
    ['a word that is no host', { MODE: 'cart' }],
    ['origins that may call', { ALLOWED_ORIGINS: 'http://cart' }],
    ['where it listens', { LISTEN_ADDRESS: 'cart:80' }],
    ['itself', { SHOP_URL: 'http://shop' }],
    ['a host of nobody', { API_URL: 'https://api.example.com/v1' }],
    ['a port that the service has not', { CART_ADDR: 'cart:9999' }],
  ])('not %s', (_, variables) => {
    expect(callsIn(mesh(app('shop', env(variables)), CART))).toEqual([]);
  });

  it('not tracing and metrics', () => {
    const text = mesh(
      app('shop', env({ OTEL_ENDPOINT: 'http://jaeger:80' })),
      app('jaeger', args('jaegertracing/all-in-one')),
    );
    expect(callsIn(text)).toEqual([]);
    expect(leftOutIn(text)).toEqual([
      'shop: env OTEL_ENDPOINT names jaeger:80, which is off the way of requests (telemetry)',
    ]);
  });

  it('arguments, with or without =', () => {
    expect(callsIn(mesh(app('shop', args('app', '--backend-url=http://cart:80/x')), CART))).toEqual([
      'shop -> cart:80/x (argument --backend-url, high)',
    ]);
    expect(callsIn(mesh(app('shop', args('app', '-backend', 'http://cart')), CART))).toEqual([
      'shop -> cart:80 (argument -backend, high)',
    ]);
  });

  it('ConfigMaps that the pod reads, and no others', () => {
    const map = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  config.yml: |
    # uri: http://commented:80
    uri: http://cart:80
`;
    const mounted = 'containers: [{name: app, image: app}], volumes: [{name: c, configMap: {name: settings}}]';
    expect(callsIn(mesh(app('shop', mounted), CART, map))).toEqual(['shop -> cart:80 (ConfigMap settings, uri, high)']);
    const from = 'containers: [{name: app, image: app, envFrom: [{configMapRef: {name: urls}}]}]';
    const urls = '\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: urls}\ndata: {CART_URL: "http://cart"}\n';
    expect(callsIn(mesh(app('shop', from), CART, urls))).toEqual(['shop -> cart:80 (ConfigMap urls, CART_URL, high)']);
    expect(callsIn(mesh(app('shop'), CART, map))).toEqual([]);
  });

  it('the host of a ServiceEntry', () => {
    const bank = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank}
spec: {hosts: [api.bank.example], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}
`;
    expect(callsIn(mesh(app('shop', env({ BANK_URL: 'https://api.bank.example/pay' })), bank))).toEqual([
      'shop -> api.bank.example:443/pay (env BANK_URL, high)',
    ]);
  });

  it('the alias that an ExternalName is', () => {
    const alias =
      '\napiVersion: v1\nkind: Service\nmetadata: {name: basket}\nspec: {type: ExternalName, externalName: cart.default.svc.cluster.local}\n';
    expect(callsIn(mesh(app('shop', env({ BASKET_URL: 'http://basket' })), CART, alias))).toEqual([
      'shop -> cart:80 (env BASKET_URL, high)',
    ]);
  });
});

describe('policies that name both sides', () => {
  const account = (name: string) => `serviceAccountName: ${name}, containers: [{name: app, image: ${name}}]`;
  const authorization = (principals: readonly string[], more = '') => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: cart}
spec: {selector: {matchLabels: {app: cart}}, ${more}rules: [{from: [{source: {principals: ${JSON.stringify(principals)}}}]}]}
`;

  it('AuthorizationPolicy', () => {
    const text = mesh(app('shop', account('shop')), CART, authorization(['cluster.local/ns/default/sa/shop']));
    expect(callsIn(text)).toEqual(['shop -> cart (AuthorizationPolicy cart, medium)']);
    const denies = mesh(
      app('shop', account('shop')),
      CART,
      authorization(['cluster.local/ns/default/sa/shop'], 'action: DENY, '),
    );
    expect(callsIn(denies)).toEqual([]);
  });

  it('AuthorizationPolicy of a namespace that the manifests leave open', () => {
    const text = mesh(app('shop', account('shop')), CART, authorization(['cluster.local/ns/prod/sa/shop']));
    expect(callsIn(text)).toEqual(['shop -> cart (AuthorizationPolicy cart, medium)']);
  });

  const network = (peer: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart}
spec: {podSelector: {matchLabels: {app: cart}}, ingress: [{from: [{podSelector: {matchLabels: ${peer}}}], ports: [{port: 80}]}]}
`;

  it('NetworkPolicy', () => {
    expect(callsIn(mesh(app('shop'), CART, network('{app: shop}')))).toEqual([
      'shop -> cart:80 (NetworkPolicy cart, medium)',
    ]);
  });

  it('not one that opens a service to several', () => {
    const labelled = (name: string) => app(name).replace(`labels: {app: ${name}}`, `labels: {app: ${name}, tier: web}`);
    const text = mesh(labelled('shop'), labelled('admin'), CART, network('{tier: web}'));
    expect(callsIn(text)).toEqual([]);
    expect(leftOutIn(text)).toEqual(['NetworkPolicy cart opens cart to admin, shop: that does not say who calls']);
  });

  it('CiliumNetworkPolicy, with its method and path', () => {
    const policy = `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: rule1}
spec:
  endpointSelector: {matchLabels: {"k8s:app": cart}}
  ingress: [{fromEndpoints: [{matchLabels: {app: shop}}], toPorts: [{ports: [{port: "80"}], rules: {http: [{method: POST, path: "/items$"}]}}]}]
`;
    expect(callsIn(mesh(app('shop'), CART, policy))).toEqual([
      'shop -> cart:80/items (CiliumNetworkPolicy rule1, medium)',
    ]);
  });

  it('egress hosts of a Sidecar', () => {
    const sidecar = `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: shop}
spec: {workloadSelector: {labels: {app: shop}}, egress: [{hosts: ["./cart.default.svc.cluster.local", "istio-system/*"]}]}
`;
    expect(callsIn(mesh(app('shop'), CART, sidecar))).toEqual(['shop -> cart (Sidecar shop, medium)']);
  });

  it('sourceLabels of a VirtualService, also of one that a later one replaces', () => {
    const route = (match: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart}
spec: {hosts: [cart], http: [{${match}route: [{destination: {host: cart}}]}]}
`;
    const text = mesh(app('shop'), CART, route('match: [{sourceLabels: {app: shop}}], '), route(''));
    expect(callsIn(text)).toEqual(['shop -> cart (sourceLabels of VirtualService cart, medium)']);
  });
});

describe('weak evidence', () => {
  it('a store named after one service', () => {
    expect(callsIn(mesh(CART, app('cart-db', args('mysql')), app('redis-carts', args('redis'))))).toEqual([
      'cart -> cart-db (cart-db is named after cart, low)',
    ]);
  });

  const part = (name: string, image = 'sentences') =>
    app(name, `containers: [{name: app, image: ${image}}]`).replaceAll(`{app: ${name}}`, `{app: words, mode: ${name}}`);

  it('the twin of a service that somebody calls', () => {
    const front = app('front', env({ NAME_URL: 'http://name' }));
    expect(callsIn(mesh(front, part('name'), part('age')))).toEqual([
      'front -> name:80 (env NAME_URL, high)',
      'front -> age:80 (as to its twin name (env NAME_URL), low)',
    ]);
    expect(callsIn(mesh(front, part('name'), part('age', 'other')))).toHaveLength(1);
    expect(callsIn(mesh(front, app('name', args('x')), app('age', args('x'))))).toHaveLength(1);
  });
});

describe('merging', () => {
  it('takes the best evidence, and the port and path of another', () => {
    const policy = `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: p}
spec:
  endpointSelector: {matchLabels: {app: cart}}
  ingress: [{fromEndpoints: [{matchLabels: {app: shop}}], toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET, path: /a}]}}]}]
`;
    expect(callsIn(mesh(app('shop', env({ CART: 'cart.default' })), CART, policy))).toEqual([
      'shop -> cart:80/a (env CART, high)',
    ]);
  });

  it('knows the pods behind two Services by the plain one', () => {
    const door =
      '\napiVersion: v1\nkind: Service\nmetadata: {name: cart-door}\nspec: {type: LoadBalancer, selector: {app: cart}, ports: [{port: 80}]}\n';
    const text = mesh(app('shop', env({ A_URL: 'http://cart', B_URL: 'http://cart-door' })), CART, door);
    expect(callsIn(text)).toEqual(['shop -> cart:80 (env A_URL, high)']);
  });

  it('leaves out init containers and agents', () => {
    const pod =
      'initContainers: [{name: wait, image: busybox, args: ["http://cart"]}], containers: [{name: istio-proxy, image: istio/proxyv2, args: ["http://cart"]}]';
    expect(callsIn(mesh(lonely('shop', pod), CART))).toEqual([]);
  });
});
