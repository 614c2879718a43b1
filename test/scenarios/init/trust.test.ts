// A first scenario that can be trusted: no traffic to what is not there, what is counted is written, every destination is asked for.
import { describe, expect, it } from 'vitest';
import { app, env, inferred, lonely, mesh } from './mesh.js';

const GATEWAY = (name = 'edge', selector = 'istio: ingressgateway', hosts = '["*"]') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}}
spec: {selector: {${selector}}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ${hosts}}]}
`;
const ROUTES = (name: string, hosts: string, http: string, gateways = '[edge]') => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}}
spec: {hosts: ${hosts}, gateways: ${gateways}, http: ${http}}
`;
const OUTSIDE = (host: string) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec: {hosts: [${host}], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
`;
const STORE = (name: string, port: number, image: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{name: tcp, port: ${port}}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: c, image: ${image}}]}}}
`;
const PODLESS = (name: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80}]}
`;
const CONFIG = (name: string, data: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
data: ${data}
`;
const TAKING_IN = (map: string, more = '') =>
  `containers: [{name: app, image: app, envFrom: [{configMapRef: {name: ${map}}}]${more}}]`;

const to = (host: string, match = '') =>
  `{${match === '' ? '' : `match: [${match}], `}route: [{destination: {host: ${host}}}]}`;

function doors(text: string): string[] {
  return inferred(text).draft.traffic.map(({ to: dialed }) => dialed);
}

function edges(text: string): string[] {
  return inferred(text).draft.edges.map(({ from, to: callee }) => `${from} > ${callee}`);
}

function leftOut(text: string): string {
  return inferred(text)
    .draft.leftOut.map(({ text: said }) => said)
    .join('\n');
}

/** The calls that stand in the text of the scenario. */
function written(text: string): number {
  const { text: scenario } = inferred(text);
  return scenario.split('\n').filter((line) => /^ +- (\{ )?call: /.test(line)).length;
}

describe('no traffic to what is not there', () => {
  const monitoring = ROUTES('charts', '[charts.example.org]', `[${to('charts.monitoring.svc.cluster.local')}]`);

  it('a route to a host that the YAML does not have: named, not dialed', () => {
    const text = mesh(GATEWAY(), monitoring, ROUTES('shop', '[shop.example.org]', `[${to('shop')}]`), app('shop'));
    expect(doors(text)).toEqual(['http://shop.example.org']);
    expect(leftOut(text)).toContain('VirtualService charts leads to charts.monitoring.svc.cluster.local');
  });

  it('a Service without pods is as absent as none; endpoints by hand and machines are there', () => {
    const routes = ROUTES('shop', '[shop.example.org]', `[${to('old', '{uri: {prefix: /old}}')}, ${to('shop')}]`);
    const text = mesh(GATEWAY(), routes, app('shop'), PODLESS('old'));
    expect(inferred(text).draft.traffic[0]?.requests.map(({ path }) => path)).toEqual(['/']);
    expect(leftOut(text)).toContain('leads to old');
    const machine =
      '\napiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: vm}\nspec: {address: 10.0.0.7, labels: {app: old}}\n';
    expect(inferred(mesh(text, machine)).draft.traffic[0]?.requests.map(({ path }) => path)).toEqual(['/old', '/']);
  });

  it('pods that are scaled to nothing', () => {
    const gone = app('gone').replace(
      'spec:\n  selector: {matchLabels',
      'spec:\n  replicas: 0\n  selector: {matchLabels',
    );
    expect(edges(mesh(app('shop', env({ GONE_URL: 'http://gone' })), gone))).toEqual([]);
    expect(leftOut(mesh(app('shop', env({ GONE_URL: 'http://gone' })), gone))).toContain(
      'whose pods are not in the YAML',
    );
  });

  it('a call to a Service without pods is named and not made', () => {
    const text = mesh(app('shop', env({ STOCK_URL: 'http://stock' })), PODLESS('stock'));
    expect(edges(text)).toEqual([]);
    expect(leftOut(text)).toContain('shop calls stock (env STOCK_URL), whose pods are not in the YAML');
  });

  it('an HTTPRoute to a backend that is absent', () => {
    const gateway =
      '\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: web}\nspec: {gatewayClassName: istio, listeners: [{name: web, port: 80, protocol: HTTP}]}\n';
    const route = (name: string) =>
      `\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: ${name}}\nspec: {parentRefs: [{name: web}], rules: [{backendRefs: [{name: ${name}, port: 80}]}]}\n`;
    const text = mesh(gateway, route('tea'), route('none'), app('tea'));
    expect(doors(text)).toHaveLength(1);
    expect(leftOut(text)).toContain('HTTPRoute none');
  });
});

describe('what is counted is written', () => {
  it('calls of services that no traffic reaches stand in the file, the header says who they are', () => {
    const web = app('web', undefined, ', type: LoadBalancer');
    const text = mesh(web, app('billing', env({ LEDGER_ADDR: 'ledger:5432' })), STORE('ledger', 5432, 'postgres'));
    const { draft, text: scenario } = inferred(text);
    expect(draft).toMatchObject({ uncalled: ['billing.default'], unreached: ['billing.default', 'ledger.default'] });
    expect(scenario).toContain('- call: ledger:5432');
    expect(scenario).toMatch(/No traffic reaches these either.*\n# {3}- ledger\.default/);
    expect(written(text)).toBe(draft.callCount);
  });

  it.each([
    ['a chain', mesh(app('a', env({ B_URL: 'http://b' })), app('b', env({ C_URL: 'http://c' })), app('c'))],
    ['a circle', mesh(app('a', env({ B_URL: 'http://b' })), app('b', env({ A_URL: 'http://a' })))],
    ['an island', mesh(app('front', undefined, ', type: NodePort'), app('x', env({ Y_URL: 'http://y' })), app('y'))],
    ['a sender', mesh(lonely('loader', env({ SHOP_URL: 'http://shop' })), app('shop'))],
  ])('%s: the header counts the lines', (_name, text) => {
    expect(written(text)).toBe(inferred(text).draft.callCount);
  });
});

describe('one request for each destination', () => {
  it('many matches of one service come before others', () => {
    const pages = Array.from({ length: 30 }, (_, i) => `{uri: {exact: /page${i}}}`).join(', ');
    const names = Array.from({ length: 12 }, (_, i) => `api-${'abcdefghijkl'[i]}`);
    const rules = [to('shop', pages), ...names.map((name) => to(name, `{uri: {prefix: /${name}}}`))];
    const text = mesh(
      GATEWAY(),
      ROUTES('all', '["*"]', `[${rules.join(', ')}]`),
      app('shop'),
      ...names.map((n) => app(n)),
    );
    const [traffic] = inferred(text).draft.traffic;
    expect(traffic?.requests.map(({ path }) => path)).toEqual(['/page0', ...names.map((name) => `/${name}`)]);
  });

  it("subsets are destinations of their own, and a delegate's rules count", () => {
    const rules = `[{match: [{headers: {x-beta: {exact: "1"}}}], route: [{destination: {host: shop, subset: v2}}]}, {match: [{uri: {prefix: /cart}}], delegate: {name: inner}}, ${to('shop')}]`;
    const inner =
      '\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: inner}\nspec: {http: [{route: [{destination: {host: cart}}]}]}\n';
    const text = mesh(GATEWAY(), ROUTES('all', '["*"]', rules), inner, app('shop'), app('cart'));
    expect(inferred(text).draft.traffic[0]?.requests.map(({ path }) => path)).toEqual(['/', '/cart', '/']);
  });

  it('each service is dialed where the Gateway is elsewhere; a rule for the mesh alone is not asked', () => {
    const rules = `[${to('a', '{uri: {prefix: /a}}')}, ${to('b', '{uri: {prefix: /b}}')}, ${to('c', '{gateways: [mesh]}')}]`;
    const text = mesh(ROUTES('all', '[all.example.org]', rules, '[infra/far, mesh]'), app('a'), app('b'), app('c'));
    expect(doors(text)).toEqual(['http://a.default:80', 'http://b.default:80']);
  });
});

describe('egress is no way in', () => {
  const outside = OUTSIDE('api.example.net');
  const web = app('web', env({ API: 'http://api.example.net:80' }), ', type: NodePort');
  const rules = (gateway: string) =>
    `[{match: [{gateways: [mesh]}], route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local}}]}, {match: [{gateways: [${gateway}]}], route: [{destination: {host: api.example.net}}]}]`;

  it.each([
    ['by its selector', 'out', 'istio: egressgateway'],
    ['by the host that is outside', 'out', 'app: gate'],
  ])('%s', (_name, gateway, selector) => {
    const route = ROUTES('leave', '[api.example.net]', rules(gateway), `[${gateway}, mesh]`);
    const text = mesh(outside, GATEWAY(gateway, selector, '[api.example.net]'), route, web);
    expect(doors(text)).toEqual(['http://web.default:80']);
    expect(edges(text)).toEqual(['web.default > api.example.net']);
  });

  it('a host outside that nobody calls is no door', () => {
    expect(doors(mesh(outside, app('shop')))).toEqual(['http://shop.default:80']);
  });

  it('by its name, where the Gateway is not in the YAML', () => {
    const route = ROUTES('leave', '[api.example.net]', rules('infra/egress'), '[infra/egress, mesh]');
    expect(doors(mesh(outside, route, web))).toEqual(['http://web.default:80']);
  });
});

describe('connection strings', () => {
  it.each([
    ['Host=db;Port=5432;Username=u;Password=p@ss;Database=shop', 5432],
    ['Server=tcp:db,1433;Initial Catalog=shop;User ID=sa;Password=x=y', 1433],
    ['Data Source=db\\SQLEXPRESS;Integrated Security=true', 1433],
    ['host=db port=5432 user=u sslmode=disable', 5432],
    ['jdbc:postgresql://db:5432,other:5432/shop?targetServerType=primary', 5432],
    ['jdbc:mysql:replication://db,other:3306/shop?user=u&password=p;q', 3306],
    ['jdbc:sqlserver://db:1433;databaseName=shop;encrypt=true', 1433],
    ['jdbc:oracle:thin:@//db:1521/SHOP', 1521],
    ['jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db)(PORT=1521)))', 1521],
    ['amqp://user:pa;ss=w@db:5672/vhost?heartbeat=30', 5672],
    ['amqp://user:pass@other,db/vhost', 5672],
    ['user:pass@tcp(db:3306)/shop?parseTime=true', 3306],
    ['mongodb://u:p%40@db,other:27017/shop?replicaSet=rs0', 27017],
    ['SASL_SSL://db:9092', 9092],
  ])('%s', (value, port) => {
    const text = mesh(app('orders', env({ ConnectionStrings__Main: value })), STORE('db', port, 'store'));
    expect(inferred(text).text).toContain(`- call: db:${port}`);
  });

  it('the port of the scheme, not that of a console; a host that is absent is named', () => {
    const broker = STORE('mq', 15672, 'rabbitmq').replace(
      '{name: tcp, port: 15672}',
      '{name: http-console, port: 15672}, {name: amqp, port: 5672}',
    );
    expect(inferred(mesh(app('orders', env({ BROKER: 'amqp://u:p@mq' })), broker)).text).toContain('- call: mq:5672');
    expect(leftOut(app('orders', env({ DB: 'Host=gone;Database=x' })))).toContain('env DB names gone');
  });

  it('no call where the words only look alike', () => {
    const text = mesh(
      app('orders', env({ OPTS: '-Dhost=db -Dmode=x', NOTE: 'user=db; mode=db' })),
      STORE('db', 5432, 'postgres'),
    );
    expect(edges(text)).toEqual([]);
  });
});

describe('a ConfigMap that several take in whole', () => {
  const map = CONFIG('settings', '{REDIS_ADDR: "cache:6379", ORDERS_DB_HOST: db}');
  const stores = [STORE('cache', 6379, 'redis'), STORE('db', 5432, 'postgres')];

  it('belongs to its only reader', () => {
    expect(edges(mesh(map, ...stores, app('orders', TAKING_IN('settings'))))).toEqual([
      'orders.default > cache.default',
      'orders.default > db.default',
    ]);
  });

  it('belongs to whoever uses the key, else to nobody, and that is said', () => {
    const user = TAKING_IN('settings', ', args: ["--cache=$(REDIS_ADDR)"]');
    const text = mesh(
      map,
      ...stores,
      app('orders', TAKING_IN('settings')),
      app('cart', user),
      app('mail', TAKING_IN('settings')),
    );
    expect(edges(text).toSorted()).toEqual(['cart.default > cache.default', 'orders.default > db.default']);
    expect(leftOut(text)).toMatch(
      /REDIS_ADDR names cache:6379, for all who take in the ConfigMap \(.*mail.*\): that does not say who/,
    );
    expect(leftOut(text)).not.toContain('ORDERS_DB_HOST');
  });
});
