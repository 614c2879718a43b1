// How many pods of each workload serve, at the end of each interval of the measured window.
import type { SeriesResult } from '../recording/result.js';
import type { Pod } from '../state/pod.js';

export class ReplicaSeries {
  private readonly lists: readonly number[][];
  private lastNs = 0;

  /** @param podsOf by workload: the pods that serve now */
  constructor(private readonly podsOf: readonly (readonly Pod[])[]) {
    this.lists = podsOf.map(() => []);
  }

  /** The first interval begins. @param nowNs calendar time */
  begin(nowNs: number): void {
    this.lastNs = nowNs;
  }

  /** An interval ends. @param nowNs calendar time */
  sample(nowNs: number): void {
    this.lastNs = nowNs;
    for (const [workload, pods] of this.podsOf.entries()) this.lists[workload].push(pods.length);
  }

  /** The run ends before its time: the interval that it is in ends here. */
  cutOff(nowNs: number): void {
    if (nowNs > this.lastNs) this.sample(nowNs);
  }

  toData(): Required<Pick<SeriesResult, 'replicas'>> {
    return { replicas: this.lists.map((list) => [...list]) };
  }
}
