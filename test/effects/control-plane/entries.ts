// ServiceEntries of one host, and listeners that several of them would have.
import { app, type Case, created, istio, meshConfig, namespace } from './case.js';

const SHOP = [namespace('billing'), app('invoices', 'billing')];
const from = 'invoices.billing';
const WEB = '{ number: 80, name: http, protocol: HTTP }';
const ADMIN = '{ number: 8081, name: http-admin, protocol: HTTP }';

const pay = (name: string, ports: string, more: string, metadata = ''): string =>
  istio(
    'ServiceEntry',
    name,
    'billing',
    `{ hosts: [pay.example.org], location: MESH_EXTERNAL, ports: [${ports}], ${more} }`,
    metadata,
  );
const database = (name: string, year: number, more = ''): string =>
  istio(
    'ServiceEntry',
    name,
    'billing',
    `{ hosts: [${name}.db.example.org], location: MESH_EXTERNAL, resolution: DNS, ports: [{ number: 5432, name: tcp, protocol: TCP }] ${more} }`,
    created(year),
  );
const DATABASES = [
  { name: 'stats', from, to: 'tcp://stats.db.example.org:5432' },
  { name: 'orders', from, to: 'tcp://orders.db.example.org:5432' },
];
const CAPTURE = meshConfig('defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" } }');
const BOTH_PORTS = [
  { name: 'web', from, to: 'http://pay.example.org/' },
  { name: 'admin', from, to: 'http://pay.example.org:8081/' },
];
const MERGE = 'istio: pilot/pkg/model/sidecar.go (appendSidecarServices, canMergeServices)';
const LISTEN = 'istio: pilot/pkg/networking/core/listener.go (buildSidecarOutboundListener)';

export const ENTRIES: readonly Case[] = [
  {
    title: 'alike: their ports are those of one service, with its retries',
    why: `${MERGE}: equal resolution, labels and exportTo in one namespace`,
    mesh: [...SHOP, pay('web', WEB, 'resolution: DNS'), pay('admin', ADMIN, 'resolution: DNS')],
    traffic: BOTH_PORTS,
    answers: { web: '200', admin: '200' },
    called: ['pay.example.org'],
    says: [],
  },
  {
    title: 'another resolution: the younger one is left out, and its port passes through as one that nobody has',
    why: `${MERGE}; a port without a listener of its own goes to the PassthroughCluster`,
    mesh: [
      ...SHOP,
      pay('web', WEB, 'resolution: DNS', created(2020)),
      pay('admin', ADMIN, 'resolution: STATIC, endpoints: [{ address: 192.0.2.7 }]', created(2021)),
    ],
    traffic: BOTH_PORTS,
    answers: { web: '200', admin: '200' },
    called: ['pay.example.org'],
    says: [/admin does not count.*resolution/, /has no port 8081.*passes/],
  },
  {
    title: 'other labels, and a proxy that lets out what the registry has: the port of the younger one is refused',
    why: `${MERGE}: labels differ; REGISTRY_ONLY closes what has no listener (BlackHoleCluster)`,
    mesh: [
      ...SHOP,
      meshConfig('outboundTrafficPolicy: { mode: REGISTRY_ONLY }'),
      pay('web', WEB, 'resolution: DNS', `labels: { team: a }, ${created(2020)}`),
      pay('admin', ADMIN, 'resolution: DNS', `labels: { team: b }, ${created(2021)}`),
    ],
    traffic: BOTH_PORTS,
    answers: { web: '200', admin: 'no response' },
    called: ['pay.example.org'],
    says: [/admin does not count.*labels/, /has no port 8081.*refuses/],
  },
  {
    title: 'another exportTo: what the older one exports counts',
    why: `${MERGE}: exportTo differs, the first by age stays`,
    mesh: [
      ...SHOP,
      pay('web', WEB, 'resolution: DNS, exportTo: ["."]', created(2021)),
      pay('admin', ADMIN, 'resolution: DNS', created(2020)),
    ],
    traffic: BOTH_PORTS,
    answers: { web: '200', admin: '200' },
    called: ['pay.example.org'],
    says: [/web does not count.*exportTo/, /has no port 80:/],
  },
  {
    title: 'TCP with addresses: each has a listener of its own',
    why: `${LISTEN}: the listener is at the address of the service`,
    mesh: [
      ...SHOP,
      database('stats', 2020, ', addresses: [198.51.100.1]'),
      database('orders', 2021, ', addresses: [198.51.100.2]'),
    ],
    traffic: DATABASES,
    answers: { stats: '200', orders: '200' },
    called: ['orders.db.example.org', 'stats.db.example.org'],
    says: [],
  },
  {
    title: 'TCP without addresses: the oldest takes all',
    why: `${LISTEN}: both would listen at 0.0.0.0:5432; of filter chains that match alike the first stays (mergeTCPFilterChains)`,
    mesh: [...SHOP, database('stats', 2020), database('orders', 2021)],
    traffic: DATABASES,
    answers: { stats: '200', orders: '200' },
    called: ['stats.db.example.org'],
    says: [/orders.db.example.org:5432 go to stats.db.example.org/],
  },
  {
    title: 'TCP without addresses, DNS captured, Istio 1.31: each has an address',
    why: 'istio: pilot/pkg/model/service.go (nodeUsesAutoallocatedIPs); PILOT_ENABLE_IP_AUTOALLOCATE is on since 1.25',
    mesh: [...SHOP, CAPTURE, database('stats', 2020), database('orders', 2021)],
    traffic: DATABASES,
    istioVersion: '1.31',
    answers: { stats: '200', orders: '200' },
    called: ['orders.db.example.org', 'stats.db.example.org'],
    says: [],
  },
  {
    title: 'TCP without addresses, DNS captured, Istio 1.24: capture alone gives no addresses',
    why: 'istio.io: docs/ops/configuration/traffic-management/dns-proxy of 1.24: ISTIO_META_DNS_AUTO_ALLOCATE is needed too',
    mesh: [...SHOP, CAPTURE, database('stats', 2020), database('orders', 2021)],
    traffic: DATABASES,
    istioVersion: '1.24',
    answers: { stats: '200', orders: '200' },
    called: ['stats.db.example.org'],
    says: [/orders.db.example.org:5432 go to stats/],
  },
  {
    title: 'HTTP and TCP on one port: the bytes tell them apart',
    why: `${LISTEN}: the chains are merged and the listener inspects (HTTPOverTCP, TCPOverHTTP)`,
    mesh: [...SHOP, database('stats', 2020), app('catalog', 'billing').replace('port: 80,', 'port: 5432,')],
    traffic: [DATABASES[0]!, { name: 'catalog', from, to: 'http://catalog:5432/' }],
    answers: { stats: '200', catalog: '200' },
    called: ['catalog', 'stats.db.example.org'],
    says: [],
  },
  {
    title: 'HTTP to a name that nobody knows, on a port where TCP alone has a listener: that takes the bytes',
    why: `${LISTEN}: 0.0.0.0:5432 has one chain, for TCP, whatever the bytes are`,
    mesh: [...SHOP, database('stats', 2020)],
    traffic: [{ name: 'elsewhere', from, to: 'http://elsewhere.example.net:5432/' }],
    answers: { elsewhere: '200' },
    called: ['stats.db.example.org'],
    says: [/elsewhere.example.net is not in the registry/, /elsewhere.example.net:5432 go to stats/],
  },
];
