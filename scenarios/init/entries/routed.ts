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
import { withDelegates } from '../../../models/plan/routes/delegate.js';
import { Findings } from '../../../models/plan/terms/findings.js';
import type { LeftOut } from '../evidence.js';
import type { Survey } from '../survey.js';
import type { Service } from '../surveyed.js';
import type { EntryRequest } from './entry.js';
import { type Asked, asksFor, hasExpression, samplesOf } from './sample-request.js';

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
  const { http, dropped } = withDelegates(virtualService, all, new Findings());
  const reached = (match: HttpMatch): boolean =>
    match.gateways.length === 0 || match.gateways.some((gateway) => gateways.includes(gateway));
  const found = http
    .map(({ route, owner }) => ({ route, owner, matches: route.match.filter(reached) }))
    .filter(({ route, matches }) => route.match.length === 0 || matches.length > 0)
    .map(({ route, owner, matches }) => ({ route, matches, ...destinationsOf(route, owner.namespace, survey) }));
  const others = [...spec.tls, ...spec.tcp].map(({ route }) =>
    lookUp(
      route.map(({ destination }) => destination),
      namespace,
      survey,
    ),
  );
  const asked = found.map((rule, index) => {
    const before = found.slice(0, index).map(({ matches }) => matches);
    return { rule, ...requestsOf(rule, before) };
  });
  const requests = asked.flatMap((own) => own.requests);
  const destinations = new Set(requests.map(({ destination }) => destination));
  const unasked = asked.filter(
    ({ rule: { services, key, route } }) => services.length > 0 && route.redirect === null && !destinations.has(key),
  );
  const services = [...found, ...others].flatMap((own) => own.services);
  const missing = dropped.flatMap(({ path: [, , index], own }) => {
    const delegate = spec.http[Number(index)]?.delegate;
    return own === null && delegate != null ? [`VirtualService ${delegate.name}`] : [];
  });
  return {
    requests,
    services: [...new Set(services)],
    absent: [...new Set([...missing, ...[...found, ...others].flatMap((own) => own.absent)])],
    leftOut: unasked.map(
      ({
        rule: {
          services: [service],
        },
        isShadowed,
      }) => ({
        text: isShadowed
          ? `${kind} ${name}: a rule before it takes the requests for ${service!.name}`
          : `${kind} ${name}: no simple request leads to ${service!.name}, a regular expression or a condition that init does not read says which do`,
        at: source.at(['spec']),
      }),
    ),
  };
}

interface Found extends Destinations {
  readonly route: HttpRoute;
  /** Those of its matches that hold at the door; none: it takes everything. */
  readonly matches: readonly HttpMatch[];
}

/** Requests that the rule gets, one a match: those of which rules before it take none. */
function requestsOf(
  { route, matches, services, absent, key }: Found,
  before: readonly (readonly HttpMatch[])[],
): { readonly requests: readonly EntryRequest[]; readonly isShadowed: boolean } {
  if (route.redirect !== null || (services.length === 0 && absent.length > 0))
    return { requests: [], isShadowed: false };
  const isFree = (asked: Asked): boolean => !before.some((rule) => asksFor(rule, asked));
  // What is written is a better guess than what a regular expression may mean.
  const plainFirst = [...matches].sort((a, b) => Number(hasExpression(a)) - Number(hasExpression(b)));
  const samples = (matches.length === 0 ? [null] : plainFirst).map(samplesOf);
  const free = samples.flatMap((own) => own.find(isFree) ?? []);
  return {
    requests: free.map((asked) => ({ ...asked, service: services[0] ?? null, destination: key })),
    isShadowed: free.length === 0 && samples.some((own) => own.length > 0),
  };
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
