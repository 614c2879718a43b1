// Where requests come in, what they ask for, and how they are dialed.
import { describe, expect, it } from 'vitest';
import { app, args, env, inferenceOf, inferred, mesh } from './mesh.js';

function doors(text: string): string[] {
  return inferred(text).draft.traffic.map(({ to, note, requests }) => {
    const asked = requests.map(({ method, path }) => `${method} ${path}`).join(', ');
    return `${to} [${asked}] ${note.text}`;
  });
}

const gateway = (server: string, name = 'edge') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}}
spec: {selector: {istio: ingressgateway}, servers: [${server}]}
`;
const HTTP = '{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}';

const routes = (hosts: string, http: string, gateways = '[edge]') => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec: {hosts: ${hosts}, gateways: ${gateways}, http: ${http}}
`;
const TO_SHOP = 'route: [{destination: {host: shop}}]';

describe('Istio gateways', () => {
  it.each([
    ['["*"]', 'http://shop.example.com'],
    ['[shop.example.org]', 'http://shop.example.org'],
    ['["*.example.org"]', 'http://www.example.org'],
  ])('hosts %s', (hosts, to) => {
    expect(doors(mesh(app('shop'), gateway(HTTP), routes(hosts, `[{${TO_SHOP}}]`)))).toEqual([
      `${to} [GET /] VirtualService shop at Gateway edge`,
    ]);
  });

  it('another port, HTTPS where there is no HTTP, never a server that only redirects', () => {
    const https =
      '{port: {number: 443, name: https, protocol: HTTPS}, tls: {mode: SIMPLE, credentialName: c}, hosts: ["*"]}';
    const redirect = '{port: {number: 80, name: http, protocol: HTTP}, tls: {httpsRedirect: true}, hosts: ["*"]}';
    const route = routes('[a.example.org]', `[{${TO_SHOP}}]`);
    expect(doors(mesh(app('shop'), gateway(`${redirect}, ${https}`), route))[0]).toMatch(/^https:\/\/a.example.org \[/);
    expect(doors(mesh(app('shop'), gateway(HTTP.replace('80', '8080')), route))[0]).toMatch(
      /^http:\/\/a.example.org:8080 /,
    );
  });

  it('a request for each destination, but not for regular expressions and redirects', () => {
    const http = `[
      {match: [{uri: {regex: "/c.*"}}, {uri: {prefix: /b/}, method: {exact: POST}}, {uri: {exact: /a}}], ${TO_SHOP}},
      {match: [{uri: {exact: /d}}], route: [{destination: {host: shop, subset: v2}}]},
      {match: [{uri: {prefix: /old}}], redirect: {uri: /new}}]`;
    expect(doors(mesh(app('shop'), gateway(HTTP), routes('["*"]', http)))).toEqual([
      'http://shop.example.com [POST /b/, GET /d] VirtualService shop at Gateway edge',
    ]);
  });

  it('the service itself where the Gateway is elsewhere', () => {
    const { draft } = inferred(mesh(app('shop'), routes('["*"]', `[{${TO_SHOP}}]`, '[infra/other]')));
    expect(draft.traffic).toMatchObject([
      { to: 'http://shop.default:80', caveat: 'Gateway infra/other is not in the YAML: clients dial shop itself' },
    ]);
  });
});

describe('other ways in', () => {
  it('HTTPRoute, through its Gateway where that is in the YAML', () => {
    const route = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  parentRefs: [{name: edge}]
  rules: [{matches: [{path: {type: PathPrefix, value: /tea}, method: GET}], backendRefs: [{name: shop, port: 80}, {name: none, port: 80, weight: 0}]}]
`;
    expect(doors(mesh(app('shop'), route))).toEqual(['http://shop.default:80 [GET /tea] HTTPRoute shop']);
    const gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec: {gatewayClassName: istio, listeners: [{name: web, port: 80, protocol: HTTP, hostname: tea.example.com}]}
`;
    expect(doors(mesh(app('shop'), route, gateway))).toEqual([
      'http://tea.example.com [GET /tea] HTTPRoute shop at Gateway edge',
    ]);
    const inside = route.replace('{name: edge}', '{name: shop, kind: Service, group: ""}');
    expect(doors(mesh(app('shop'), inside))[0]).toContain('nobody here calls shop');
  });

  it('Ingress, new and old, and Mapping', () => {
    const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: in}
spec: {rules: [{http: {paths: [{path: /a, backend: {service: {name: shop, port: {name: http}}}}, {path: /b, backend: {service: {name: shop, port: {number: 80}}}}]}}]}
`;
    expect(doors(mesh(app('shop'), ingress))).toEqual(['http://shop.example.com [GET /a] Ingress in']);
    const old =
      '\napiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: in}\nspec: {backend: {serviceName: shop, servicePort: 80}}\n';
    expect(doors(mesh(app('shop'), old))).toEqual(['http://shop.example.com [GET /] Ingress in']);
    const mapping =
      '\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: m}\nspec: {hostname: "*", prefix: /shop/, service: "shop.default:80"}\n';
    expect(doors(mesh(app('shop'), mapping))).toEqual(['http://shop.default:80 [GET /] Mapping m']);
  });
});

describe('open services', () => {
  it('LoadBalancer before NodePort; not the NodePort that a workload calls', () => {
    const balanced = app('shop', undefined, ', type: LoadBalancer');
    const port = app('admin', undefined, ', type: NodePort');
    expect(doors(mesh(balanced, port))).toEqual(['http://shop.default:80 [GET /] Service shop of type LoadBalancer']);
    const caller = app('shop', env({ ADMIN_URL: 'http://admin' }), ', type: NodePort');
    expect(doors(mesh(caller, port))).toEqual(['http://shop.default:80 [GET /] Service shop of type NodePort']);
  });

  it('not the LoadBalancer of a gateway', () => {
    const pods = app('gate', 'containers: [{name: istio-proxy, image: auto}]', ', type: LoadBalancer');
    expect(doors(mesh(pods, app('shop')))).toEqual(['http://shop.default:80 [GET /] nobody here calls shop']);
  });

  it('those that nobody calls: fronts and callers, else all', () => {
    expect(doors(mesh(app('frontend'), app('cart')))).toEqual([
      'http://frontend.default:80 [GET /] nobody here calls frontend',
    ]);
    expect(doors(mesh(app('shop', env({ CART_URL: 'http://cart' })), app('cart'), app('stock')))).toEqual([
      'http://shop.default:80 [GET /] nobody here calls shop',
    ]);
    expect(doors(mesh(app('tea'), app('coffee')))).toHaveLength(2);
  });

  it('nothing where there are only stores', () => {
    const inference = inferenceOf(app('db', args('mysql')));
    expect(inference.diagnostic).toMatchObject({
      code: 'no-entry-point',
      severity: 'error',
      position: { file: 'mesh.yaml', line: 1 },
      message: expect.stringContaining('Istio Gateways with VirtualServices, HTTPRoutes, Ingresses'),
    });
  });

  it('nothing where there is no Service and no workload: what was read is named, and not what was looked for', () => {
    expect(inferenceOf('').diagnostic).toMatchObject({
      code: 'no-entry-point',
      message: 'there is no scenario, and nothing to guess one from: this file holds no Service and no workload',
    });
  });
});
