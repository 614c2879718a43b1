// The nodes of a run and where its pods are on them when it begins: in the zone that each pod has anyway, on the node that the scheduler likes best there.
// k8s: pkg/scheduler; pkg/apis/core/v1/defaults.go. Pods that are written for one node by name, ports of the host, volumes and priorities are left out.

import type { LabelSelector } from '../../config/kinds/common.js';
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import type { ResourceSet } from '../../config/load.js';
import {
  type PodTerm,
  podRequests,
  type RequestingContainer,
  type SpreadConstraint,
  scoredRequests,
} from '../../kubernetes/scheduling/cluster.js';
import { Scheduler } from '../../kubernetes/scheduling/scheduler.js';
import type { Selector } from '../../kubernetes/scheduling/selectors.js';
import { defaultConstraints, HOSTNAME } from '../../kubernetes/scheduling/spread.js';
import { nodeView, podView } from '../../kubernetes/scheduling/views.js';
import type { NodePlan, NodePoolPlan, NodesPlan, PodsOnNodesPlan } from '../contract/node-plan.js';
import type { WorkloadPlan } from '../contract/plan.js';
import { REGION, ZONE } from '../registry/cluster-nodes.js';
import type { Workload, Workloads } from '../registry/workload.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import type { NodeInput } from '../settings/node-input.js';
import type { Findings } from '../terms/findings.js';
import type { Localities } from '../terms/locality.js';
import { containersOf } from './container-requests.js';

/** What a node has of which the YAML does not say how much (kubelet: maxPods). */
const PODS_OF_NODE = 110;
const MEMORY_OF_NODE = 16 * 1024 * 1024 * 1024;

/** Nodes, and which of them a Cluster Autoscaler adds and takes away. */
export type NodeList = Pick<NodesPlan, 'nodes' | 'pools'>;

export const NO_NODES: NodeList = { nodes: [], pools: [] };

/** The nodes of the scenario, else those of the YAML whose status says how much CPU pods may have. */
export function nodeList(given: readonly NodeInput[], resources: ResourceSet, localities: Localities): NodeList {
  if (given.length === 0) return { nodes: nodesOfYaml(resources, localities), pools: [] };
  const all = given.map((one) => nodesOf(one, localities));
  const nodes = [
    ...all.flatMap((own, i) => own.slice(0, given[i]!.count)),
    ...all.flatMap((own, i) => own.slice(given[i]!.count)),
  ];
  const pools = given.flatMap(({ name, count, grows }): NodePoolPlan[] => {
    if (grows === null) return [];
    const own = nodes.flatMap(({ pool }, index) => (pool === name ? [index] : []));
    return [{ name, nodes: own, min: count, bootsNs: grows.bootsNs }];
  });
  return { nodes, pools };
}

/** null: there are no nodes. */
export function nodesPlan(
  { nodes, pools }: NodeList,
  workloads: Workloads,
  plans: readonly WorkloadPlan[],
  mesh: MeshSettings,
  findings: Findings,
): NodesPlan | null {
  if (nodes.length === 0) return null;
  const later = new Set(pools.flatMap((pool) => pool.nodes.slice(pool.min)));
  const atStart = nodes.filter((_, index) => !later.has(index));
  const pods = new Places(atStart, findings).ofAll(
    workloads.all.filter(isOnNodes).map((workload) => podsOf(workload, plans[workload.index]!, mesh)),
    plans,
  );
  return { nodes, pools, pods };
}

function isOnNodes({ kind }: Workload): boolean {
  return kind === 'app' || kind === 'gateway' || kind === 'waypoint' || kind === 'ztunnel';
}

/** The nodes that a pool may have, over its zones one by one. */
function nodesOf(
  { name, count, grows, zones, labels, taints, cpuMilli, memoryBytes }: NodeInput,
  localities: Localities,
): NodePlan[] {
  const most = grows?.max ?? count;
  return Array.from({ length: most }, (_, number): NodePlan => {
    const named = most === 1 ? name : `${name}-${number}`;
    const place =
      zones.length === 0 ? localities.placement[number % localities.placement.length]! : zones[number % zones.length]!;
    const whole = localities.whole(place);
    return {
      name: named,
      pool: name,
      locality: localities.number(whole),
      labels: { [HOSTNAME]: named, [ZONE]: whole.zone, [REGION]: whole.region, ...labels },
      taints,
      unschedulable: false,
      cpuMilli,
      memoryBytes,
      pods: PODS_OF_NODE,
    };
  });
}

function nodesOfYaml({ nodes }: ResourceSet, localities: Localities): NodePlan[] {
  return nodes.flatMap(({ name, labels, spec }): NodePlan[] => {
    const { allocatableCpuMillis, allocatableMemoryBytes, allocatablePods, taints, unschedulable } = spec;
    if (allocatableCpuMillis === null) return [];
    const zone = labels[ZONE];
    const place =
      zone === undefined ? localities.placement[0]! : localities.whole({ region: labels[REGION] ?? '', zone });
    return [
      {
        name,
        pool: '',
        locality: localities.number(place),
        labels: { [HOSTNAME]: name, ...labels },
        taints,
        unschedulable,
        cpuMilli: allocatableCpuMillis,
        memoryBytes: allocatableMemoryBytes ?? MEMORY_OF_NODE,
        pods: allocatablePods ?? PODS_OF_NODE,
      },
    ];
  });
}

/** The daemon controller's own tolerations (k8s: pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations). */
const OF_DAEMONS: PodsOnNodesPlan['tolerations'] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', value: '', effect: 'NoExecute', seconds: null },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', value: '', effect: 'NoExecute', seconds: null },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', value: '', effect: 'NoSchedule', seconds: null },
];

function podsOf(
  workload: Workload,
  { podLocalities }: WorkloadPlan,
  mesh: MeshSettings,
): Omit<PodsOnNodesPlan, 'atStart'> & { readonly zones: readonly number[] } {
  const { index, namespace, labels, pod, resource } = workload;
  const containers = containersOf(workload, mesh).map(
    ({ cpuRequestMillis, memoryRequestBytes }): RequestingContainer => ({
      role: 'ordinary',
      requests: new Map([
        ...(cpuRequestMillis === null ? [] : [['cpu', cpuRequestMillis] as const]),
        ...(memoryRequestBytes === null ? [] : [['memory', memoryRequestBytes] as const]),
      ]),
    }),
  );
  const requests = podRequests(containers);
  const isDaemon = resource.startsWith('DaemonSet ');
  return {
    workload: index,
    namespace,
    labels,
    requests: { cpuMilli: requests.get('cpu') ?? 0, memoryBytes: requests.get('memory') ?? 0 },
    scored: scoredRequests(containers),
    nodeSelector: selectorOf({ matchLabels: pod?.nodeSelector ?? {}, matchExpressions: [] }),
    nodeTerms: pod?.affinity?.nodes ?? null,
    tolerations: [...(pod?.tolerations ?? []), ...(isDaemon ? OF_DAEMONS : [])],
    spread: spreadOf(pod, labels),
    affinity: (pod?.affinity?.near ?? []).map(termOf),
    antiAffinity: (pod?.affinity?.apart ?? []).map(termOf),
    isDaemon,
    zones: podLocalities,
  };
}

function selectorOf({ matchLabels, matchExpressions }: LabelSelector): Selector {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] })),
    ...matchExpressions,
  ];
}

function termOf(term: NonNullable<PodTemplate['affinity']>['near'][number]): PodTerm {
  const { selector, topologyKey, namespaces, namespaceSelector } = term;
  const where = namespaces.length > 0 ? namespaces : namespaceSelector === null ? 'own' : 'all';
  return { selector: selectorOf(selector), topologyKey, namespaces: where };
}

/** A pod without constraints of its own has those of the cluster. */
function spreadOf(pod: PodTemplate | null, labels: Workload['labels']): SpreadConstraint[] {
  const own = pod?.topologySpreadConstraints ?? [];
  if (own.length === 0) return [...defaultConstraints(selectorOf({ matchLabels: labels, matchExpressions: [] }))];
  return own.map(
    ({ selector, nodeAffinityPolicy, nodeTaintsPolicy, maxSkew, topologyKey, whenUnsatisfiable, minDomains }) => ({
      maxSkew,
      topologyKey,
      whenUnsatisfiable,
      minDomains,
      selector: selectorOf(selector),
      honorAffinity: nodeAffinityPolicy === 'Honor',
      honorTaints: nodeTaintsPolicy === 'Honor',
    }),
  );
}

/** The nodes fill up with the pods that are there at the start. */
class Places {
  private readonly scheduler = new Scheduler(() => 0);
  private readonly free: number[];

  constructor(
    private readonly nodes: readonly NodePlan[],
    private readonly findings: Findings,
  ) {
    for (const node of nodes) this.scheduler.setNode(nodeView(node));
    this.free = nodes.map(({ cpuMilli }) => cpuMilli);
  }

  ofAll(all: readonly ReturnType<typeof podsOf>[], plans: readonly WorkloadPlan[]): PodsOnNodesPlan[] {
    return all.map(({ zones, ...pods }) => {
      let without = 0;
      const atStart = zones.map((locality, ordinal) => {
        const found = this.place(pods, locality, ordinal);
        if (!found.fits) without++;
        return found.node;
      });
      const { namespace, name } = plans[pods.workload]!;
      if (without > 0) {
        this.findings.warning(
          'pods-without-place',
          null,
          `no node in their zone has room for ${without} of ${zones.length} pods of ${namespace}/${name}: they run all the same, beyond what the node has`,
          'give the pool more nodes, or larger ones',
        );
      }
      return { ...pods, atStart };
    });
  }

  private place(
    pods: Omit<PodsOnNodesPlan, 'atStart'>,
    locality: number,
    ordinal: number,
  ): { readonly node: number; readonly fits: boolean } {
    const inZone = this.nodes.flatMap((node, index) => (node.locality === locality ? [index] : []));
    const candidates = inZone.length > 0 ? inZone : [...this.nodes.keys()];
    const zone = this.nodes[candidates[0]!]!.labels[ZONE];
    const terms =
      inZone.length > 0 && zone !== undefined ? [[{ key: ZONE, operator: 'In' as const, values: [zone] }]] : null;
    const view = podView({
      ...pods,
      nodeTerms: pods.isDaemon
        ? [[{ key: HOSTNAME, operator: 'In', values: [this.nodes[candidates[ordinal % candidates.length]!]!.name] }]]
        : (terms ?? pods.nodeTerms),
    });
    const placement = this.scheduler.place(view);
    // Among full nodes the one that is left most.
    const node =
      placement.kind === 'placed'
        ? this.nodes.findIndex(({ name }) => name === placement.node)
        : candidates.reduce((best, index) => (this.free[index]! > this.free[best]! ? index : best));
    this.scheduler.bind(view, this.nodes[node]!.name);
    this.free[node]! -= pods.requests.cpuMilli;
    return { node, fits: placement.kind === 'placed' };
  }
}
