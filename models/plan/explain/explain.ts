// One request, compiled as a scenario of its own, and the way that the plan has for it told hop by hop. Nothing is matched or chosen here: the plan
// decides, its trace says how.

import type { Diagnostic, FidelityEntry } from '../../config/diagnostic.js';
import type { ResourceSet } from '../../config/load.js';
import { compilePlan } from '../compile.js';
import { meshesOf } from '../contract/meshes.js';
import { type CallSitePlan, type DestinationPlan, type MeshPlan, NONE, type RoutePlan } from '../contract/plan.js';
import type { MeshParts } from '../graph/mesh-parts.js';
import { PlanTrace } from '../graph/plan-trace.js';
import { serviceNames } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import { CORS_PREFLIGHT } from '../routes/cors.js';
import type { RouteDecision } from '../routes/route-decision.js';
import type { RouteTrace } from '../routes/trace.js';
import type { Candidate, VirtualService } from '../routes/virtual-service.js';
import type { BehaviourSpec, NamedBehaviour, PlanInput } from '../settings/input.js';
import type { RequestClass } from '../terms/request-class.js';
import { askedRetries } from '../terms/retry-headers.js';
import { destinationView, type Explaining } from './destination.js';
import { eventOf } from './events.js';
import type { Answer, Explanation, HeaderChange, Hop, Origin, Place, RouteView, Rule } from './explanation.js';
import { fidelityOf } from './fidelity.js';
import { walkFilters } from './filters.js';
import { linkerdOrigins, linkerdRules } from './linkerd.js';
import { listenerOf, virtualHostOf } from './listener.js';
import { nothing, ofHeader, ofIstio, ofRelease, ofRouteField } from './origin.js';
import { outcomesOf } from './outcomes.js';
import { ownReply } from './reply.js';
import { requestView } from './request.js';
import { inertTokens } from './retry-tokens.js';
import { resourceName, rulesOf } from './rules.js';

/** The request that somebody asks about. */
export interface Question {
  /** `web.shop`, or null: from outside. */
  readonly from: string | null;
  /** URL as the client dials it; its path counts. */
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The release of Istio is a default of ours. */
  readonly isVersionAssumed: boolean;
}

export interface ExplainResult {
  /** null where a diagnostic is an error. */
  readonly explanation: Explanation | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** The file of diagnostics about the question itself. */
export const COMMAND_LINE = '(command line)';

/** @param base what the YAML and perhaps a scenario say; its traffic does not count. */
export function explainPath(base: PlanInput, question: Question): ExplainResult {
  const trace = new PlanTrace();
  const { plan, diagnostics, fidelity } = compilePlan(inputFor(base, question), trace);
  if (plan === null || trace.made === null) return { explanation: null, diagnostics };
  const refused = question.from === null ? null : (gatewayAsCaller(trace) ?? severalCallers(question.from, trace.made));
  if (refused !== null) return { explanation: null, diagnostics: [...diagnostics, refused] };
  const all = [...base.resources.fidelity, ...fidelity];
  const explanation = explanationOf(plan, trace, trace.made, question, all);
  return { explanation: { ...explanation, fidelity: withRefused(explanation.fidelity, base.resources) }, diagnostics };
}

/** What a cluster would refuse might have been on the way: each such object is in the list. */
function withRefused(told: Explanation['fidelity'], { rejected, fidelity }: ResourceSet): Explanation['fidelity'] {
  const places = new Set(rejected.map(({ source }) => JSON.stringify(source.at([]))));
  const refused = fidelity.filter(({ path, position }) => path === '' && places.has(JSON.stringify(position)));
  return [...refused, ...told.filter((entry) => !refused.includes(entry))];
}

/** The base with this one request as its traffic, and applications that call nobody. */
function inputFor(base: PlanInput, { from, to, method, path, headers }: Question): PlanInput {
  const at = { file: COMMAND_LINE, line: 1, column: 1 };
  const { defaults, services, workloads } = base.behaviour;
  const silent = (named: readonly NamedBehaviour[]): NamedBehaviour[] =>
    named.map((behaviour) => ({ ...behaviour, spec: withoutCalls(behaviour.spec) }));
  return {
    ...base,
    behaviour: { defaults: withoutCalls(defaults), services: silent(services), workloads: silent(workloads) },
    traffic: [
      {
        name: 'outside',
        at,
        to,
        toAt: at,
        from,
        fromAt: at,
        arrival: { kind: 'open', process: 'poisson', profile: [{ atNs: 0, ratePerSecond: 1 }] },
        requests: [{ name: 'request', at, weight: 1, method, path, headers, timeoutNs: 0 }],
      },
    ],
  };
}

/** A gateway makes no calls of its own. */
function gatewayAsCaller({ routes }: PlanTrace): Diagnostic | null {
  const caller = routes.first()?.caller;
  if (caller?.kind !== 'gateway') return null;
  return {
    code: 'caller-is-a-gateway',
    severity: 'error',
    position: { file: COMMAND_LINE, line: 1, column: 1 },
    message: `${fullName(caller)} is a gateway: it passes on what comes in, and calls nobody by itself`,
    hint: 'ask with --from outside',
  };
}

/** A service's name means its workload; where there are several of them, they may take different ways. */
function severalCallers(name: string, { parts, workloads }: NonNullable<PlanTrace['made']>): Diagnostic | null {
  if (workloads.named(name).length > 0) return null;
  const pods = parts.registry.services
    .filter((service) => serviceNames(service).includes(name))
    .flatMap(({ endpoints }) => endpoints.map(({ workload }) => fullName(workload)));
  const names = [...new Set(pods)];
  if (names.length < 2) return null;
  return {
    code: 'ambiguous-name',
    severity: 'error',
    position: { file: COMMAND_LINE, line: 1, column: 1 },
    message: `${name} is a service of several workloads: ${names.join(', ')}`,
    hint: `write one of them, e.g. --from ${names[0]}`,
  };
}

function withoutCalls(spec: BehaviourSpec): BehaviourSpec {
  return { ...spec, steps: [], errors: [], operations: [] };
}

function explanationOf(
  plan: MeshPlan,
  trace: PlanTrace,
  { parts, workloads }: NonNullable<PlanTrace['made']>,
  { from, to, isVersionAssumed }: Question,
  fidelity: readonly FidelityEntry[],
): Explanation {
  // Breadth first from the site of the traffic; a gateway's handler goes on with the site of its only call.
  const order: number[] = [plan.traffic[0]!.requests[0]!.site];
  const nextHop = (handler: number): number | null => {
    const step = plan.handlers[handler]?.program[0];
    if (step?.kind !== 'call') return null;
    const known = order.indexOf(step.site);
    return known >= 0 ? known : order.push(step.site) - 1;
  };
  const explaining: Explaining = { plan, parts, workloads: workloads.byNumber((workload) => workload), nextHop };
  const hops: Hop[] = [];
  for (let next = 0; next < order.length; next++) {
    const site = order[next]!;
    hops.push(hopOf(plan.sites[site]!, trace.routes.get(site)!, explaining));
  }
  const caller = trace.routes.get(order[0]!)!.caller;
  return {
    schema: 'seatrial.explain/1',
    istioVersion: plan.istioVersion,
    meshes: meshesOf(plan),
    ...(plan.assumedMesh === null ? {} : { assumedMesh: plan.assumedMesh }),
    isVersionAssumed,
    from: from === null ? 'outside' : fullName(caller),
    to,
    hops,
    outcomes: outcomesOf(hops),
    fidelity: fidelityOf(hops, fidelity),
  };
}

function fullName({ name, namespace }: Workload): string {
  return namespace === '' ? name : `${name}.${namespace}`;
}

function hopOf(site: CallSitePlan, trace: RouteTrace, explaining: Explaining): Hop {
  const { caller, request } = trace;
  const { plan, parts } = explaining;
  const listener = listenerOf(trace);
  return {
    proxy: {
      kind: proxyKind(caller),
      workload: fullName(caller),
      pods: plan.workloads[caller.index]!.podLocalities.length,
      place: caller.kind === 'client' ? null : { resource: caller.resource, position: caller.position },
    },
    request: requestView(request),
    listener,
    virtualHost: virtualHostOf(trace, parts.virtualServices),
    rules: rules(trace),
    route: routeView(site.route, trace, explaining),
  };
}

function proxyKind({ kind, hasSidecar, linkerd, ambient }: Workload): Hop['proxy']['kind'] {
  if (kind === 'gateway' || kind === 'waypoint') return kind;
  if (ambient === true) return 'ztunnel';
  return linkerd !== undefined ? 'linkerd' : hasSidecar ? 'sidecar' : 'none';
}

/** The routes that were looked at; for connections without HTTP the rule that took it. */
function rules(trace: RouteTrace): Rule[] {
  const ofLinkerd = linkerdRules(trace);
  if (ofLinkerd !== null) return ofLinkerd;
  const opaque = eventOf(trace, 'opaque-rules');
  if (opaque?.virtualService != null && opaque.rule !== null) {
    const { resource } = opaque.virtualService;
    const { kind, index } = opaque.rule;
    return [
      {
        name: `${resource.namespace}/${resource.name}#${kind}${index}`,
        verdict: 'chosen',
        place: { resource: resourceName(resource), position: resource.source.at(['spec', kind, index]) },
        root: null,
        failure: null,
      },
    ];
  }
  const tried = eventOf(trace, 'routes');
  if (tried === null) return [];
  const several = eventOf(trace, 'gateway-host') ?? eventOf(trace, 'waypoint');
  const owner = eventOf(trace, 'owner')?.virtualService ?? null;
  const owners: readonly VirtualService[] = several !== null ? several.virtualServices : owner === null ? [] : [owner];
  return rulesOf(owners, tried, trace.request, several?.kind === 'gateway-host');
}

function routeView(route: RoutePlan, trace: RouteTrace, explaining: Explaining): RouteView {
  const { plan } = explaining;
  const { caller, request } = trace;
  const selected = eventOf(trace, 'routes')?.selected ?? null;
  const { answer, ...walk } = walkFilters(route.filters, route.fault, plan, (status, flag) =>
    ownReply(status, flag, caller, request),
  );
  const decision = trace.decision!;
  const origins =
    trace.caller.linkerd === undefined
      ? originsOf(route, selected, trace, explaining.parts)
      : linkerdOrigins(trace, decision);
  return {
    name: route.name,
    place: placeOf(route, selected ?? eventOf(trace, 'linkerd-routes')?.selected ?? null),
    timeout: { ns: route.timeoutNs, origin: origins.timeout },
    retry: { policy: route.retry, origin: origins.retry, inert: inertOf(route, selected, request, plan) },
    fault:
      route.fault === null || selected === null
        ? null
        : { ...route.fault, origin: ofRouteField(selected, 'fault', 'fault') },
    ...walk,
    responseHeaders: selected === null ? [] : responseHeaders(selected),
    answer: answer ?? (route.action.kind === 'respond' ? answerOf(route.action, trace) : null),
    // What a filter answers goes nowhere.
    ...(answer === null ? targets(route, decision, trace, explaining) : { destinations: [], mirrors: [] }),
  };
}

/** Of the words that somebody has written. */
function inertOf(
  { retry, action }: RoutePlan,
  selected: Candidate | null,
  request: RequestClass,
  { clusters }: MeshPlan,
): RouteView['retry']['inert'] {
  const words = selected?.route.retries?.retryOn ?? null;
  if (words === null || retry === null || retry.retries === 0 || action.kind === 'respond') return [];
  const protocols = action.destinations.flatMap(({ cluster }) =>
    cluster === NONE ? [] : [clusters[cluster]!.protocol],
  );
  return inertTokens(words, request, protocols);
}

/** envoy: source/common/router/header_parser.cc (evaluateHeaders): removed, then added and set. */
function responseHeaders({ route, owner, path }: Candidate): HeaderChange[] {
  const { set, add, remove } = route.headers.response;
  const change = (operation: HeaderChange['operation'], name: string, value: string, key: string | number) => ({
    operation,
    name,
    value,
    place: {
      resource: resourceName(owner),
      position: owner.source.at([...path, 'headers', 'response', operation, key]),
    },
  });
  return [
    ...remove.map((name, index) => change('remove', name, '', index)),
    ...Object.entries(add).map(([name, value]) => change('add', name, value, name)),
    ...Object.entries(set).map(([name, value]) => change('set', name, value, name)),
  ];
}

function placeOf({ position, name }: RoutePlan, selected: Candidate | null): Place | null {
  if (position === null) return null;
  return { resource: selected === null ? name : resourceName(selected.owner), position };
}

function targets(
  { action }: RoutePlan,
  decision: RouteDecision,
  { caller, request }: RouteTrace,
  explaining: Explaining,
): Pick<RouteView, 'destinations' | 'mirrors'> {
  if (action.kind === 'respond' || decision.action.kind === 'respond') return { destinations: [], mirrors: [] };
  const { targets: aims, mirrors } = decision.action;
  const total = action.destinations.reduce((sum, { weight }) => sum + weight, 0);
  const view = (index: number, destination: DestinationPlan) =>
    destinationView(aims[index]!, destination, destination.weight / total, caller, request, explaining);
  return {
    destinations: action.destinations.map((destination, index) => view(index, destination)),
    mirrors: action.mirrors.map(({ probability, destination }, index) => ({
      ...destinationView(mirrors[index]!.target, destination, 0, caller, request, explaining),
      probability,
    })),
  };
}

const RETRY_HEADERS = [
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
  'x-envoy-max-retries',
  'x-envoy-retriable-status-codes',
];
const ROUTE_SOURCE = 'istio: pilot/pkg/networking/core/route/route.go';

function originsOf(
  route: RoutePlan,
  selected: Candidate | null,
  { request, caller }: RouteTrace,
  { release }: MeshParts,
): { readonly timeout: Origin; readonly retry: Origin } {
  const isSidecar = caller.kind !== 'gateway' && caller.kind !== 'waypoint';
  const isHttp = route.retry !== null || selected !== null || route.name === 'default';
  if (!isHttp) {
    const why = nothing('no proxy routes HTTP here');
    return { timeout: why, retry: why };
  }
  const asked = ofHeader(request, [
    ...(isSidecar ? ['x-envoy-upstream-rq-timeout-ms'] : []),
    ...(request.grpc ? ['grpc-timeout'] : []),
  ]);
  const ofRoute =
    selected === null || selected.route.timeoutNs === null
      ? ofIstio(ROUTE_SOURCE, release)
      : ofRouteField(selected, 'timeoutNs', 'timeout');
  const retryOfRoute =
    selected === null || selected.route.retries === null
      ? ofRelease('defaultRetryStatuses', release)
      : ofRouteField(selected, 'retries', 'retries');
  const asksRetries = isSidecar && askedRetries(request) !== undefined ? ofHeader(request, RETRY_HEADERS) : null;
  return { timeout: asked ?? ofRoute, retry: asksRetries ?? retryOfRoute };
}

function answerOf({ status, flag }: { status: number; flag: string }, trace: RouteTrace): Answer {
  const { caller, request } = trace;
  return {
    status: ownReply(status, flag, caller, request),
    flag,
    why: whyAnswered(status, flag, trace),
    decidedBy: null,
  };
}

/** Routes of `outboundTrafficPolicy: REGISTRY_ONLY` (istio: pilot/pkg/networking/util/util.go). */
const UNKNOWN_TO_PROXY: readonly string[] = ['block_all', 'BlackHoleCluster'];

function whyAnswered(status: number, flag: string, trace: RouteTrace): string {
  const servers = eventOf(trace, 'servers');
  const tried = eventOf(trace, 'routes');
  if (servers?.taken?.how === 'redirect') return 'the server of the Gateway redirects to https';
  if (servers !== null && servers.servers.length === 0) return 'no Gateway has a server on this port';
  const ofLinkerd = eventOf(trace, 'linkerd-routes');
  const selected = tried?.selected ?? ofLinkerd?.selected ?? null;
  if (selected !== null) {
    if (selected.route.redirect !== null) return 'the route redirects';
    if (selected.route.directResponse !== null) return 'the route answers by itself';
    if (trace.decision?.name === CORS_PREFLIGHT) return 'the proxy answers preflights of this origin itself (CORS)';
    return 'the route has no destination with a weight';
  }
  if (tried !== null && tried.candidates.length > 0) return 'no route of the virtual host matches';
  if (trace.decision?.name.startsWith('EgressNetwork '))
    return `${trace.decision.name} lets nothing out of the cluster that no route at it names`;
  if (ofLinkerd !== null) return 'no route at the Service matches';
  if (UNKNOWN_TO_PROXY.includes(trace.decision?.name ?? '')) {
    const why = 'the proxy does not know the host, and lets nothing out that it does not know (REGISTRY_ONLY)';
    return status === 0 ? `${why}: it closes the connection` : why;
  }
  if (flag !== 'NR') return 'the proxy answers';
  return eventOf(trace, 'opaque-rules') !== null
    ? 'no rule takes the connection'
    : 'no virtual host has a route for it';
}
