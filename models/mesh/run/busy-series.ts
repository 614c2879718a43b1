// How busy the pods of each workload were in each interval of the measured window: what their stations have served from one end of an
// interval to the next, held against what they could have served. Stations are read at the ends of intervals only.

import type { SeriesResult } from '../recording/result.js';
import type { Application } from '../server/application.js';
import { type BusyMark, busyCapacity, busySince, markBusy, ratio } from './utilisation.js';

type WorkloadBusy = SeriesResult['busy'][number];

export class BusySeries {
  private readonly appsOf: readonly (readonly Application[])[];
  private readonly lists: readonly { cpu: number[]; workers: number[]; proxy: number[] }[];
  /** Readings at the end of the last interval, by the number of the pod. */
  private readonly marks: BusyMark[] = [];
  private lastNs = 0;

  constructor(appsOf: readonly (readonly Application[])[]) {
    this.appsOf = appsOf;
    this.lists = appsOf.map(() => ({ cpu: [], workers: [], proxy: [] }));
  }

  /** The first interval begins. @param nowNs calendar time */
  begin(nowNs: number): void {
    this.lastNs = nowNs;
    for (const apps of this.appsOf) for (const app of apps) this.marks[app.pod.id] = markBusy(app);
  }

  /** An interval ends, and the next one begins. @param nowNs calendar time, later than the last one */
  sample(nowNs: number): void {
    const passedNs = nowNs - this.lastNs;
    this.lastNs = nowNs;
    for (const [index, apps] of this.appsOf.entries()) {
      const busy = busySince(apps, this.marks);
      const { cores, workers, threads } = busyCapacity(apps);
      const { cpu, workers: held, proxy } = this.lists[index];
      cpu.push(ratio(busy.cpuNs, cores * passedNs));
      held.push(ratio(busy.workersNs, workers * passedNs));
      proxy.push(ratio(busy.proxyNs, threads * passedNs));
      for (const app of apps) this.marks[app.pod.id] = markBusy(app);
    }
  }

  /** The run ends before its time: the interval that it is in ends here. */
  cutOff(nowNs: number): void {
    if (nowNs > this.lastNs) this.sample(nowNs);
  }

  toData(): WorkloadBusy[] {
    return this.lists.map(({ cpu, workers, proxy }) => ({ cpu: [...cpu], workers: [...workers], proxy: [...proxy] }));
  }
}
