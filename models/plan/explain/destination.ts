// A destination of a route as the plan has it: its cluster's settings with their origins, its endpoints as callers rank them, and what is certain.
// istio: pilot/pkg/networking/core/{cluster_builder,cluster_traffic_policy,cluster_tls}.go.

import type { Decision } from '../contract/decision.js';
import {
  type ClusterPlan,
  type DestinationPlan,
  type EndpointArrivalPlan,
  type MeshPlan,
  NO_LIMIT,
  NONE,
} from '../contract/plan.js';
import { clientView } from '../graph/decisions.js';
import type { MeshParts } from '../graph/mesh-parts.js';
import { ACCRUAL } from '../linkerd/accrual.js';
import type { Workload } from '../registry/workload.js';
import type { Target } from '../routes/route-decision.js';
import type { RequestClass } from '../terms/request-class.js';
import { hasSidecarInbound } from '../tls/cluster-tls.js';
import { isByHbone, passedWaypoint } from './ambient.js';
import type { Answer, ClusterSettings, DestinationView, EndpointView, Origin, PodsView } from './explanation.js';
import { walkFilters } from './filters.js';
import { LINKERD_OWN, linkerdTlsReason } from './linkerd.js';
import { nothing, ofBlock, ofIstio, ofRelease, rulePlaces } from './origin.js';
import { hasProxy, lostReply, ownReply } from './reply.js';
import { requestView } from './request.js';

/** What the views of one plan share. */
export interface Explaining {
  readonly plan: MeshPlan;
  readonly parts: MeshParts;
  readonly workloads: readonly Workload[];
  /** The hop in which a gateway's handler goes on; null where it is no gateway. */
  nextHop(handler: number): number | null;
}

const POOL_SOURCE = 'istio: pilot/pkg/networking/core/cluster_traffic_policy.go';

export function destinationView(
  target: Target,
  destination: DestinationPlan,
  share: number,
  caller: Workload,
  request: RequestClass,
  explaining: Explaining,
): DestinationView {
  const { plan, parts } = explaining;
  const cluster = destination.cluster === NONE ? null : plan.clusters[destination.cluster]!;
  const { rule } = parts.clusters.policyOf(target, clientView(caller));
  return {
    share,
    place: target.position === null ? null : { resource: 'destination', position: target.position },
    cluster: destination.clusterName,
    service: target.service === null ? null : { resource: target.service.resource, position: target.service.position },
    rules: rulePlaces(rule, target.subset),
    waypointPassed: passedWaypoint(target, caller, parts),
    rewritten: target.request === request ? null : changedView(request, target.request),
    settings: cluster === null ? null : settingsOf(cluster, target, caller, explaining),
    endpoints: cluster === null ? [] : endpointsOf(cluster, destination.arrivals, caller.index, target, explaining),
    answer: answerOf(cluster, target, caller, request, explaining),
  };
}

function changedView(before: RequestClass, after: RequestClass): DestinationView['rewritten'] {
  const was = requestView(before);
  const is = requestView(after);
  return JSON.stringify(was) === JSON.stringify(is) ? null : is;
}

function answerOf(
  cluster: ClusterPlan | null,
  target: Target,
  caller: Workload,
  request: RequestClass,
  { parts, workloads }: Explaining,
): Answer | null {
  // Who has no proxy has no log with flags either.
  const flagOf = (flag: string): string => (hasProxy(caller) ? flag : '');
  const own = (status: number, flag: string, why: string, decidedBy: Decision | null = null): Answer => ({
    status: ownReply(status, flag, caller, request),
    flag: flagOf(flag),
    why,
    decidedBy,
  });
  if (cluster === null)
    return own(target.missingStatus, 'NC', 'the proxy has no such cluster: host, port or subset does not exist for it');
  if (cluster.groups.length === 0) {
    const what = target.subset === '' ? target.host : `the subset ${target.subset} of ${target.host}`;
    return target.via === 'linkerd'
      ? own(504, 'UH', `no pod stands behind ${what}: requests wait for one, and fail after 3 s`)
      : own(503, 'UH', `no pod stands behind ${what}`);
  }
  if (cluster.endpointTls?.some(({ reachable }) => reachable === 'yes')) return null;
  const lost = (flag: string, why: string, decidedBy: Decision | null = null): Answer => ({
    status: lostReply(caller, request),
    flag: flagOf(flag),
    why,
    decidedBy,
  });
  const unwelcome = unwelcomeAt(cluster, target, caller, parts, workloads);
  switch (cluster.reachable) {
    case 'yes':
      return null;
    case 'dropped': {
      const seconds = cluster.connectTimeoutNs / 1e9;
      const decidedBy = parts.reach.dropping(caller, workloads[cluster.groups[0]!.workload]!, target);
      const why = `network policies drop its packets: the connection times out after ${seconds} s`;
      return lost('UF', why, decidedBy);
    }
    case 'reset':
      return lost('UC', unwelcome || 'the server takes TLS only and closes connections in plain text');
    case 'denied':
      return { ...lost('UC', "the policies of the server's proxy do not let the caller connect"), status: 0 };
    case 'tls-failure': {
      const why = cluster.groups.every(({ passage }) => passage !== undefined)
        ? 'its pods are on another network, whose gateway takes no connections for it'
        : parts.clusters.policyOf(target, clientView(caller)).policy.tls?.servers === 'none-trusted'
          ? 'its BackendTLSPolicy names certificate authorities that are in no ConfigMap: Istio trusts nothing'
          : unwelcome || 'the server does not take the TLS that the client speaks';
      return lost('UF', why);
    }
  }
}

/** Why a gateway behind a cluster does not take the connection; '' where there is none, or where it does. */
function unwelcomeAt(
  cluster: ClusterPlan,
  target: Target,
  caller: Workload,
  { clusters }: MeshParts,
  workloads: readonly Workload[],
): string {
  const gateway = workloads[cluster.groups[0]!.workload]!;
  if (gateway.kind !== 'gateway' || target.entry !== null) return '';
  return clusters.welcome(target, gateway, clusters.policyOf(target, clientView(caller)).policy.tls).why;
}

function settingsOf(
  cluster: ClusterPlan,
  target: Target,
  caller: Workload,
  { parts: { clusters, release }, workloads }: Explaining,
): ClusterSettings {
  const { rule } = clusters.policyOf(target, clientView(caller));
  const from = (block: Parameters<typeof ofBlock>[2], fallback: Origin): Origin =>
    target.via === 'mesh' ? (ofBlock(rule, target, block) ?? fallback) : nothing(bypass(target));
  const panic =
    cluster.outlier === null
      ? ofRelease('panicThresholdPercent', release)
      : from('outlierDetection', nothing('outlier detection without minHealthPercent'));
  return {
    protocol: cluster.protocol,
    tls: tlsOf(target, cluster, caller, workloads, from),
    balancer: {
      ...cluster.balancer,
      origin:
        target.service?.discovery === 'original-dst' && target.via === 'mesh'
          ? nothing('the address that the client dialed is kept')
          : from('loadBalancer', ofRelease('defaultBalancer', release)),
    },
    limits: { ...cluster.limits, origin: from('connectionPool', ofIstio(POOL_SOURCE, release)) },
    retryBudget: cluster.retryBudget,
    connections: {
      connectTimeoutNs: cluster.connectTimeoutNs,
      idleTimeoutNs: cluster.idleTimeoutNs,
      maxRequests: cluster.maxRequestsPerConnection,
      maxDurationNs: cluster.maxConnectionDurationNs,
    },
    outlier: cluster.outlier,
    accrual: cluster.accrual ?? null,
    accrualOrigin: accrualOrigin(cluster, target),
    outlierOrigin: from('outlierDetection', nothing('no DestinationRule asks for it')),
    panicThresholdPercent: {
      value: cluster.panicThresholdPercent,
      origin: target.via === 'mesh' ? panic : nothing(bypass(target)),
    },
  };
}

function accrualOrigin({ accrual }: ClusterPlan, { service, profiled }: Target): Origin {
  if (profiled === true) return nothing('a ServiceProfile switches it off');
  if (accrual === undefined || service === null) return nothing('no annotation asks for it');
  const position = service.linkerd?.at(ACCRUAL) ?? service.position;
  return { kind: 'yaml', field: ACCRUAL, resource: service.resource, position };
}

function bypass({ via }: Target): string {
  switch (via) {
    case 'kube-proxy':
      return 'no sidecar at the caller: kube-proxy knows no policies';
    case 'passthrough':
      return 'the request passes through: no policies hold';
    case 'ztunnel':
      return 'a ztunnel draws an endpoint for each connection: no policies hold';
    case 'linkerd':
      return LINKERD_OWN;
    case 'external':
      return 'the client is outside of the mesh: no policies hold';
    case 'mesh':
      return '';
  }
}

function tlsOf(
  target: Target,
  cluster: ClusterPlan,
  caller: Workload,
  workloads: readonly Workload[],
  from: (block: 'tls', fallback: Origin) => Origin,
): ClusterSettings['tls'] {
  const servers = cluster.groups.map(({ workload }) => workloads[workload]!);
  const tunnelled = servers.filter((server) => isByHbone(caller, server)).length;
  const origin = nothing('ambient mode');
  if (tunnelled === 0) return { mode: cluster.tls.mode, ...tlsReason(target, cluster, from) };
  if (tunnelled === servers.length)
    return { mode: 'hbone', why: 'mutual TLS between the proxies of ambient mode', origin };
  return { mode: 'hbone', why: 'to those of its pods that have a proxy; plain text to the others', origin };
}

/** The outcome is that of models/plan/tls/cluster-tls.ts; here are the words. */
function tlsReason(
  target: Target,
  cluster: ClusterPlan,
  from: (block: 'tls', fallback: Origin) => Origin,
): { readonly why: string; readonly origin: Origin } {
  const automatic = nothing('automatic');
  const origin = from('tls', automatic);
  if (target.via === 'linkerd')
    return { why: linkerdTlsReason(cluster.tls.mode, cluster.endpointTls !== undefined), origin };
  if (target.via !== 'mesh') return { why: bypass(target), origin };
  if (origin !== automatic) return { why: 'a rule for the host says so', origin };
  const { service } = target;
  const pods = service?.endpoints ?? [];
  const sidecars = pods.filter(({ workload }) => hasSidecarInbound(workload)).length;
  if (service?.external === true) return { why: 'automatic: the service is outside of the mesh', origin };
  if (pods.length === 0) return { why: 'automatic: there are no pods', origin };
  if (sidecars === pods.length) return { why: 'automatic: the server has a sidecar', origin };
  return {
    why: sidecars === 0 ? 'automatic: the server has no sidecar' : 'automatic: some of its pods have no sidecar',
    origin,
  };
}

function endpointsOf(
  cluster: ClusterPlan,
  arrivals: readonly EndpointArrivalPlan[],
  caller: number,
  target: Target,
  explaining: Explaining,
): EndpointView[] {
  const { clusters } = explaining.plan;
  return podsOf(cluster, arrivals, caller, target, explaining).map((pods, index): EndpointView => {
    const { workload, passage } = cluster.groups[index]!;
    const behind = passage === undefined ? undefined : clusters[passage.cluster];
    const beyond = arrivals[index]!.beyond ?? [];
    return { ...pods, behind: behind === undefined ? [] : podsOf(behind, beyond, workload, target, explaining) };
  });
}

function podsOf(
  cluster: ClusterPlan,
  arrivals: readonly EndpointArrivalPlan[],
  caller: number,
  target: Target,
  explaining: Explaining,
): PodsView[] {
  const { plan, workloads, nextHop } = explaining;
  const callers = [...new Set(plan.workloads[caller]!.podLocalities)];
  return cluster.groups.map((group, index): PodsView => {
    const workload = workloads[group.workload]!;
    const { passage } = group;
    const own = plan.workloads[group.workload]!.podLocalities;
    const podLocalities = passage === undefined ? own : [passage.locality];
    const arrival = arrivals[index]!;
    return {
      workload: workload.namespace === '' ? workload.name : `${workload.name}.${workload.namespace}`,
      kind: workload.kind,
      place: { resource: workload.resource, position: workload.position },
      pods: own.length,
      weight: group.weight,
      hasSidecar: workload.hasSidecar || workload.linkerd !== undefined,
      isLinkerd: workload.linkerd !== undefined,
      isAmbient: workload.ambient === true,
      localities: [...new Set(podLocalities)].map((locality) => ({
        name: localityName(plan, locality),
        pods: podLocalities.filter((other) => other === locality).length,
        ranks: callers.flatMap((from) => {
          const view = cluster.localityViews?.[from] ?? null;
          if (view === null) return [];
          const priority = view.priorities[index]?.[locality] ?? NONE;
          const weight = priority === NONE ? null : (view.weights?.[priority]?.[locality] ?? null);
          return [{ from: localityName(plan, from), priority: priority === NONE ? null : priority, weight }];
        }),
      })),
      ...inboundOf(arrival, plan),
      inboundLimits: inboundLimits(workload, target, explaining),
      nextHop: passage === undefined ? nextHop(arrival.handler) : null,
    };
  });
}

/**
 * The connectionPool of the service's own DestinationRule is that of the inbound cluster too (istio: pilot/pkg/networking/core/cluster_builder.go,
 * buildInboundCluster); a Sidecar of the pods may have another.
 */
function inboundLimits(server: Workload, target: Target, { plan, parts }: Explaining): PodsView['inboundLimits'] {
  const limits = plan.workloads[server.index]!.inbound;
  const { service } = target;
  if (service === null || Object.values(limits).every((limit) => limit === NO_LIMIT)) return null;
  const rule = parts.clusters.ruleFor(service, clientView(server));
  const written = ofBlock(rule, { ...target, subset: '' }, 'connectionPool');
  return { ...limits, origin: written ?? nothing(`the Sidecar of ${server.resource}`) };
}

/** What the server's proxy does before its application has the request. */
function inboundOf({ chain }: EndpointArrivalPlan, plan: MeshPlan): Pick<PodsView, 'filters' | 'answer' | 'possible'> {
  const { filters, answer, possible } = walkFilters(plan.chains[chain], null, plan, (status) => status);
  return { filters, answer, possible };
}

function localityName(plan: MeshPlan, index: number): string {
  const { region, zone } = plan.localities[index]!;
  return zone === '' ? region : `${region}/${zone}`;
}
