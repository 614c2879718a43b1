// What a VirtualService (or a route of the Gateway API, or an Ingress) sends where: one request for each destination, and what it names that is not in
// the YAML. Rules of delegates stand in the place of the rule that hands over to them.
// istio: networking/v1/virtual_service.proto (HTTPRoute, HTTPMatchRequest, Delegate).
import type {
  Destination,
  HttpMatch,
  HttpRoute,
  RoutingKind,
  VirtualServiceSpec,
} from '../../../models/config/kinds/virtual-service.js';
import type { Resource } from '../../../models/config/resource.js';
import type { LeftOut } from '../evidence.js';
import type { Service, Survey } from '../survey.js';
import type { EntryRequest } from './entry.js';

export type VirtualService = Resource<RoutingKind, VirtualServiceSpec>;

export interface Routed {
  /** In the order of the rules; several may have one destination. */
  readonly requests: readonly EntryRequest[];
  /** Services that are there, in the order of the rules, those of TLS and TCP routes last. */
  readonly services: readonly Service[];
  /** Named as destinations, and not in the YAML. */
  readonly absent: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** `gateways`: those that requests come by, as the VirtualService writes them; `all` has the delegates. */
export function routedBy(
  virtualService: VirtualService,
  gateways: readonly string[],
  all: readonly VirtualService[],
  survey: Survey,
): Routed {
  const { spec, namespace, name, kind, source } = virtualService;
  const rules = spec.http.flatMap((rule) => withDelegate(rule, virtualService, all));
  const reached = (match: HttpMatch): boolean =>
    match.gateways.length === 0 || match.gateways.some((gateway) => gateways.includes(gateway));
  const taken = rules
    .map(({ rule, home }) => ({ rule, home, matches: rule.match.filter(reached) }))
    .filter(({ rule, matches }) => rule.match.length === 0 || matches.length > 0);
  const found = taken.map(({ rule, home, matches }) => ({ rule, matches, ...destinationsOf(rule, home, survey) }));
  const others = [...spec.tls, ...spec.tcp].map(({ route }) =>
    lookUp(
      route.map(({ destination }) => destination),
      namespace,
      survey,
    ),
  );
  const requests = found.flatMap(({ rule, matches, services, absent, key }): EntryRequest[] => {
    if (rule.redirect !== null || (services.length === 0 && absent.length > 0)) return [];
    const service = services[0] ?? null;
    if (rule.match.length === 0) return [{ method: 'GET', path: '/', headers: {}, service, destination: key }];
    return matches.flatMap((match) => requestOf(match, service, key));
  });
  const asked = new Set(requests.map(({ destination }) => destination));
  const unasked = found.filter(({ services, key }) => services.length > 0 && !asked.has(key));
  const services = [...found, ...others].flatMap((own) => own.services);
  return {
    requests,
    services: [...new Set(services)],
    absent: [
      ...new Set([...missingDelegates(virtualService, all), ...[...found, ...others].flatMap((own) => own.absent)]),
    ],
    leftOut: unasked.map(({ services: [service] }) => ({
      text: `${kind} ${name}: no simple request leads to ${service!.name}, a regular expression or a condition that init does not read says which do`,
      at: source.at(['spec']),
    })),
  };
}

interface Rule {
  readonly rule: HttpRoute;
  /** The namespace that its hosts are meant in. */
  readonly home: string;
}

function missingDelegates(virtualService: VirtualService, all: readonly VirtualService[]): string[] {
  return virtualService.spec.http.flatMap((rule) =>
    rule.delegate !== null && withDelegate(rule, virtualService, all).length === 0
      ? [`VirtualService ${rule.delegate.name}`]
      : [],
  );
}

function withDelegate(rule: HttpRoute, { namespace }: VirtualService, all: readonly VirtualService[]): Rule[] {
  const { delegate } = rule;
  if (delegate === null) return [{ rule, home: namespace }];
  const owner = delegate.namespace === '' ? namespace : delegate.namespace;
  const target = all.find((other) => other.name === delegate.name && other.namespace === owner);
  return (target?.spec.http ?? []).map((own) => ({
    rule: own.match.length === 0 ? { ...own, match: rule.match } : own,
    home: owner,
  }));
}

interface Destinations {
  readonly services: readonly Service[];
  readonly absent: readonly string[];
  /** What tells one destination from another: hosts, subsets, ports; '' for none. */
  readonly key: string;
}

function destinationsOf({ route }: HttpRoute, namespace: string, survey: Survey): Destinations {
  const weighted = route.length > 1 ? route.filter(({ weight }) => weight > 0) : route;
  const destinations = weighted.map(({ destination }) => destination);
  const key = destinations.map(({ host, subset, portNumber }) => `${host} ${subset} ${portNumber ?? ''}`).join(', ');
  return { ...lookUp(destinations, namespace, survey), key };
}

function lookUp(destinations: readonly Destination[], namespace: string, survey: Survey): Omit<Destinations, 'key'> {
  const services: Service[] = [];
  const absent: string[] = [];
  for (const { host } of destinations) {
    const found = survey.resolve(host, namespace)?.service;
    if (found?.isThere === true) services.push(found);
    else absent.push(host);
  }
  return { services, absent };
}

/** A request that the match takes; none where only a regular expression says which. */
function requestOf(match: HttpMatch, service: Service | null, destination: string): EntryRequest[] {
  const { uri, method, headers, queryParams } = match;
  if (uri?.kind === 'regex' || method?.kind === 'regex' || match.authority?.kind === 'regex') return [];
  const exact = [...Object.entries(headers), ...Object.entries(queryParams)];
  if (exact.some(([, value]) => value.kind !== 'exact')) return [];
  const path = uri === null || uri.kind === 'present' || !uri.value.startsWith('/') ? '/' : uri.value;
  const query = Object.entries(queryParams)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(wordOf(value))}`)
    .join('&');
  return [
    {
      method: method?.kind === 'exact' ? method.value : 'GET',
      path: query === '' ? path : `${path}?${query}`,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, wordOf(value)])),
      service,
      destination,
    },
  ];
}

function wordOf(match: HttpMatch['headers'][string]): string {
  return match.kind === 'present' ? '' : match.value;
}
