// How busy the pods of each workload were in each interval of the measured window: what their stations have served from one end of an
// interval to the next, held against what they could have served. Stations are read at the ends of intervals only.

import { floatsFor } from '../../../sim/growing.js';
import type { SeriesResult } from '../recording/result.js';
import type { Application } from '../server/application.js';
import { busyCapacity, ownProcess, ratio } from './utilisation.js';

type WorkloadBusy = SeriesResult['busy'][number];

/** Readings of a pod's stations: its CPU, its workers, its proxy. */
const STRIDE = 3;
const WORKERS = 1;
const PROXY = 2;

export class BusySeries {
  private readonly lists: readonly { cpu: number[]; workers: number[]; proxy: number[] }[];
  /** At the end of the last interval, by the number of the pod. */
  private marks: Float64Array<ArrayBuffer>;
  private lastNs = 0;

  constructor(private readonly appsOf: readonly (readonly Application[])[]) {
    this.lists = appsOf.map(() => ({ cpu: [], workers: [], proxy: [] }));
    this.marks = new Float64Array(appsOf.reduce((pods, { length }) => pods + length, 0) * STRIDE);
  }

  /** The first interval begins. @param nowNs calendar time */
  begin(nowNs: number): void {
    this.lastNs = nowNs;
    for (const apps of this.appsOf) this.served(apps);
  }

  /** An interval ends, and the next one begins. @param nowNs calendar time, later than the last one */
  sample(nowNs: number): void {
    const passedNs = nowNs - this.lastNs;
    this.lastNs = nowNs;
    for (const [index, apps] of this.appsOf.entries()) {
      const served = this.served(apps);
      const { cores, workers, threads } = busyCapacity(apps, nowNs - passedNs, nowNs);
      const { cpu, workers: held, proxy } = this.lists[index];
      cpu.push(ratio(served.cpuNs, cores * passedNs));
      held.push(ratio(served.workersNs, workers * passedNs));
      proxy.push(ratio(served.proxyNs, threads * passedNs));
    }
  }

  /** What the stations of some pods have served since they were read last. */
  private served(apps: readonly Application[]): { cpuNs: number; workersNs: number; proxyNs: number } {
    let cpuNs = 0;
    let workersNs = 0;
    let proxyNs = 0;
    for (const { pod, cpus, cpu, workers } of apps) {
      const at = pod.id * STRIDE;
      this.marks = floatsFor(at + STRIDE, this.marks);
      const cpuNow = cpus.busyNs(cpu);
      const workersNow = workers?.busyNs() ?? 0;
      const proxyNow = ownProcess(pod)?.busyNs() ?? 0;
      const { marks } = this;
      cpuNs += cpuNow - marks[at];
      workersNs += workersNow - marks[at + WORKERS];
      proxyNs += proxyNow - marks[at + PROXY];
      marks[at] = cpuNow;
      marks[at + WORKERS] = workersNow;
      marks[at + PROXY] = proxyNow;
    }
    return { cpuNs, workersNs, proxyNs };
  }

  /** The run ends before its time: the interval that it is in ends here. */
  cutOff(nowNs: number): void {
    if (nowNs > this.lastNs) this.sample(nowNs);
  }

  toData(): WorkloadBusy[] {
    return this.lists.map(({ cpu, workers, proxy }) => ({ cpu: [...cpu], workers: [...workers], proxy: [...proxy] }));
  }
}
