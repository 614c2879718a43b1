// One version of a configuration joined with what the user says: the rooms of models/plan in their order.
import { ClusterPool } from './clusters/cluster-pool.js';
import { Clusters } from './clusters/clusters.js';
import { Networks } from './clusters/networks.js';
import { envoyPlan } from './contract/envoy-versions.js';
import { type MeshPlan, NONE, type TrafficPlan } from './contract/plan.js';
import type { PlanSources } from './contract/sources.js';
import { VersionFacts } from './facts.js';
import { withGatewayApi } from './gateway-api/convert.js';
import { checkCycles } from './graph/cycle.js';
import { Graph } from './graph/graph.js';
import { HttpFilters } from './graph/http-filters.js';
import type { MeshParts } from './graph/mesh-parts.js';
import type { PlanTrace } from './graph/plan-trace.js';
import { trafficPlan } from './graph/traffic.js';
import { LinkerdAuthorization } from './linkerd/authorization.js';
import { LinkerdEgress } from './linkerd/egress.js';
import { Profiles } from './linkerd/profile.js';
import { LinkerdReach } from './linkerd/reach.js';
import { LinkerdRoutes } from './linkerd/routes.js';
import { NetworkReach } from './network-policy/network-reach.js';
import { EnvoyPatches, noteWaypointFilters } from './patches/envoy-patches.js';
import { autoscalerPlans, maxReplicasOf } from './proxies/autoscalers.js';
import { budgetPlans } from './proxies/budgets.js';
import { controllerPlans, keptBy, mostPods } from './proxies/controllers.js';
import { DnsCapture } from './proxies/dns-capture.js';
import { noteInboundPools } from './proxies/inbound-pools.js';
import { NO_NODES, nodeList, nodesPlan } from './proxies/nodes.js';
import { ProxyMemory } from './proxies/proxy-memory.js';
import { workloadPlan } from './proxies/workload-plan.js';
import { workloadSources } from './proxies/workload-sources.js';
import { Nodes } from './registry/ambient.js';
import { assumedGateways } from './registry/assumed-gateways.js';
import { Behaviours } from './registry/behaviour.js';
import { checkProxyWorkers } from './registry/bounds-hit.js';
import { Gateways } from './registry/gateways.js';
import { networkPlan } from './registry/network.js';
import { OutsideHosts } from './registry/outside-hosts.js';
import { Placements } from './registry/placement.js';
import { Pods } from './registry/pods.js';
import { Registry } from './registry/registry.js';
import { SidecarScopes } from './registry/sidecar-scope.js';
import { Waypoints } from './registry/waypoints.js';
import type { Workload, Workloads } from './registry/workload.js';
import { addWorkloadEntries } from './registry/workload-entries.js';
import { addWorkloadGroups } from './registry/workload-groups.js';
import { readWorkloads } from './registry/workloads.js';
import { withIngresses } from './routes/ingress.js';
import { VirtualServices } from './routes/virtual-service.js';
import { DestinationRules } from './settings/destination-rule.js';
import { discovered } from './settings/discovery.js';
import { DEFAULT_FILTER_COST } from './settings/filter-cost.js';
import type { PlanInput } from './settings/input.js';
import { meshSettings } from './settings/mesh-settings.js';
import { ofRelease } from './settings/release-fields.js';
import type { TimelineInput } from './settings/timeline-input.js';
import type { ReleaseDefaults } from './settings/versions.js';
import type { Findings } from './terms/findings.js';
import { Localities } from './terms/locality.js';
import type { Numbering } from './terms/numbering.js';
import { Places } from './timeline/places.js';
import { timelinePlan } from './timeline/timeline.js';
import { PeerAuthentications } from './tls/peer-authentication.js';

/** A plan, and who wrote what acts in it. */
export interface Compiled {
  readonly plan: MeshPlan;
  readonly sources: PlanSources;
  readonly facts: VersionFacts;
}

/** A configuration whose requests are routed. */
export interface Draft {
  /** The plan, once all versions have been drafted: matrices and lists by locality are as large as all of them need. */
  finish(): Compiled;
}

/**
 * Null, with an error, where requests reach too much.
 * @param trace is told how the routes came to be
 */
export function draftPlan(
  input: PlanInput,
  release: ReleaseDefaults,
  findings: Findings,
  numbering: Numbering,
  trace: PlanTrace | undefined,
): Draft | null {
  const mesh = meshSettings(input.resources, findings);
  const known = discovered(ofRelease(input.resources, release, findings), mesh, findings);
  const resources = withIngresses(withGatewayApi(known, findings, release), findings);
  const localities = new Localities(input.placement, numbering);
  const workloads = readWorkloads(resources, input, findings, mesh, numbering);
  addWorkloadEntries(resources, workloads);
  addWorkloadGroups(resources, workloads, findings);
  const { services: described, workloads: sized } = input.behaviour;
  const assumed = assumedGateways(resources, workloads, sized, findings);
  const registry = new Registry(resources, workloads, release, described, findings, mesh, assumed);
  const outside = new OutsideHosts(resources, registry, workloads);
  const behaviours = new Behaviours(input.behaviour, registry, outside, workloads, findings);
  const pods = new Pods(behaviours, localities, new Placements(resources, workloads, localities, findings), findings);
  const rules = new DestinationRules(resources, mesh, release);
  const scopes = new SidecarScopes(resources, mesh);
  const peers = new PeerAuthentications(resources, mesh.rootNamespace, scopes);
  const patches = new EnvoyPatches(resources.envoyFilters, release.version);
  noteWaypointFilters(resources, findings);
  const places = (workload: Workload) => pods.localitiesOf(workload);
  const reach = new NetworkReach(resources, findings);
  const authorization = new LinkerdAuthorization(resources, findings);
  const linkerdReach = new LinkerdReach(authorization, findings);
  const gateways = new Gateways(resources, workloads, registry, findings, assumed);
  const networks = new Networks(resources, mesh, registry, gateways, places, localities, findings);
  const pool = new ClusterPool(places, localities, peers, reach, linkerdReach, numbering);
  const clusters = new Clusters(rules, release, pool, findings, mesh, peers, patches, networks, gateways);
  const virtualServices = new VirtualServices(resources, findings, mesh.virtualServiceExportTo);
  const attributes = new Set(
    input.traffic.flatMap(({ requests }) =>
      requests.flatMap((request) => (request.attributes ?? []).map((a) => a.name)),
    ),
  );
  const filters = new HttpFilters(
    resources,
    numbering,
    patches,
    input.filters ?? DEFAULT_FILTER_COST,
    findings,
    authorization,
    release,
  );
  const profiles = new Profiles(resources, numbering);
  const parts: MeshParts = {
    registry,
    outside,
    dns: new DnsCapture(resources, mesh, release),
    gateways,
    virtualServices,
    clusters,
    behaviours,
    release,
    findings,
    attributes,
    filters,
    reach,
    waypoints: new Waypoints(resources, workloads, findings, release),
    mesh,
    scopes,
    profiles,
    linkerdRoutes: new LinkerdRoutes(resources, findings),
    egress: new LinkerdEgress(resources, findings),
    trace: trace?.routes,
  };
  if (trace !== undefined) trace.made = { parts, workloads };
  const graph = new Graph(parts, numbering);

  const traffic = input.traffic
    .map((source) => trafficPlan(source, graph, workloads, registry, findings, places))
    .filter((source): source is TrafficPlan => source !== null);
  if (!graph.complete()) return null;
  behaviours.checkOutside(workloads, findings);
  if (trace === undefined) profiles.noteUnused(findings);
  checkCycles(
    {
      handlers: graph.handlers,
      sites: graph.sites,
      sitePositions: graph.sitePositions,
      nameOf: (handler) => graph.handlerWorkloads[handler]!.name,
    },
    findings,
  );

  const nodes = new Nodes(input.nodesPerZone ?? 1, numbering);
  // Nodes of the YAML count where something is done to them: else a run has room for all pods.
  const isAboutNodes = (input.timeline ?? []).some(({ action }) => action.kind === 'nodes');
  const nodesKnown =
    isAboutNodes || input.nodes !== undefined ? nodeList(input.nodes ?? [], resources, localities) : NO_NODES;
  // Pods come and go in a run in which something happens, or which is scaled.
  const isMoving = input.autoscaling === true || (input.timeline ?? []).length > 0;
  const mostOf = (workload: Workload): number =>
    Math.max(
      input.autoscaling === true ? maxReplicasOf(workload, resources) : 0,
      mostScaledTo(input.timeline ?? [], workload, workloads),
    );
  const furtherOf = (workload: Workload): readonly number[] => {
    if (!isMoving) return [];
    const replicas = Math.max(pods.localitiesOf(workload).length, mostOf(workload));
    return pods.furtherOf(workload, mostPods(keptBy(workload, resources).kind, replicas));
  };
  const nodesOf = workloads.byNumber((workload) =>
    workload.ambient === true
      ? nodes.place(workload.index, [...pods.localitiesOf(workload), ...furtherOf(workload)])
      : null,
  );
  const ztunnel = workloads.all.find(({ kind }) => kind === 'ztunnel')?.index ?? NONE;
  const ztunnelOf = ({ index }: Workload) => {
    const own = nodesOf[index] ?? null;
    return own === null ? null : { workload: ztunnel, nodes: own };
  };
  const memory = new ProxyMemory(input.proxy.memoryBytes, registry, rules, pods, mesh);
  const workloadParts = { input, registry, rules, behaviours, pods, nodes, ztunnelOf, memory, mesh, scopes, release };
  const workloadPlans = workloads.byNumber((workload) => workloadPlan(workload, workloadParts));
  for (const workload of workloads.all) {
    checkProxyWorkers(workload, workloadPlans[workload.index]!, findings);
    noteInboundPools(workload, workloadParts, findings);
  }
  const autoscalers = autoscalerPlans(resources, workloads, workloadPlans, workloadParts, findings);
  const controllers = isMoving ? controllerPlans(resources, workloads, workloadPlans, furtherOf) : [];
  const nodePlan = isMoving ? nodesPlan(nodesKnown, workloads, workloadPlans, mesh, findings) : null;
  const timeline = timelinePlan(input.timeline ?? [], {
    nodes: nodesKnown.nodes,
    workloads,
    registry,
    outside,
    places: new Places(workloads, localities.all, places, findings),
    podsOf: places,
    restBytesOf: ({ index }) => workloadPlans[index]!.app.memory?.baseBytes ?? 0,
    traffic: { written: input.traffic.map(({ name }) => name), planned: traffic },
    hasIstio: workloadPlans.some(
      ({ kind, proxy }) => kind === 'ztunnel' || (proxy !== null && proxy.product !== 'linkerd'),
    ),
    findings,
  });
  const plan = (): MeshPlan => ({
    schema: 'seatrial.plan/2',
    istioVersion: release.version,
    localities: localities.all,
    network: networkPlan(localities.all, input.network, findings),
    workloads: workloadPlans,
    clusters: graph.checked.finished(pool.finished()),
    edges: graph.rows.edges,
    rows: graph.rows.all,
    sites: graph.sites,
    handlers: graph.handlers,
    chains: graph.destinations.chains,
    traffic,
    filters: filters.plans,
    envoy: envoyPlan(release.envoy),
    assumedMesh: workloads.assumedMesh,
    timeline,
    autoscalers,
    controllers,
    budgets: isMoving ? budgetPlans(resources, workloads) : [],
    nodes: nodePlan,
    configurations: null,
  });
  const sources: PlanSources = {
    workloads: workloads.byNumber((workload) => workloadSources(workload, workloadParts)),
    clusters: pool.sources,
    filters: filters.sources,
    sites: graph.siteSources,
  };
  const facts = new VersionFacts(input.resources, workloads, registry, rules, pool.sources, mesh.enableAutoMtls, peers);
  return { finish: () => ({ plan: plan(), sources, facts }) };
}

/** The most pods that a timeline asks for; 0: it scales the workload to nothing, or not at all. */
function mostScaledTo(timeline: readonly TimelineInput[], workload: Workload, workloads: Workloads): number {
  const asked = timeline.flatMap(({ action }) =>
    action.kind === 'scale' && workloads.named(action.workload.name).includes(workload) ? [action.replicas] : [],
  );
  return Math.max(0, ...asked);
}
