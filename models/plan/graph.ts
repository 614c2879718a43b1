// The closure of everything that traffic can reach: from each request over the routes to handlers, over their calls to more
// routes. Call sites, handlers, edges and rows come into being once each, in the order in which they are met.
import type { SourcePosition } from '../config/diagnostic.js';
import type { Behaviours } from './behaviour.js';
import type { ClientView, Clusters } from './clusters.js';
import { type Dial, type Dialer, Directory } from './dial.js';
import type { Findings } from './findings.js';
import { gatewayRoute } from './gateway-route.js';
import type { Gateways } from './gateways.js';
import { CLUSTER_DOMAIN } from './host.js';
import type { MeshSettings } from './mesh-settings.js';
import {
  type CallSitePlan,
  type DestinationPlan,
  type HandlerPlan,
  NONE,
  type RoutePlan,
  type StepPlan,
} from './plan.js';
import { behaviourFor, compileSteps } from './programs.js';
import type { Registry } from './registry.js';
import { authorityHost, type RequestClass, RequestClasses, requestLabel } from './request-class.js';
import type { RouteContext, RouteDecision, Target } from './route-action.js';
import { Rows } from './rows.js';
import { directRoute, sidecarRoute } from './sidecar-route.js';
import type { SidecarScopes } from './sidecar-scope.js';
import type { ReleaseDefaults } from './versions.js';
import type { VirtualServices } from './virtual-service.js';
import type { Workload } from './workloads.js';

/** More handlers, or a longer chain of them, are taken for a mistake: a header or path that grows on its way round a loop. */
const MAX_HANDLERS = 20_000;
const MAX_CALL_DEPTH = 500;

/** The compiled parts that routing needs. */
export interface MeshParts {
  readonly registry: Registry;
  readonly gateways: Gateways;
  readonly virtualServices: VirtualServices;
  readonly clusters: Clusters;
  readonly behaviours: Behaviours;
  readonly release: ReleaseDefaults;
  readonly findings: Findings;
  /** Names of the numbers that requests of the traffic carry. */
  readonly attributes: ReadonlySet<string>;
  readonly mesh: MeshSettings;
  readonly scopes: SidecarScopes;
}

/** A request about to be made, and how the report calls it. */
export interface Sending {
  readonly caller: Workload;
  readonly fromName: string;
  readonly dial: Dial;
  readonly request: RequestClass;
  readonly label: string;
  readonly at: SourcePosition;
}

interface PendingHandler {
  readonly index: number;
  readonly workload: Workload;
  readonly request: RequestClass;
  readonly port: number;
  /** Calls between the traffic and this handler, on the shortest way. */
  readonly depth: number;
}

export class Graph {
  readonly rows: Rows = new Rows();
  readonly sites: CallSitePlan[] = [];
  /** Where the scenario makes the call of each site. */
  readonly sitePositions: (SourcePosition | null)[] = [];
  readonly handlers: HandlerPlan[] = [];
  readonly handlerWorkloads: Workload[] = [];
  readonly directory: Directory;
  private readonly siteNumbers = new Map<string, number>();
  private readonly handlerNumbers = new Map<string, number>();
  private readonly classes = new RequestClasses();
  private readonly pending: PendingHandler[] = [];
  /** Depth of the handlers that are met now. */
  private depth = 1;

  constructor(private readonly parts: MeshParts) {
    this.directory = new Directory(parts.registry, parts.gateways, parts.virtualServices, parts.findings);
  }

  /** The site of a request; it is routed here and now. */
  site(sending: Sending): number {
    const { caller, dial, request, label, fromName } = sending;
    const target = dial.kind === 'service' ? dial.service.host : dial.host;
    const key = [
      'call',
      caller.index,
      fromName,
      label,
      dial.kind,
      target,
      dial.port,
      this.classes.number(request),
    ].join(' ');
    return this.internSite(key, sending.at, () => {
      const toName =
        dial.kind === 'service'
          ? this.parts.registry.displayName(dial.service)
          : dial.kind === 'gateway'
            ? dial.entry.workloads[0]!.name
            : dial.host;
      const edge = this.rows.edge(caller.index, fromName, toName);
      const decision = this.decide(sending);
      return this.sitePlan(caller, fromName, edge, label, request, decision);
    });
  }

  /** Compiles the programs of all handlers that are waiting, and of those that these reach. False: there are too many. */
  complete(): boolean {
    for (let next = 0; next < this.pending.length; next++) {
      const handler = this.pending[next]!;
      if (this.handlers.length > MAX_HANDLERS || handler.depth > MAX_CALL_DEPTH) {
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
      null,
      `requests reach more than ${MAX_HANDLERS} combinations of workload and request class, or go through more than ${MAX_CALL_DEPTH} services one after the other; the last is ${requestLabel(request)} at ${workload.name}`,
      'a header that is added, or a path that grows, each time round a loop of calls makes ever new classes',
    );
  }

  private internSite(key: string, at: SourcePosition | null, make: () => CallSitePlan): number {
    const known = this.siteNumbers.get(key);
    if (known !== undefined) return known;
    const plan = make();
    const index = this.sites.length;
    this.siteNumbers.set(key, index);
    this.sites.push(plan);
    this.sitePositions.push(at);
    return index;
  }

  private decide({ caller, dial, request, at }: Sending): RouteDecision {
    if (caller.kind === 'client' || !caller.hasSidecar) {
      this.noteMissingProxy(caller, at);
      return directRoute(dial, request);
    }
    this.noteService(dial);
    const context = this.routeContext(caller, dial.port, true);
    return sidecarRoute(dial, request, caller.labels, this.parts.virtualServices, context);
  }

  private routeContext(caller: Workload, listenerPort: number, trustsHeaders: boolean): RouteContext {
    const { registry, release, findings, clusters, mesh, scopes } = this.parts;
    const client = clientView(caller);
    return {
      registry,
      release,
      findings,
      namespace: caller.namespace,
      listenerPort,
      trustsHeaders,
      mesh,
      scope: scopes.of(caller),
      isSticky: (target) => clusters.isSticky(target, client),
    };
  }

  private sitePlan(
    caller: Workload,
    fromName: string,
    edge: number,
    label: string,
    request: RequestClass,
    decision: RouteDecision,
  ): CallSitePlan {
    return {
      caller: caller.index,
      edge,
      request: label,
      grpc: request.grpc,
      route: this.routePlan(caller, fromName, edge, label, decision),
    };
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
    return {
      ...common,
      action: {
        kind: 'forward',
        destinations: action.targets.map((target) => this.destination(caller, fromName, label, target, action.targets)),
        mirrors: action.mirrors.map((mirror) => ({
          probability: mirror.probability,
          destination: this.destination(caller, fromName, label, mirror.target, []),
        })),
      },
    };
  }

  private destination(
    caller: Workload,
    fromName: string,
    label: string,
    target: Target,
    /** The destinations whose hash policies count: none for a copy. */
    route: readonly Target[],
  ): DestinationPlan {
    const { clusters, attributes } = this.parts;
    const cluster = clusters.of(target, clientView(caller));
    const hash = clusters.hashKeys(target, route, clientView(caller), attributes);
    const edge = this.rows.edge(caller.index, fromName, this.targetName(target));
    return {
      weight: target.weight,
      cluster: cluster.index,
      clusterName: cluster.name,
      arrivals: cluster.groups.map((workload) => ({
        handler: this.handler(workload, target),
        row: this.rows.row(edge, label, workload.index),
      })),
      localRow: this.rows.row(edge, label, NONE),
      ...(hash.length === 0 ? {} : { hash }),
    };
  }

  private targetName(target: Target): string {
    if (target.entry !== null) return target.entry.workloads[0]!.name;
    if (target.service !== null) return this.parts.registry.displayName(target.service);
    return target.host.replace(`.svc.${CLUSTER_DOMAIN}`, '');
  }

  /** What a workload does with a class. Applications do not look at the authority and the query; gateways route by them. */
  private handler(workload: Workload, target: Target): number {
    const isGateway = workload.kind === 'gateway';
    const port = !isGateway
      ? 0
      : (target.entry?.listenerPort ?? this.parts.gateways.targetPort(workload, target.port) ?? target.port);
    const request: RequestClass = isGateway
      ? target.request
      : { ...target.request, scheme: 'http', authority: '', query: '' };
    const key = `${workload.index} ${port} ${this.classes.number(request)}`;
    const known = this.handlerNumbers.get(key);
    if (known !== undefined) return known;
    const index = this.handlers.length;
    this.handlerNumbers.set(key, index);
    this.noteExternal(workload);
    this.handlers.push({
      workload: workload.index,
      request: requestLabel(request),
      operation: 'default',
      program: [],
      errors: [],
    });
    this.handlerWorkloads.push(workload);
    this.pending.push({ index, workload, request, port, depth: this.depth });
    return index;
  }

  /** How the applications of a workload find what they dial. */
  dialerOf(workload: Workload): Dialer {
    const { namespace, hasSidecar } = workload;
    const blocksUnknown = hasSidecar && this.parts.scopes.of(workload).outbound === 'REGISTRY_ONLY';
    return { namespace, hasSidecar, blocksUnknown };
  }

  private compileHandler({ index, workload, request, port }: PendingHandler): void {
    if (workload.kind === 'gateway') {
      const site = this.gatewaySite(workload, request, port);
      const call: StepPlan = { kind: 'call', site, timeoutNs: 0, retries: 0, onError: 'pass', failStatus: 503 };
      this.handlers[index] = { ...this.handlers[index]!, program: [call] };
      return;
    }
    const { operation, steps, errors } = behaviourFor(this.parts.behaviours.of(workload), request);
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
    this.handlers[index] = { ...this.handlers[index]!, operation, program, errors };
  }

  private gatewaySite(workload: Workload, request: RequestClass, port: number): number {
    const { gateways, virtualServices } = this.parts;
    const label = requestLabel(request);
    const key = ['gateway', workload.index, port, this.classes.number(request)].join(' ');
    return this.internSite(key, null, () => {
      const context = this.routeContext(workload, port, false);
      const decision = gatewayRoute(workload, request, gateways, virtualServices, context);
      const first = decision.action.kind === 'forward' ? decision.action.targets[0] : undefined;
      const toName = first === undefined ? authorityHost(request.authority) : this.targetName(first);
      const edge = this.rows.edge(workload.index, workload.name, toName);
      return this.sitePlan(workload, workload.name, edge, label, request, decision);
    });
  }

  private noteMissingProxy(caller: Workload, at: SourcePosition): void {
    this.parts.findings.approximated(
      caller.resource,
      '',
      caller.position ?? at,
      caller.kind === 'client'
        ? 'the client is outside of the mesh: its connections are not limited, and a random pod is chosen for each request instead of each connection'
        : 'its pods have no sidecar: kube-proxy chooses a pod for each connection, the simulation a random one for each request',
    );
  }

  private noteService(dial: Dial): void {
    if (dial.kind !== 'service') return;
    const { resource, position, discovery, source } = dial.service;
    if (dial.portInfo.protocol === 'auto') {
      this.parts.findings.approximated(
        resource,
        'spec.ports',
        position,
        `port ${dial.portInfo.number} declares no protocol: the proxy detects it, and the simulation takes it for HTTP`,
      );
    }
    if (discovery === 'original-dst' && source === 'kubernetes') {
      this.parts.findings.approximated(
        resource,
        'spec.clusterIP',
        position,
        'a headless Service is reached at the address that the client resolved; a random pod is chosen for each request instead',
      );
    }
  }

  private noteExternal(workload: Workload): void {
    if (workload.kind !== 'external') return;
    this.parts.findings.approximated(
      workload.resource,
      'spec',
      workload.position,
      `${workload.name} is outside of the cluster: it works as the scenario says, and is as far as clients outside where it has no locality`,
    );
  }
}

function clientView(caller: Workload): ClientView {
  return { namespace: caller.namespace, labels: caller.labels };
}
