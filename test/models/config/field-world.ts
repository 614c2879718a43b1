// A small world for a text of published YAML, so that what it says can act: the services and pods that it speaks of and does not hold, clients in each
// of its namespaces and outside, and requests that its routes are for.
import { parseAllDocuments, stringify } from 'yaml';
import { encodeToken } from '../../../models/plan/terms/token.js';

type Fields = Readonly<Record<string, unknown>>;

interface Doc {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly spec: Fields;
}

interface Request {
  readonly name: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface World {
  /** Documents to put beside the text. */
  readonly more: string;
  /** A Scenario. */
  readonly scenario: string;
}

const MAX_SOURCES = 24;
const MAX_REQUESTS = 12;

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const words = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => fields(inner)[name], value);

function docsOf(text: string): Doc[] {
  return parseAllDocuments(text).flatMap((document) => {
    const value = fields(document.toJS());
    if (typeof value.kind !== 'string') return [];
    return [
      {
        kind: value.kind,
        name: String(at(value, 'metadata', 'name') ?? ''),
        namespace: String(at(value, 'metadata', 'namespace') ?? 'default'),
        spec: fields(value.spec),
      },
    ];
  });
}

const object = (apiVersion: string, kind: string, name: string, namespace: string, rest: Fields): Fields => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  ...rest,
});

function pods(name: string, namespace: string, labels: Fields): Fields {
  const own = { ...labels, deployment: name };
  const spec = { serviceAccountName: name, containers: [{ name: 'app', image: 'app' }] };
  return object('apps/v1', 'Deployment', name, namespace, {
    spec: {
      replicas: 3,
      selector: { matchLabels: { deployment: name } },
      template: { metadata: { labels: own }, spec },
    },
  });
}

/** Hosts that routes and rules speak of, with the ports that they name and the namespace of who speaks. */
function spokenOf(docs: readonly Doc[]): Map<string, { host: string; namespace: string; ports: Set<number> }> {
  const found = new Map<string, { host: string; namespace: string; ports: Set<number> }>();
  const add = (host: unknown, namespace: string, port: unknown): void => {
    if (typeof host !== 'string' || host.includes('*')) return;
    const known = found.get(`${namespace} ${host}`) ?? { host, namespace, ports: new Set<number>() };
    found.set(`${namespace} ${host}`, known);
    if (typeof port === 'number') known.ports.add(port);
  };
  for (const { kind, namespace, spec } of docs) {
    if (kind === 'DestinationRule') add(spec.host, namespace, null);
    if (kind !== 'VirtualService') continue;
    const gateways = words(spec.gateways);
    if (gateways.length === 0 || gateways.includes('mesh'))
      for (const host of words(spec.hosts)) add(host, namespace, null);
    for (const rule of [...list(spec.http), ...list(spec.tcp), ...list(spec.tls)]) {
      for (const one of [...list(rule.route), ...list(rule.mirrors), { destination: rule.mirror }]) {
        add(at(one, 'destination', 'host'), namespace, at(one, 'destination', 'port', 'number'));
      }
    }
  }
  return found;
}

/** `name` and namespace of a Service; null: a host outside. */
function serviceOf(host: string, namespace: string): readonly [string, string] | null {
  const parts = host.replace(/\.svc(\.cluster\.local)?$/, '').split('.');
  if (parts.length === 1) return [parts[0]!, namespace];
  return parts.length === 2 && (host !== parts.join('.') || !/^(com|org|io|net)$/.test(parts[1]!))
    ? [parts[0]!, parts[1]!]
    : null;
}

/** Requests that the rules of the VirtualServices of a host match. */
function requestsFor(docs: readonly Doc[]): Request[] {
  const matches = docs
    .filter(({ kind }) => kind === 'VirtualService')
    .flatMap(({ spec }) => list(spec.http).flatMap((rule) => list(rule.match)));
  const made = matches.map((match, index): Request => {
    const [uri] = Object.values(fields(match.uri));
    const headers = Object.entries(fields(match.headers)).map(([name, how]) => [
      name,
      String(Object.values(fields(how))[0] ?? 'x'),
    ]);
    const method = at(match, 'method', 'exact');
    return {
      name: `m${index}`,
      path: typeof uri === 'string' && uri.startsWith('/') ? uri.replace(/[.*+?()[\]\\^$|{}]/g, '') : '/',
      ...(typeof method === 'string' ? { method } : {}),
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    };
  });
  return [{ name: 'plain', path: '/' }, ...tokens(docs), ...made].slice(0, MAX_REQUESTS);
}

/** Requests with a token of each issuer, in each place where it is looked for. */
function tokens(docs: readonly Doc[]): Request[] {
  const rules = docs.filter(({ kind }) => kind === 'RequestAuthentication').flatMap(({ spec }) => list(spec.jwtRules));
  return rules.flatMap((rule, index) => {
    const [audience] = words(rule.audiences);
    const claims = {
      iss: String(rule.issuer ?? ''),
      sub: 'ann',
      group: 'staff',
      ...(audience === undefined ? {} : { aud: audience }),
    };
    const token = encodeToken(claims);
    const [place] = list(rule.fromHeaders);
    const [param] = words(rule.fromParams);
    const headers =
      place === undefined
        ? { authorization: `Bearer ${token}` }
        : { [String(place.name)]: `${place.prefix ?? ''}${token}` };
    return [
      { name: `token${index}`, path: '/', headers },
      ...(param === undefined ? [] : [{ name: `param${index}`, path: `/?${param}=${token}` }]),
    ];
  });
}

function schemeOf(port: Fields): string {
  const says =
    String(port.protocol ?? '') === 'TCP' && port.number === undefined
      ? String(port.name ?? '')
      : `${port.protocol ?? port.name ?? ''}`;
  const word = says.toLowerCase();
  if (/^(tcp|mongo|mysql|redis)/.test(word)) return 'tcp';
  return /^(https|tls)/.test(word) ? 'https' : 'http';
}

/** A way in from outside through the gateway that Istio's own charts install. */
const FRONT: readonly Fields[] = [
  object('networking.istio.io/v1', 'Gateway', 'front', 'istio-system', {
    spec: {
      selector: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['front.seatrial.example'] }],
    },
  }),
  object('networking.istio.io/v1', 'VirtualService', 'front', 'istio-system', {
    spec: {
      hosts: ['front.seatrial.example'],
      gateways: ['front'],
      http: [{ route: [{ destination: { host: 'front' } }] }],
    },
  }),
  pods('front', 'istio-system', { app: 'front' }),
  object('v1', 'Service', 'front', 'istio-system', {
    spec: { selector: { app: 'front' }, ports: [{ name: 'http', port: 80 }] },
  }),
];

export function worldOf(text: string): World {
  const docs = docsOf(text);
  const of = (kind: string): Doc[] => docs.filter((one) => one.kind === kind);
  const more: Fields[] = [];
  const hasService = new Set(of('Service').map(({ name, namespace }) => `${name}.${namespace}`));
  const hasHost = new Set(of('ServiceEntry').flatMap(({ spec }) => words(spec.hosts)));
  const targets: { from: string; to: string }[] = [];
  const namespaces = new Set(docs.map(({ namespace }) => namespace));
  for (const { host, namespace, ports } of spokenOf(docs).values()) {
    const own = serviceOf(host, namespace);
    const numbers = [...new Set([80, ...ports])];
    if (own === null) {
      if (hasHost.has(host)) continue;
      hasHost.add(host);
      const spec = {
        hosts: [host],
        resolution: 'DNS',
        ports: numbers.map((number) => ({ number, name: `http-${number}`, protocol: 'HTTP' })),
      };
      more.push(object('networking.istio.io/v1', 'ServiceEntry', host, namespace, { spec }));
      targets.push({ from: namespace, to: `http://${host}/` });
      continue;
    }
    const [name, home] = own;
    namespaces.add(home);
    if (hasService.has(`${name}.${home}`)) continue;
    hasService.add(`${name}.${home}`);
    const subsets = of('DestinationRule').filter(({ spec, namespace: where }) => {
      const service = serviceOf(String(spec.host), where);
      return service !== null && service[0] === name && service[1] === home;
    });
    const labels = subsets.flatMap(({ spec }) => list(spec.subsets).map((subset) => fields(subset.labels)));
    (labels.length === 0 ? [{}] : labels).forEach((label, index) => {
      more.push(pods(`${name}-${index}`, home, { app: name, ...label }));
    });
    const spec = { selector: { app: name }, ports: numbers.map((port) => ({ name: `http-${port}`, port })) };
    more.push(object('v1', 'Service', name, home, { spec }));
    for (const port of numbers) targets.push({ from: namespace, to: `http://${name}.${home}:${port}/` });
  }
  docs.forEach(({ spec, namespace: home, kind }, index) => {
    // Nobody is injected where Istio itself runs; what stands there is for pods of all namespaces.
    const namespace = home === 'istio-system' ? 'default' : home;
    namespaces.add(namespace);
    const labels =
      at(spec, 'selector', 'matchLabels') ??
      at(spec, 'workloadSelector', 'labels') ??
      at(spec, 'workloadSelector', 'matchLabels');
    if (kind === 'Gateway' || kind === 'Deployment' || kind === 'Service' || kind === 'Namespace') return;
    const name = `selected-${index}`;
    const ports = list(spec.ingress).map((listener) => Number(at(listener, 'port', 'number')));
    const named = [...text.matchAll(/inbound\|http\|(\d+)/g)].map(([, port]) => Number(port));
    const numbers = [...new Set([8080, ...named, ...ports.filter((port) => port > 0)])];
    const service = {
      selector: { selected: name },
      ports: numbers.map((targetPort, place) => ({
        name: `http-${place}`,
        port: place === 0 ? 80 : targetPort,
        targetPort,
      })),
    };
    more.push(
      pods(name, namespace, { ...fields(labels), selected: name }),
      object('v1', 'Service', name, namespace, { spec: service }),
    );
    for (const { port } of service.ports) targets.push({ from: namespace, to: `http://${name}.${namespace}:${port}/` });
  });
  for (const { name, namespace, spec } of of('Service'))
    for (const port of list(spec.ports))
      targets.push({ from: namespace, to: `${schemeOf(port)}://${name}.${namespace}:${port.port}` });
  for (const { namespace, spec } of of('ServiceEntry'))
    for (const host of words(spec.hosts))
      for (const port of list(spec.ports))
        targets.push({ from: namespace, to: `${schemeOf(port)}://${host.replace('*', 'probe')}:${port.number}` });
  const outside = of('Gateway').flatMap(({ spec }) =>
    list(spec.servers).flatMap((server) =>
      words(server.hosts).map((host) => {
        const bound = of('VirtualService')
          .flatMap((one) => words(one.spec.hosts))
          .find((own) => !own.includes('*') && own.includes('.'));
        const asked = host
          .replace(/^.*\//, '')
          .replace(/^\*\./, 'probe.')
          .replace('*', bound ?? 'probe.example.com');
        return `${schemeOf(fields(server.port))}://${asked}:${at(server, 'port', 'number')}`;
      }),
    ),
  );
  more.push(...FRONT);
  outside.push('http://front.seatrial.example/');
  const given = new Set(of('Namespace').map(({ name }) => name));
  for (const name of namespaces) {
    if (!given.has(name))
      more.push({
        ...object('v1', 'Namespace', name, '', {}),
        metadata: { name, labels: { 'istio-injection': 'enabled' } },
      });
    more.push(pods('prober', name, { app: 'prober' }));
  }
  const requests = requestsFor(docs);
  const traffic = [
    ...outside.map((to) => ({ to })),
    ...[...new Map(targets.map((one) => [JSON.stringify(one), one])).values()].map(({ from, to }) => ({
      from: `prober.${from}`,
      to,
    })),
  ].slice(0, MAX_SOURCES);
  const spec = {
    zones: ['r1/a', 'r1/b', 'r2/a'],
    traffic: traffic.map((one, index) => ({
      name: `t${index}`,
      rate: '1/s',
      ...one,
      ...(/^(tcp|https)/.test(one.to) ? {} : { requests }),
    })),
  };
  return {
    more: more.map((one) => stringify(one)).join('---\n'),
    scenario: stringify({ apiVersion: 'seatrial.dev/v1alpha1', kind: 'Scenario', metadata: { name: 'fields' }, spec }),
  };
}
