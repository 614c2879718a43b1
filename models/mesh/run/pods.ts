// The pods of a plan, each with its application and its proxy.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { componentStream } from '../../../sim/random/stream.js';
import { FifoTable } from '../../../sim/stations/fifo-table.js';
import type { WorkloadCounters } from '../recording/recorder.js';
import { Application, type ApplicationContext } from '../server/application.js';
import { LIFE, Pod } from '../state/pod.js';
import { ProxyProcess, takesTime } from '../state/proxy-process.js';
import type { RuntimePlan } from '../state/runtime.js';

const CFS_PERIOD_NS = 100_000_000;

export class Pods {
  /** By number. */
  readonly all: Pod[] = [];
  readonly apps: Application[] = [];
  /** By workload of the plan. */
  readonly of: Pod[][] = [];
  readonly appsOf: Application[][] = [];
  /** Threads of all proxies. */
  private readonly threads: FifoTable;
  private counters!: readonly WorkloadCounters[];
  private context!: ApplicationContext;
  private config!: RuntimePlan;
  /** Told of each pod that is made while the run goes on. */
  made: (app: Application) => void = () => {};

  constructor(
    private readonly seed: string,
    calendar: Calendar,
  ) {
    this.threads = new FifoTable(calendar);
  }

  /** Makes all of them. @param counters by workload */
  make(config: RuntimePlan, counters: readonly WorkloadCounters[], context: ApplicationContext): void {
    this.counters = counters;
    this.context = context;
    this.config = config;
    // Pods of ambient workloads share the process of their node's ztunnel, which has to be made before them.
    for (const isZtunnel of [true, false]) {
      for (const [index, { kind, podLocalities }] of config.plan.workloads.entries()) {
        if ((kind === 'ztunnel') !== isZtunnel) continue;
        const apps = podLocalities.map((_, ordinal) => this.one(config, index, ordinal, counters[index], context));
        this.appsOf[index] = apps;
        this.of[index] = apps.map(({ pod }) => pod);
      }
    }
  }

  /** One pod more of a workload; nobody knows of it before it is ready. @param config that its plan is from; absent: the first one */
  add(workload: number, ordinal: number, locality: number, config = this.config): Application {
    const before = this.appsOf[workload].filter(({ pod }) => pod.ordinal === ordinal).length;
    const app = this.one(config, workload, ordinal, this.counters[workload], this.context, before, locality);
    app.pod.life = LIFE.starting;
    // It has no part in what its workload can do before it serves.
    app.pod.bornNs = Number.POSITIVE_INFINITY;
    this.appsOf[workload].push(app);
    this.made(app);
    return app;
  }

  /** It serves: it is one of its workload's from now on. */
  join(pod: Pod): void {
    const pods = this.of[pod.workload];
    const after = pods.findIndex(({ ordinal }) => ordinal > pod.ordinal);
    pods.splice(after === -1 ? pods.length : after, 0, pod);
  }

  leave(pod: Pod): void {
    const pods = this.of[pod.workload];
    const place = pods.indexOf(pod);
    if (place !== -1) pods.splice(place, 1);
  }

  private one(
    config: RuntimePlan,
    workload: number,
    ordinal: number,
    counters: WorkloadCounters,
    context: ApplicationContext,
    incarnation = 0,
    locality: number | null = null,
  ): Application {
    const plan = config.plan.workloads[workload];
    const phases = componentStream(this.seed, `CFS period of ${plan.namespace}/${plan.name}/${ordinal}`);
    const { proxy, ztunnel } = plan;
    const { calendar } = context;
    const process =
      proxy !== null && takesTime(proxy)
        ? new ProxyProcess(calendar, this.threads, proxy, phases.integer(CFS_PERIOD_NS))
        : null;
    const pod = new Pod(
      this.all.length,
      workload,
      ordinal,
      config,
      process,
      localReplyLane(calendar, proxy?.latencyNs ?? 0),
      ztunnel === null ? null : this.of[ztunnel.workload][ztunnel.nodes[ordinal]],
      incarnation,
      locality,
    );
    const app = new Application(pod, phases.integer(CFS_PERIOD_NS), counters, context);
    this.all.push(pod);
    this.apps.push(app);
    return app;
  }
}

function localReplyLane(calendar: Calendar, latencyNs: number): number {
  return calendar.lane(Math.round(latencyNs), PHASE.completion);
}
