// The pods of a plan, each with its application and its proxy. Pods of ambient workloads share the process of their node's ztunnel, which has to be
// made before them.
import { PHASE } from '../../sim/phases.js';
import { componentStream } from '../../sim/random/stream.js';
import { Application, type ApplicationContext } from './application.js';
import { Pod } from './pod.js';
import { ProxyProcess, takesTime } from './proxy-process.js';
import type { WorkloadCounters } from './recorder.js';
import type { RuntimePlan } from './runtime-plan.js';

const CFS_PERIOD_NS = 100_000_000;

export class PodMaker {
  private readonly seed: string;
  private readonly runtime: RuntimePlan;
  private readonly counters: readonly WorkloadCounters[];
  private readonly context: ApplicationContext;
  private readonly pods: Pod[];
  private readonly podsOf: readonly (readonly Pod[])[];

  /** @param pods where they go, in the order of their ids; `podsOf`: by workload, as far as they are there */
  constructor(
    seed: string,
    runtime: RuntimePlan,
    counters: readonly WorkloadCounters[],
    context: ApplicationContext,
    pods: Pod[],
    podsOf: readonly (readonly Pod[])[],
  ) {
    this.seed = seed;
    this.runtime = runtime;
    this.counters = counters;
    this.context = context;
    this.pods = pods;
    this.podsOf = podsOf;
  }

  make(workload: number, ordinal: number): Pod {
    const { context } = this;
    const { calendar } = context;
    const plan = this.runtime.plan.workloads[workload];
    const id = this.pods.length;
    const phases = componentStream(this.seed, `CFS period of ${plan.namespace}/${plan.name}/${ordinal}`);
    const { proxy, ztunnel } = plan;
    const process =
      proxy !== null && takesTime(proxy) ? new ProxyProcess(calendar, proxy, phases.integer(CFS_PERIOD_NS)) : null;
    const app = new Application(plan.app, id, phases.integer(CFS_PERIOD_NS), this.counters[workload], context);
    const pod = new Pod(
      id,
      workload,
      ordinal,
      plan,
      this.runtime.localClusters[workload],
      process,
      app,
      calendar.lane(proxy === null ? 0 : Math.round(proxy.latencyNs), PHASE.completion),
      ztunnel === undefined ? null : this.podsOf[ztunnel.workload][ztunnel.nodes[ordinal]],
    );
    app.runIn(pod);
    this.pods.push(pod);
    return pod;
  }
}
