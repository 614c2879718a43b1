// Who dies when memory runs out: a container above its own limit, a container of a node without memory, or a pod that
// the kubelet evicts before.
// Sources: k8s: pkg/kubelet/qos/policy.go, pkg/apis/core/v1/helper/qos/qos.go,
// pkg/kubelet/eviction/{helpers,eviction_manager}.go, pkg/kubelet/apis/config/v1beta1/defaults.go; Linux mm/oom_kill.c
// (oom_badness).
import { MINUTE_NS, SECOND_NS } from '../units.js';

/** CPU and memory of a container; null: not written. */
export interface ContainerResources {
  readonly cpuRequestMilli: number | null;
  readonly cpuLimitMilli: number | null;
  readonly memoryRequestBytes: number | null;
  readonly memoryLimitBytes: number | null;
}

/** The class of a pod. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** The class of a pod by its containers. A request that is not written is the limit. */
export function qosClass(containers: readonly ContainerResources[]): QosClass {
  const values = containers.flatMap((container): (number | null)[] => Object.values(container));
  if (values.every((value) => value === null || value === 0)) return 'BestEffort';
  const isGuaranteed = containers.every(
    ({ cpuLimitMilli, cpuRequestMilli, memoryLimitBytes, memoryRequestBytes }) =>
      cpuLimitMilli !== null &&
      memoryLimitBytes !== null &&
      (cpuRequestMilli ?? cpuLimitMilli) === cpuLimitMilli &&
      (memoryRequestBytes ?? memoryLimitBytes) === memoryLimitBytes,
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

/** Exit code and reason of a container that the kernel killed for its memory. */
export const OOM_KILLED = { exitCode: 137, reason: 'OOMKilled' } as const;

/**
 * Whether the kernel kills a container: it does so inside of the container's own limit, and leaves the other containers
 * of the pod alone.
 */
export function exceedsLimit(usageBytes: number, limitBytes: number | null): boolean {
  return limitBytes !== null && usageBytes > limitBytes;
}

/**
 * `oom_score_adj` of the processes of a container: between -997 and 1000.
 * @param requestBytes the memory request of the container
 * @param capacityBytes the memory of the node
 * @param nodeCritical the pod has a priority of system-node-critical
 */
export function oomScoreAdjust(
  qos: QosClass,
  requestBytes: number,
  capacityBytes: number,
  nodeCritical: boolean,
): number {
  if (nodeCritical || qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  return Math.min(999, Math.max(3, 1000 - Math.floor((1000 * requestBytes) / capacityBytes)));
}

/** A container as the kernel of a node without memory sees it. */
export interface OomCandidate {
  readonly adjust: number;
  readonly usageBytes: number;
}

/**
 * The index of the container that the kernel kills when a node has no memory left: the highest share of memory plus
 * adjustment; null: none.
 */
export function oomVictim(containers: readonly OomCandidate[], capacityBytes: number): number | null {
  let victim: number | null = null;
  let highest = -Infinity;
  containers.forEach(({ adjust, usageBytes }, index) => {
    const score = (1000 * usageBytes) / capacityBytes + adjust;
    if (score > highest) {
      highest = score;
      victim = index;
    }
  });
  return victim;
}

/** A pod as the eviction manager sees it. */
export interface EvictionCandidate {
  readonly name: string;
  readonly priority: number;
  readonly usageBytes: number;
  /** The sum over the containers. */
  readonly requestBytes: number;
}

/**
 * Pods in the order in which the kubelet evicts them: above their request first, then by lower priority, then by more
 * memory above the request.
 */
export function evictionOrder(pods: readonly EvictionCandidate[]): readonly EvictionCandidate[] {
  const excess = ({ usageBytes, requestBytes }: EvictionCandidate): number => usageBytes - requestBytes;
  return [...pods].sort(
    (a, b) => Number(excess(b) > 0) - Number(excess(a) > 0) || a.priority - b.priority || excess(b) - excess(a),
  );
}

/** Thresholds of the eviction manager. */
export interface EvictionRules {
  /** `evictionHard` of memory.available: 100 MiB. */
  readonly availableBytes: number;
  /** How often the manager looks. */
  readonly periodNs: number;
  /** `evictionPressureTransitionPeriod`: how long the pressure stays after the last look that saw it. */
  readonly transitionNs: number;
}

/** The thresholds as kubelets have them. */
export const DEFAULT_EVICTION_RULES: EvictionRules = {
  availableBytes: 100 * 1024 * 1024,
  periodNs: 10 * SECOND_NS,
  transitionNs: 5 * MINUTE_NS,
};

/** What a look of the eviction manager decides. */
export interface EvictionLook {
  /** The pod to kill at once, with a grace period of 0; its object stays as Failed, reason Evicted. */
  readonly evict: string | null;
  /** The node has the condition MemoryPressure, and the taint `node.kubernetes.io/memory-pressure:NoSchedule`. */
  readonly pressure: boolean;
  readonly nextNs: number;
}

/** The eviction manager of one kubelet, for memory: one pod a look. */
export class EvictionManager {
  private lastSeenNs = -Infinity;

  constructor(private readonly rules: EvictionRules = DEFAULT_EVICTION_RULES) {}

  /** @param availableBytes memory that the node can still give */
  look(nowNs: number, availableBytes: number, pods: readonly EvictionCandidate[]): EvictionLook {
    const isShort = availableBytes < this.rules.availableBytes;
    if (isShort) this.lastSeenNs = nowNs;
    return {
      evict: isShort ? (evictionOrder(pods)[0]?.name ?? null) : null,
      pressure: nowNs - this.lastSeenNs < this.rules.transitionNs,
      nextNs: nowNs + this.rules.periodNs,
    };
  }
}
