// How long the kubelet waits before it starts a container, or pulls an image, once more. The first restart comes at
// once; then waits of 10, 20, 40 … s, at most 300 s, are counted from the exit of the container, and a container that
// ran for more than twice the longest wait starts afresh.
// Sources: k8s: pkg/kubelet/kuberuntime/kuberuntime_manager.go (doBackOff),
// staging/src/k8s.io/client-go/util/flowcontrol/backoff.go, pkg/kubelet/images/image_manager.go; enhancements:
// keps/sig-node/4603-tune-crashloopbackoff.
// The real start waits for the pod worker as well, up to some seconds; that is left out. A wait belongs to one
// container of one pod and to its image: a pod that is replaced starts without.
import { MINUTE_NS, SECOND_NS } from '../units.js';

/** The waits of a node. */
export interface BackoffRules {
  readonly initialNs: number;
  readonly maxNs: number;
  /** A failure that comes later than this after the last start counts as the first one. */
  readonly resetNs: number;
}

/** The waits as kubelets have them, of containers and of image pulls alike. */
export const DEFAULT_BACKOFF: BackoffRules = {
  initialNs: 10 * SECOND_NS,
  maxNs: 300 * SECOND_NS,
  resetNs: 10 * MINUTE_NS,
};

/** The waits with the gate ReduceDefaultCrashLoopBackOffDecay. */
export const REDUCED_BACKOFF: BackoffRules = { initialNs: SECOND_NS, maxNs: 60 * SECOND_NS, resetNs: 10 * MINUTE_NS };

/**
 * The waits with `crashLoopBackOff.maxContainerRestartPeriod` of a node (gate KubeletCrashLoopBackOffMax), 1 to 300 s.
 */
export function backoffWithMax(maxNs: number): BackoffRules {
  return { ...DEFAULT_BACKOFF, initialNs: Math.min(DEFAULT_BACKOFF.initialNs, maxNs), maxNs };
}

/** The waits of one container. */
export class RestartBackoff {
  private waitNs = 0;
  private startedNs: number | null = null;

  constructor(private readonly rules: BackoffRules = DEFAULT_BACKOFF) {}

  /**
   * When a container may start again that exited at `exitNs`, and the container is taken to start then.
   * @returns a time >= exitNs
   */
  restartAt(exitNs: number): number {
    const afresh = this.startedNs === null || exitNs - this.startedNs > this.rules.resetNs;
    const atNs = afresh ? exitNs : exitNs + this.waitNs;
    this.waitNs = afresh ? this.rules.initialNs : Math.min(2 * this.waitNs, this.rules.maxNs);
    this.startedNs = atNs;
    return atNs;
  }
}
