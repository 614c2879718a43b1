// The pods whose proxies have to hear of the pods of a workload.
import { NONE } from '../../plan/contract/plan.js';
import type { Pod } from '../state/pod.js';
import type { RuntimePlan } from '../state/runtime.js';
import { listenersOf } from './listeners.js';

export class Audience {
  /** By workload whose pods change: the workloads whose proxies hear of it. */
  private readonly listeners: readonly ReadonlySet<number>[];
  /** By workload whose proxies hear: the workloads of whose pods. */
  readonly heardBy: readonly (readonly number[])[];
  /** By workload, by number; of all pods of the run the first `sorted`. */
  private readonly podsOf: Pod[][];
  private sorted = 0;

  /** @param versions of the configuration @param pods all of the run, which come to be more */
  constructor(
    versions: readonly RuntimePlan[],
    private readonly pods: readonly Pod[],
  ) {
    this.listeners = listenersOf(versions);
    const heardBy: number[][] = this.listeners.map(() => []);
    for (const [changed, workloads] of this.listeners.entries()) {
      for (const workload of workloads) heardBy[workload].push(changed);
    }
    this.heardBy = heardBy;
    this.podsOf = this.listeners.map(() => []);
  }

  /** Whether the proxies of a workload hear of the pods of another; of a change that is about no pods they do not. */
  listens(workload: number, changed: number): boolean {
    return changed !== NONE && this.listeners[changed].has(workload);
  }

  /** The pods that there have been whose proxies hear of a workload, by number. */
  of(changed: number): readonly Pod[] {
    const { pods, podsOf } = this;
    for (; this.sorted < pods.length; this.sorted++) podsOf[pods[this.sorted].workload].push(pods[this.sorted]);
    return [...this.listeners[changed]].flatMap((workload) => podsOf[workload]).sort((a, b) => a.id - b.id);
  }
}
