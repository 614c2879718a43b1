// The closure of everything that traffic can reach: from each request over the routes to handlers, over their calls to more
// routes. Call sites, handlers, edges and rows come into being once each, in the order in which they are met.
import { CALL_DEPTH_MAX, HANDLERS_MAX } from '../../bounds.js';
import type { SourcePosition } from '../../config/diagnostic.js';
import { CheckedClusters } from '../clusters/checked-clusters.js';
import {
  CALLER_IDLE_NS,
  type CallerConnectionsPlan,
  directConnections,
  proxiedConnections,
} from '../contract/caller-connections.js';
import {
  BODY_OF_CALL,
  type CallSitePlan,
  type HandlerPlan,
  NONE,
  type RoutePlan,
  type StepPlan,
} from '../contract/plan.js';
import type { SiteSources } from '../contract/sources.js';
import { principalOf } from '../filters/identity.js';
import { patchedConnections } from '../filters/tcp-merge.js';
import type { Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import { type Dialer, Directory } from '../routes/dial.js';
import type { RouteDecision, Target } from '../routes/route-decision.js';
import { NO_SITE_SOURCES } from '../routes/site-sources.js';
import { expandHost } from '../terms/host.js';
import type { Numbering } from '../terms/numbering.js';
import { authorityHost, type RequestClass, requestLabel } from '../terms/request-class.js';
import { type Decided, Decisions, type Sending } from './decisions.js';
import { Destinations } from './destinations.js';
import { noteExternal } from './graph-notes.js';
import type { Peer } from './http-filters.js';
import type { MeshParts } from './mesh-parts.js';
import { behaviourFor, compileSteps } from './programs.js';
import { Rows } from './rows.js';

interface PendingHandler {
  readonly index: number;
  readonly workload: Workload;
  readonly request: RequestClass;
  readonly port: number;
  /** What a waypoint is to route; null elsewhere. */
  readonly service: Service | null;
  /** Who asks a waypoint or a gateway that tells callers apart; null elsewhere. */
  readonly peer: Peer | null;
  /** Calls between the traffic and this handler, on the shortest way. */
  readonly depth: number;
}

/** A site and who wrote what it does. */
interface Site {
  readonly plan: CallSitePlan;
  readonly sources: SiteSources;
}

export class Graph {
  readonly rows: Rows;
  readonly sites: CallSitePlan[] = [];
  /** Where the scenario makes the call of each site. */
  readonly sitePositions: (SourcePosition | null)[] = [];
  /** Who wrote what the sites do. */
  readonly siteSources: SiteSources[] = [];
  readonly handlers: HandlerPlan[] = [];
  readonly handlerWorkloads: Workload[] = [];
  readonly directory: Directory;
  /** The clusters whose endpoints are checked actively. */
  readonly checked: CheckedClusters;
  /** Where requests can arrive. */
  readonly destinations: Destinations;
  private readonly decisions: Decisions;
  private readonly pending: PendingHandler[] = [];
  /** Depth of the handlers that are met now. */
  private depth = 1;

  constructor(
    private readonly parts: MeshParts,
    private readonly numbering: Numbering,
  ) {
    this.rows = new Rows(numbering);
    this.decisions = new Decisions(parts);
    this.checked = new CheckedClusters(parts.clusters.plans);
    this.destinations = new Destinations(
      parts,
      numbering,
      this.rows,
      this.decisions,
      this.checked,
      (workload, target, from) => this.handler(workload, target, from),
    );
    this.directory = new Directory(
      parts.registry,
      parts.gateways,
      parts.virtualServices,
      parts.outside,
      parts.findings,
    );
  }

  /** The site of a request; it is routed here and now. */
  site(sending: Sending): number {
    const { caller, dial, request, label, fromName } = sending;
    // What is dialed has the same name whether or not there is such a service.
    const target = dial.kind === 'service' ? dial.service.host : expandHost(dial.host, caller.namespace);
    const known = this.numbering.classes.number(request);
    const key = ['call', caller.index, fromName, label, target, dial.port, known].join(' ');
    return this.internSite(key, sending.at, (site) => {
      const waypoint = this.waypointFor(sending);
      const toName =
        waypoint !== null
          ? waypoint.name
          : dial.kind === 'service'
            ? this.parts.registry.displayName(dial.service)
            : dial.kind === 'gateway'
              ? dial.entry.workloads[0]!.name
              : dial.host;
      const edge = this.rows.edge(caller.index, fromName, toName);
      return this.sitePlan(caller, fromName, edge, label, request, this.decisions.ofCaller(sending, waypoint, site));
    });
  }

  /** Compiles the programs of all handlers that are waiting, and of those that these reach. False: there are too many. */
  complete(): boolean {
    for (let next = 0; next < this.pending.length; next++) {
      const handler = this.pending[next]!;
      if (this.pending.length > HANDLERS_MAX || handler.depth > CALL_DEPTH_MAX) {
        this.tooMany(handler);
        return false;
      }
      this.depth = handler.depth + 1;
      this.compileHandler(handler);
    }
    return true;
  }

  private tooMany({ workload, request }: PendingHandler): void {
    this.parts.findings.error(
      'too-many-request-classes',
      workload.position,
      `requests reach more than ${HANDLERS_MAX} combinations of workload and request class, or go through more than ${CALL_DEPTH_MAX} services one after the other; the last is ${requestLabel(request)} at ${workload.name}`,
      'a header that is added, or a path that grows, each time round a loop of calls makes ever new classes',
    );
  }

  private internSite(key: string, at: SourcePosition | null, make: (site: number) => Site): number {
    const number = this.numbering.sites.of(key);
    if (this.sites[number] !== undefined) return number;
    const { plan, sources } = make(number);
    this.sites[number] = plan;
    this.siteSources[number] = sources;
    this.sitePositions[number] = at;
    return number;
  }

  /** The waypoint that a call of an ambient pod goes through. */
  private waypointFor({ caller, dial }: Sending): Workload | null {
    return caller.ambient === true && dial.kind === 'service' ? this.parts.waypoints.of(dial.service) : null;
  }

  private sitePlan(
    caller: Workload,
    fromName: string,
    edge: number,
    label: string,
    request: RequestClass,
    { decision, filters, timers }: Decided,
  ): Site {
    const plan: CallSitePlan = {
      caller: caller.index,
      edge,
      request: label,
      grpc: request.grpc,
      route: {
        ...this.routePlan(caller, fromName, edge, label, decision),
        ...timers,
        ...(filters === null ? {} : { filters }),
      },
      ...(request.bodyBytes === undefined ? {} : { requestBytes: request.bodyBytes }),
    };
    return { plan, sources: decision.sources ?? NO_SITE_SOURCES };
  }

  private routePlan(
    caller: Workload,
    fromName: string,
    edge: number,
    label: string,
    decision: RouteDecision,
  ): RoutePlan {
    const { name, position, fault, timeoutNs, retry, action } = decision;
    // Istio sets neither a stream's longest duration nor its idle time-out (istio: pilot/pkg/networking/core/listener_builder.go).
    const common = { name, position, fault, timeoutNs, retry, maxStreamDurationNs: 0, streamIdleTimeoutNs: 0 };
    if (action.kind === 'respond') {
      const row = this.rows.row(edge, label, NONE);
      return { ...common, action: { kind: 'respond', status: action.status, flag: action.flag, row } };
    }
    const connections = this.connections(caller, decision, action.targets);
    return {
      ...common,
      action: {
        kind: 'forward',
        destinations: action.targets.map((target) =>
          this.destinations.of(caller, fromName, label, target, action.targets),
        ),
        mirrors: action.mirrors.map((mirror) => ({
          probability: mirror.probability,
          destination: this.destinations.of(caller, fromName, label, mirror.target, []),
        })),
      },
      ...(connections === null ? {} : { connections }),
      ...(isPastProxy(action.targets) ? { skipsProxy: true as const } : {}),
    };
  }

  /** Null where a proxy chooses for each request. */
  private connections(
    caller: Workload,
    decision: RouteDecision,
    targets: readonly Target[],
  ): CallerConnectionsPlan | null {
    // Those in ambient mode have a balancer for connections of their own.
    if (caller.kind === 'gateway' || caller.kind === 'waypoint' || caller.ambient === true) return null;
    const opaque = decision.opaque === true;
    const direct = isPastProxy(targets);
    if (caller.linkerd !== undefined && !direct && !opaque) return null;
    const idleNs = this.parts.behaviours.of(caller).connections?.idleNs ?? CALLER_IDLE_NS;
    const isClient = caller.kind === 'client';
    if (isClient || direct || !(caller.hasSidecar || caller.linkerd !== undefined))
      return directConnections(opaque, isClient, idleNs);
    const [first] = targets;
    if (!opaque || first === undefined) return null;
    const pool = this.parts.clusters.wholePool(first, this.decisions.clientView(caller));
    return patchedConnections(proxiedConnections(pool, idleNs), decision);
  }

  /** What a workload does with a class. Applications do not look at the authority, the query and the body; gateways pass them on. */
  private handler(workload: Workload, target: Target, from: Peer): number {
    const isGateway = workload.kind === 'gateway';
    const port = !isGateway
      ? 0
      : (target.entry?.listenerPort ?? this.parts.gateways.listenerPort(workload, target.port));
    const service = workload.kind === 'waypoint' ? target.service : null;
    const request: RequestClass =
      isGateway || service !== null
        ? target.request
        : withoutBody({ ...target.request, scheme: 'http', authority: '', query: '' });
    const servicePort = service === null ? '' : ` ${service.host} ${target.port}`;
    const peer = target.entry === null ? this.parts.filters.toldApart(workload, from) : null;
    const known = this.numbering.classes.number(request);
    const index = this.numbering.handlers.of(`${workload.index} ${port} ${known}${servicePort}${askingOf(peer)}`);
    if (this.handlers[index] !== undefined) return index;
    noteExternal(workload, this.parts.findings);
    this.handlers[index] = {
      workload: workload.index,
      request: requestLabel(request),
      operation: 'default',
      program: [],
      errors: [],
    };
    this.handlerWorkloads[index] = workload;
    this.pending.push({
      index,
      workload,
      request,
      port: service === null ? port : target.port,
      service,
      peer,
      depth: this.depth,
    });
    return index;
  }

  /** How the applications of a workload find what they dial. */
  dialerOf(workload: Workload): Dialer {
    const { namespace, hasSidecar } = workload;
    const blocksUnknown = hasSidecar && this.parts.scopes.of(workload).outbound === 'REGISTRY_ONLY';
    return { namespace, hasSidecar, blocksUnknown };
  }

  private compileHandler({ index, workload, request, port, service, peer }: PendingHandler): void {
    if (workload.kind === 'gateway' || service !== null) {
      const site =
        service === null
          ? this.gatewaySite(workload, peer, request, port)
          : this.waypointSite(workload, service, peer, request, port);
      const call: StepPlan = { kind: 'call', site, timeoutNs: 0, retries: 0, onError: 'pass', failStatus: 503 };
      this.handlers[index] = { ...this.handlers[index]!, program: [call], responseBytes: BODY_OF_CALL };
      return;
    }
    const { operation, steps, errors, responseBytes } = behaviourFor(this.parts.behaviours.of(workload), request);
    const dialer = this.dialerOf(workload);
    const program = compileSteps(steps, request, (call, outgoing) => {
      const dial = this.directory.resolve(call.to, call.at, dialer);
      if (dial === null) return null;
      const sent = outgoing(dial);
      return this.site({
        caller: workload,
        fromName: this.parts.registry.displayOf(workload),
        dial,
        request: sent,
        label: requestLabel(sent),
        at: call.at,
      });
    });
    this.handlers[index] = {
      ...this.handlers[index]!,
      operation,
      program,
      errors,
      ...(responseBytes === undefined ? {} : { responseBytes }),
    };
  }

  private gatewaySite(workload: Workload, peer: Peer | null, request: RequestClass, port: number): number {
    const label = requestLabel(request);
    const known = this.numbering.classes.number(request);
    const key = `gateway ${workload.index} ${port} ${known}${askingOf(peer)}`;
    return this.internSite(key, null, (site) => {
      const decided = this.decisions.ofGateway(workload, peer, request, port, site);
      const { action } = decided.decision;
      const first = action.kind === 'forward' ? action.targets[0] : undefined;
      const toName = first === undefined ? authorityHost(request.authority) : this.destinations.nameOf(first);
      const edge = this.rows.edge(workload.index, workload.name, toName);
      return this.sitePlan(workload, workload.name, edge, label, request, decided);
    });
  }

  private waypointSite(
    workload: Workload,
    service: Service,
    peer: Peer | null,
    request: RequestClass,
    port: number,
  ): number {
    const label = requestLabel(request);
    const known = this.numbering.classes.number(request);
    const key = `waypoint ${workload.index} ${service.host} ${port} ${known}${askingOf(peer)}`;
    return this.internSite(key, null, (site) => {
      const decided = this.decisions.ofWaypoint(workload, service, peer, request, port, site);
      const edge = this.rows.edge(workload.index, workload.name, this.parts.registry.displayName(service));
      return this.sitePlan(workload, workload.name, edge, label, request, decided);
    });
  }
}

/** What tells callers of one place apart, where it does; '' elsewhere. */
function askingOf(peer: Peer | null): string {
  if (peer === null) return '';
  return ` from ${principalOf(peer.workload)}${peer.mutualTls ? '' : ' without mTLS'}`;
}

/** Connections go past the proxy of their caller by the port that is dialed: all of a route, or none. */
function isPastProxy(targets: readonly Target[]): boolean {
  return targets.some(({ skipsProxy }) => skipsProxy === true);
}

function withoutBody({ bodyBytes: _, ...request }: RequestClass): RequestClass {
  return request;
}
