// Meshes that look like real ones, and the first scenario of each: the doors, the calls, and what is left out and said.
import { describe, expect, it } from 'vitest';
import { app, env, inferenceOf, inferred, lonely, mesh } from './mesh.js';

interface World {
  readonly what: string;
  readonly why: string;
  readonly yaml: string;
  /** `NAME: DIALED [METHOD PATH, ...]` */
  readonly traffic: readonly string[];
  /** `CALLER > CALLEE` */
  readonly calls: readonly string[];
  /** Each is part of a line that says what is left out. */
  readonly leftOut: readonly string[];
}

const STORE = (name: string, port: number, extra = '', kind = 'StatefulSet') => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{name: tcp-${name}, port: ${port}}]${extra}}
---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec:
  ${kind === 'StatefulSet' ? `serviceName: ${name}` : 'replicas: 1'}
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: store, image: example/${name}}]}}
`;
const GATEWAY = (name: string, hosts: string, selector = 'istio: ingressgateway') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}}
spec: {selector: {${selector}}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ${hosts}}]}
`;
const ROUTES = (name: string, spec: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}}
spec: {${spec}}
`;
const MAP = (name: string, data: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
data:
${data}
`;
const FRONT = ', type: LoadBalancer';

const WORLDS: readonly World[] = [
  {
    what: 'addresses in every form that people write them in',
    why: 'a URL, host:port, a name with its port beside it, a full name, a variable of Kubernetes, a list',
    yaml: mesh(
      app(
        'web',
        env({
          CART_URL: 'http://cart/v1/items',
          PAY_ADDR: 'pay:80',
          STOCK_HOST: 'stock',
          STOCK_PORT: '80',
          MAIL: 'mail.default.svc.cluster.local:80',
          TAX_URL: 'http://$(TAX_SERVICE_HOST):$(TAX_SERVICE_PORT)/rates',
          PEERS: 'http://ads:80,http://tips:80',
        }),
        FRONT,
      ),
      ...['cart', 'pay', 'stock', 'mail', 'tax', 'ads', 'tips'].map((name) => app(name)),
    ),
    traffic: ['visitors: http://web.default:80 [GET /]'],
    calls: ['cart', 'pay', 'stock', 'mail', 'tax', 'ads', 'tips'].map((name) => `web.default > ${name}.default`),
    leftOut: [],
  },
  {
    what: 'settings in ConfigMaps: one key, a file of properties, all keys with a prefix',
    why: 'a pod reads what it refers to, and no other ConfigMap',
    yaml: mesh(
      MAP('one', '  url: http://cart'),
      MAP(
        'file',
        '  application.properties: |\n    # where the money is\n    pay.endpoint=http://pay:80/api\n    cache.size=5',
      ),
      MAP('all', '  STOCK_HOST: stock'),
      MAP('other', '  MAIL_HOST: mail'),
      app(
        'web',
        'volumes: [{name: v, configMap: {name: file}}], containers: [{name: app, image: app, env: [{name: CART_URL, valueFrom: {configMapKeyRef: {name: one, key: url}}}], envFrom: [{prefix: APP_, configMapRef: {name: all}}]}]',
        FRONT,
      ),
      ...['cart', 'pay', 'stock', 'mail'].map((name) => app(name)),
    ),
    traffic: ['visitors: http://web.default:80 [GET /]'],
    calls: ['web.default > stock.default', 'web.default > cart.default', 'web.default > pay.default'],
    leftOut: [],
  },
  {
    what: 'a way out with TLS that begins at the gateway',
    why: 'the calls of the mesh leave by it, and nobody comes in',
    yaml: mesh(
      '\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: maps}\nspec: {hosts: [maps.example.org], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: tls, protocol: TLS}]}\n',
      GATEWAY('out', '[maps.example.org]', 'istio: egressgateway'),
      ROUTES(
        'maps',
        'hosts: [maps.example.org], gateways: [mesh, out], http: [{match: [{gateways: [mesh], port: 80}], route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, port: {number: 80}}}]}, {match: [{gateways: [out], port: 80}], route: [{destination: {host: maps.example.org, port: {number: 443}}}]}]',
      ),
      app('web', env({ MAPS_API: 'http://maps.example.org/tiles' }), FRONT),
    ),
    traffic: ['visitors: http://web.default:80 [GET /]'],
    calls: ['web.default > maps.example.org'],
    leftOut: ['VirtualService maps is for calls that leave the mesh'],
  },
  {
    what: 'a public and an internal gateway with one VirtualService',
    why: 'it is one door, by the first of the gateways; the rule of the internal one is another destination',
    yaml: mesh(
      GATEWAY('public', '["*.example.org"]'),
      GATEWAY('internal', '["*.corp"]', 'app: internal'),
      ROUTES(
        'web',
        'hosts: [web.example.org, web.corp], gateways: [public, internal], http: [{match: [{uri: {prefix: /admin}, gateways: [internal]}], route: [{destination: {host: admin}}]}, {route: [{destination: {host: web}}]}]',
      ),
      app('web'),
      app('admin'),
    ),
    traffic: ['visitors: http://web.example.org [GET /admin, GET /]'],
    calls: [],
    leftOut: [],
  },
  {
    what: 'delegates, one of them missing, one at odds with its root',
    why: 'rules of a delegate stand in the place of the root’s; a rule whose match contradicts the root’s is left out by Istio',
    yaml: mesh(
      GATEWAY('edge', '["*"]'),
      ROUTES(
        'root',
        'hosts: [shop.example.org], gateways: [edge], http: [{match: [{uri: {prefix: /cart}}], delegate: {name: cart}}, {match: [{uri: {prefix: /pay}}], delegate: {name: gone}}, {route: [{destination: {host: web}}]}]',
      ),
      ROUTES(
        'cart',
        'http: [{match: [{uri: {prefix: /cart/v2}}], route: [{destination: {host: cart, subset: v2}}]}, {match: [{uri: {prefix: /basket}}], route: [{destination: {host: web, subset: old}}]}, {route: [{destination: {host: cart}}]}]',
      ),
      app('web'),
      app('cart'),
    ),
    traffic: ['visitors: http://shop.example.org [GET /cart/v2, GET /cart, GET /]'],
    calls: [],
    leftOut: ['leads to VirtualService gone'],
  },
  {
    what: 'a headless store whose pods are dialed one by one',
    why: 'a name of a pod stands for its Service',
    yaml: mesh(
      app('web', env({ DB_HOSTS: 'db-0.db:5432,db-1.db.default.svc.cluster.local:5432' }), FRONT),
      STORE('db', 5432, ', clusterIP: None'),
    ),
    traffic: ['visitors: http://web.default:80 [GET /]'],
    calls: ['web.default > db.default'],
    leftOut: [],
  },
  {
    what: 'a CronJob that loads a service, and one that only cleans up',
    why: 'a load generator in a Job sends from outside; what a Job is told otherwise is no traffic',
    yaml: mesh(
      app('web', undefined, FRONT),
      `
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly-load}
spec:
  schedule: "0 2 * * *"
  jobTemplate:
    spec:
      template:
        metadata: {labels: {app: nightly}}
        spec: {restartPolicy: Never, containers: [{name: hey, image: example/hey, args: ["-z", "5m", "-c", "10", "-q", "2", "http://web/"]}]}
`,
      `
apiVersion: batch/v1
kind: CronJob
metadata: {name: cleanup}
spec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: example/cleanup}]}}}}}
`,
    ),
    traffic: ['visitors: http://web.default:80 [GET /]', 'nightly-load: http://web.default:80/ []'],
    calls: ['nightly-load.default > web.default'],
    leftOut: [],
  },
  {
    what: 'a mesh in which nothing says who calls whom',
    why: 'the front end is the door, by its name; the others are named as those whom nobody calls',
    yaml: mesh(app('frontend'), app('catalog'), app('quotes'), STORE('catalog-cache', 6379, '', 'Deployment')),
    traffic: ['visitors: http://frontend.default:80 [GET /]'],
    calls: ['catalog.default > catalog-cache.default'],
    leftOut: [],
  },
  {
    what: 'a document that a cluster would refuse among good ones',
    why: 'the others are a mesh without it',
    yaml: mesh(
      GATEWAY('edge', '["*"]'),
      ROUTES(
        'bad',
        'hosts: [bad.example.org], gateways: [edge], http: [{timeout: soon, route: [{destination: {host: web}}]}]',
      ),
      ROUTES('good', 'hosts: [good.example.org], gateways: [edge], http: [{route: [{destination: {host: web}}]}]'),
      app('web'),
    ),
    traffic: ['visitors: http://good.example.org [GET /]'],
    calls: [],
    leftOut: ['VirtualService bad, which a cluster would refuse'],
  },
  {
    what: 'the Gateway API with matches of every kind',
    why: 'one request for each backend, by a method, a header, a path that is a regular expression',
    yaml: mesh(
      '\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: web}\nspec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP, hostname: "*.example.org"}]}\n',
      `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: api}
spec:
  parentRefs: [{name: web}]
  hostnames: [api.example.org]
  rules:
    - {matches: [{method: POST, path: {value: /orders}}], backendRefs: [{name: orders, port: 80}]}
    - {matches: [{headers: [{name: x-beta, value: "yes"}]}], backendRefs: [{name: beta, port: 80}]}
    - {matches: [{path: {type: RegularExpression, value: "/files/[a-z]+"}}], backendRefs: [{name: files, port: 80}]}
    - {backendRefs: [{name: front, port: 80}]}
`,
      ...['orders', 'beta', 'files', 'front'].map((name) => app(name)),
    ),
    traffic: ['visitors: http://api.example.org [POST /orders, GET /, GET /files/a, GET /]'],
    calls: [],
    leftOut: [],
  },
  {
    what: 'a worker behind no Service that reads a queue',
    why: 'it sends by itself, and is no callee of anybody',
    yaml: mesh(
      app('web', env({ BROKER_URL: 'amqp://guest:guest@queue:5672/' }), FRONT),
      STORE('queue', 5672),
      lonely('worker', env({ BROKER_URL: 'amqp://guest:guest@queue:5672/', LEDGER_URL: 'http://ledger' })),
      app('ledger'),
    ),
    traffic: [
      'visitors: http://web.default:80 [GET /]',
      'worker-to-queue: queue:5672 []',
      'worker-to-ledger: http://ledger:80 []',
    ],
    calls: ['worker.default > queue.default', 'worker.default > ledger.default', 'web.default > queue.default'],
    leftOut: [],
  },
  {
    what: 'doors to what is scaled to nothing, and to a name of nobody',
    why: 'no traffic to what does not answer; both are named',
    yaml: mesh(
      GATEWAY('edge', '["*"]'),
      ROUTES(
        'all',
        'hosts: ["*"], gateways: [edge], http: [{match: [{uri: {prefix: /old}}], route: [{destination: {host: old}}]}, {match: [{uri: {prefix: /logs}}], route: [{destination: {host: logs.tools.svc.cluster.local}}]}, {route: [{destination: {host: web}}]}]',
      ),
      app('old').replace('spec:\n  selector: {matchLabels', 'spec:\n  replicas: 0\n  selector: {matchLabels'),
      app('web'),
    ),
    traffic: ['visitors: http://web.example.com [GET /]'],
    calls: [],
    leftOut: ['leads to old', 'leads to logs.tools.svc.cluster.local'],
  },
];

describe.each(WORLDS)('$what', ({ yaml, why, traffic, calls, leftOut }) => {
  it(why, () => {
    const { draft } = inferred(yaml);
    const shown = draft.traffic.map(
      ({ name, to, requests }) =>
        `${name}: ${to} [${requests.map(({ method, path }) => `${method} ${path}`).join(', ')}]`,
    );
    expect(shown).toEqual(traffic);
    expect(draft.edges.map(({ from, to }) => `${from} > ${to}`)).toEqual(calls);
    expect(draft.leftOut.map(({ text }) => text)).toEqual(leftOut.map((part) => expect.stringContaining(part)));
  });
});

it('nothing that anybody could dial is no scenario, and what was looked for is said', () => {
  const inference = inferenceOf(STORE('db', 5432));
  expect(inference.kind).toBe('nothing');
});
