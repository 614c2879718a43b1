// A workload as the run needs it: pods and their places, proxy, inbound limits, application.
// kubernetes: CPU requests and limits (pkg/kubelet/cm/helpers_linux.go); istio: pilot/pkg/networking/core/cluster_builder.go
// (buildInboundCluster takes its limits from the DestinationRule of the service).

import { inboundPlan } from '../clusters/cluster-policy.js';
import type { AppPlan, ProxyPlan, WorkloadPlan } from '../contract/plan.js';
import { defaultLinkerdCost, linkerdProxyPlan } from '../linkerd/proxy-plan.js';
import type { Nodes } from '../registry/ambient.js';
import type { Behaviours } from '../registry/behaviour.js';
import { coresOfNodes } from '../registry/cluster-nodes.js';
import { proxyPlan, ztunnelPlan } from '../registry/injection.js';
import type { Pods } from '../registry/pods.js';
import type { Registry } from '../registry/registry.js';
import type { SidecarScopes } from '../registry/sidecar-scope.js';
import type { Workload } from '../registry/workload.js';
import type { DestinationRules } from '../settings/destination-rule.js';
import type { BehaviourSpec, PlanInput, ProxyCostInput } from '../settings/input.js';
import { LINKERD_CONTAINER } from '../settings/linkerd-injection.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { defaultWaypointCost, defaultZtunnelCost } from '../settings/proxy-cost.js';
import { ISTIO_CONTAINER } from '../settings/proxy-limits.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import { concurrencyOf } from './concurrency.js';
import { inboundPool } from './inbound-pools.js';
import { kubeletPlan } from './kubelet.js';
import type { ProxyMemory } from './proxy-memory.js';
import { stoppingPlan } from './stopping.js';
import { type Observations, observations } from './telemetry.js';

/** istio: pilot/pkg/networking/core/route/route.go, the retry policy of inbound routes. */
const INBOUND_RETRIES = 2;

export interface WorkloadParts {
  readonly input: PlanInput;
  readonly registry: Registry;
  readonly rules: DestinationRules;
  readonly behaviours: Behaviours;
  readonly pods: Pods;
  readonly memory: ProxyMemory;
  readonly nodes: Nodes;
  /** The ztunnels of an ambient workload. */
  ztunnelOf(workload: Workload): WorkloadPlan['ztunnel'];
  readonly mesh: MeshSettings;
  readonly scopes: SidecarScopes;
  readonly release: ReleaseDefaults;
}

export function workloadPlan(workload: Workload, parts: WorkloadParts): WorkloadPlan {
  const { input, registry, behaviours, pods, nodes, release } = parts;
  const nodeCores = nodeCoresOf(workload, input);
  const proxy = proxyOf(workload, nodeCores, parts);
  const behaviour = behaviours.of(workload);
  const ends = input.autoscaling === true || (input.timeline ?? []).length > 0;
  const kubelet = input.autoscaling === true ? kubeletPlan(workload, behaviour) : null;
  return {
    name: workload.name,
    namespace: workload.namespace,
    kind: workload.kind,
    service: registry.displayOf(workload),
    version: workload.version,
    podLocalities: workload.kind === 'ztunnel' ? nodes.localities : pods.localitiesOf(workload),
    proxy,
    inbound: inboundPlan(inboundPool(workload, parts)?.value ?? null),
    inboundRetries:
      workload.kind === 'app' && workload.linkerd === undefined && release.inboundRetryPolicy
        ? { count: INBOUND_RETRIES, grpc: release.inboundRetriesOfGrpc }
        : null,
    app: appPlan(workload, behaviour, nodeCores),
    ztunnel: parts.ztunnelOf(workload),
    ...(kubelet === null ? {} : { kubelet }),
    ...(ends ? { stopping: stoppingPlan(workload, behaviour, proxy !== null, parts) } : {}),
  };
}

function nodeCoresOf({ pod }: Workload, { resources, nodeCores, nodeCoresAssumed }: PlanInput): number {
  const known = nodeCoresAssumed === true && pod !== null ? coresOfNodes(resources.nodes, pod) : null;
  return known ?? nodeCores;
}

function proxyOf(workload: Workload, nodeCores: number, { input, mesh, memory }: WorkloadParts): ProxyPlan | null {
  switch (workload.kind) {
    case 'ztunnel':
      return ztunnelPlan(workload.pod, input.ztunnel ?? defaultZtunnelCost());
    case 'waypoint':
      return envoyOf(workload, input.waypoint ?? defaultWaypointCost());
    case 'app':
    case 'gateway':
    case 'client':
    case 'external':
      if (workload.linkerd !== undefined) {
        return linkerdProxyPlan(workload.pod, workload.linkerd, input.linkerd ?? defaultLinkerdCost());
      }
      return workload.hasSidecar ? envoyOf(workload, input.proxy) : null;
  }

  function envoyOf(owner: Workload, cost: ProxyCostInput): ProxyPlan {
    const plan = proxyPlan(owner.pod, cost, nodeCores, {
      // The proxy of a machine has no container with a limit.
      proxyCpuLimitMillis: owner.kind === 'external' ? null : mesh.proxyCpuLimitMillis,
      concurrency: concurrencyOf(owner, input.resources, mesh),
    });
    return {
      ...observing(plan, observations(owner, input.resources, mesh)),
      memory: memory.of(owner),
      product: owner.foreign === true ? 'other' : 'istio',
    };
  }
}

/** What both directions have in common is part of what a response costs. */
function observing(plan: ProxyPlan, { outbound, inbound }: Observations): ProxyPlan {
  const { cpuNs: outboundNs, ...outboundObserved } = outbound;
  const { cpuNs: inboundNs, ...inboundObserved } = inbound;
  const common = Math.min(outboundNs, inboundNs);
  return {
    ...plan,
    afterResponseCpuNs: Math.max(0, plan.afterResponseCpuNs + common),
    observing: { outboundNs: outboundNs - common, inboundNs: inboundNs - common },
    observed: { outbound: outboundObserved, inbound: inboundObserved },
  };
}

/** Workers and queues are unlimited unless the user says so; so is the CPU of what runs outside of the cluster. */
function appPlan(workload: Workload, behaviour: BehaviourSpec, nodeCores: number): AppPlan {
  const isApp = workload.kind === 'app' || workload.kind === 'external';
  const cpuLimitMillis = workload.kind === 'app' ? (appLimit(workload, 'cpu')?.value ?? null) : null;
  return {
    workers: isApp ? (behaviour.workers ?? null) : null,
    queue: isApp ? (behaviour.queue ?? null) : null,
    overflow: behaviour.overflow ?? { kind: 'status', status: 503 },
    cores: cpuLimitMillis === null ? nodeCores : Math.max(1, Math.ceil(cpuLimitMillis / 1000)),
    cpuLimitMillis,
    // A waypoint resets what it has under way for a caller that has gone (envoy: source/common/router/router.cc, Filter::onDestroy).
    cancels: isApp ? (behaviour.cancels ?? false) : workload.kind === 'waypoint',
    keepAlive: (isApp ? behaviour.keepAlive : undefined) ?? { idleNs: 0, requests: 0 },
    memory:
      isApp && behaviour.memory !== undefined
        ? { ...behaviour.memory, limitBytes: appLimit(workload, 'memory')?.value ?? null }
        : null,
  };
}

/** The sum over the application's containers, and the largest of them; null: one without a limit makes the pod unlimited. */
export function appLimit(
  { pod }: Pick<Workload, 'pod'>,
  amount: 'cpu' | 'memory',
): { readonly value: number; readonly containers: number; readonly largest: number } | null {
  let value = 0;
  let containers = 0;
  let largest = -1;
  let most = 0;
  for (const [index, { name, resources }] of (pod?.containers ?? []).entries()) {
    if (name === ISTIO_CONTAINER || name === LINKERD_CONTAINER) continue;
    const own = amount === 'cpu' ? resources.cpuLimitMillis : resources.memoryLimitBytes;
    if (own === null) return null;
    containers += 1;
    value += own;
    if (own > most) {
      most = own;
      largest = index;
    }
  }
  return value > 0 ? { value, containers, largest } : null;
}
