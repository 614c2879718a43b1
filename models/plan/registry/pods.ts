// How many pods each workload has, and where they are.
import { PODS_MAX, PODS_OF_WORKLOAD_MAX } from '../../bounds.js';
import type { Findings } from '../terms/findings.js';
import { EXTERNAL_LOCALITY, type Localities } from '../terms/locality.js';
import type { Behaviours } from './behaviour.js';
import { sayTooManyPods } from './bounds-hit.js';
import type { Placements } from './placement.js';
import type { Workload } from './workload.js';

/** Where the pods of each workload are; asked often, found once. */
export class Pods {
  private readonly known = new Map<number, readonly number[]>();
  private placed = 0;

  constructor(
    private readonly behaviours: Behaviours,
    private readonly localities: Localities,
    private readonly placements: Placements,
    private readonly findings: Findings,
  ) {}

  /** One entry a pod: index of its locality. */
  localitiesOf(workload: Workload): readonly number[] {
    const known = this.known.get(workload.index);
    if (known !== undefined) return known;
    const found = this.place(workload);
    this.known.set(workload.index, found);
    return found;
  }

  /**
   * Of a workload that is scaled: the places of further pods, up to `most` pods in all, by the rule of the first ones. Fewer where the others would find
   * no node.
   */
  furtherOf(workload: Workload, most: number): readonly number[] {
    const { length } = this.localitiesOf(workload);
    const { places, maxPods } = this.placements.of(workload);
    const count = Math.min(most, PODS_OF_WORKLOAD_MAX, maxPods ?? Number.POSITIVE_INFINITY);
    return this.localities.ofPods(places, Math.max(length, count)).slice(length);
  }

  private place(workload: Workload): number[] {
    const replicas = this.boundedReplicasOf(workload);
    const { places } = workload;
    if (places !== null) {
      return Array.from({ length: replicas }, (_, pod) =>
        this.localities.number(this.localities.whole(places[pod % places.length] ?? EXTERNAL_LOCALITY)),
      );
    }
    const placement = this.placements.of(workload);
    const { maxPods } = placement;
    if (maxPods === null || maxPods >= replicas) return this.localities.ofPods(placement.places, replicas);
    this.placements.warnOfBound(workload, replicas, maxPods);
    return this.localities.ofPods(placement.places, maxPods);
  }

  /** None, and an error, where they would be more than a run holds. */
  private boundedReplicasOf(workload: Workload): number {
    const replicas = this.replicasOf(workload);
    this.placed += replicas;
    if (replicas <= PODS_OF_WORKLOAD_MAX && this.placed <= PODS_MAX) return replicas;
    this.placed -= replicas;
    sayTooManyPods(workload, replicas, this.findings);
    return 0;
  }

  private replicasOf(workload: Workload): number {
    switch (workload.kind) {
      case 'client':
      case 'ztunnel':
        return workload.replicas;
      case 'app':
      case 'gateway':
      case 'waypoint':
      case 'external':
        return this.behaviours.replicasOf(workload) ?? workload.replicas;
    }
  }
}
