// A HorizontalPodAutoscaler that acts, with the defaults of its API filled in, and what a run needs to read its metrics and to follow its word.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { HpaSpec } from '../../kubernetes/autoscaling/hpa-spec.js';

export interface AutoscalerPlan {
  /** e.g. `HorizontalPodAutoscaler shop/cart` */
  readonly name: string;
  readonly position: SourcePosition | null;
  /** Index of the workload that it scales. */
  readonly workload: number;
  /**
   * Metrics of kind `pods`, `object` and `external` are requests per second: of each pod, or of all of the workload together. Metrics that a run
   * cannot know are left out.
   */
  readonly spec: HpaSpec;
  /** Containers of each pod, those of its proxy included. */
  readonly containers: readonly ContainerPlan[];
}

export interface ContainerPlan {
  readonly name: string;
  /** What of the simulated pod it uses the CPU and the memory of. */
  readonly runs: 'application' | 'proxy' | 'nothing';
  /** null: none, and utilisation over the pod is unknown. */
  readonly cpuRequestMillis: number | null;
  readonly memoryRequestBytes: number | null;
}
