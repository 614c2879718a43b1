// One replication: a pure function of (plan, options). Here is what is measured, and when; what happens in between is world.ts.

import { PHASE } from '../../../sim/phases.js';
import type { MeshPlan } from '../../plan/contract/plan.js';
import type { TimelineAction } from '../../plan/contract/timeline-plan.js';
import type { ReplicationResult } from '../recording/result.js';
import { EVENT } from '../state/events.js';
import { BusySeries } from './busy-series.js';
import { ReplicaSeries } from './replica-series.js';
import type { RunOptions } from './run-options.js';
import { trafficResults } from './traffic-results.js';
import { type BusyMark, markBusy, workloadResults } from './utilisation.js';
import { World } from './world.js';

/** Events between two entries of the loop. */
const BATCH = 256;

export class MeshSimulation {
  /** Everything of the run, for whoever drives it from outside. */
  readonly world: World;
  private readonly marks: BusyMark[] = [];
  private readonly busy: BusySeries;
  /** Null: nobody asks for other pods. */
  private readonly replicas: ReplicaSeries | null;
  private measuring = false;
  private over = false;
  private boundHit = false;
  private memoryFull = false;

  constructor(
    private readonly plan: MeshPlan,
    private readonly options: RunOptions,
  ) {
    this.world = new World(plan, options);
    this.busy = new BusySeries(this.world.pods.appsOf);
    this.replicas = changesReplicas(plan) ? new ReplicaSeries(this.world.pods.of) : null;
    this.world.born = (app) => {
      if (this.measuring) this.marks[app.pod.id] = markBusy(app);
    };
  }

  /** Simulated time; 0 is the end of the warm-up. */
  get nowNs(): number {
    return this.world.calendar.nowNs - this.options.warmupNs;
  }

  /** Events fired so far. */
  get events(): number {
    return this.world.calendar.fired;
  }

  /** Runs until the time `tNs` (0 = end of the warm-up) or the end; false when the run is over. */
  runUntil(tNs: number): boolean {
    if (this.over) return false;
    const { warmupNs, durationNs } = this.options;
    const stopNs = Math.min(tNs, durationNs) + warmupNs;
    if (!this.measuring) {
      this.loop(Math.min(stopNs, warmupNs));
      if (stopNs < warmupNs || this.over) return !this.over;
      this.beginMeasuring();
    }
    this.loop(stopNs);
    if (tNs >= durationNs) this.over = true;
    return !this.over;
  }

  /** Ends the run where it is: whoever runs it has no more memory for it. */
  stopForMemory(): void {
    if (this.over) return;
    this.over = true;
    this.memoryFull = true;
    this.cutOff();
  }

  /** Ends the run where it is: nobody needs to see more of it. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.cutOff();
  }

  /** What clients sent and got, over the intervals of the series that have ended. */
  trafficSoFar(): ReturnType<World['recorder']['trafficSoFar']> {
    return this.world.recorder.trafficSoFar();
  }

  /** The run ends before its time. */
  private cutOff(): void {
    this.world.recorder.cutOff();
    if (!this.measuring) return;
    this.busy.cutOff(this.world.calendar.nowNs);
    this.replicas?.cutOff(this.world.calendar.nowNs);
  }

  private beginMeasuring(): void {
    this.measuring = true;
    this.world.recorder.begin();
    this.world.network.begin();
    for (const { counters, ejectedCount } of this.world.clusters.states) counters.ejectedAtStart += ejectedCount;
    for (const app of this.world.pods.apps) this.marks[app.pod.id] = markBusy(app);
    this.busy.begin(this.world.calendar.nowNs);
    this.replicas?.begin(this.world.calendar.nowNs);
    const { intervalNs, durationNs } = this.options;
    this.world.calendar.schedule(
      this.world.calendar.nowNs + Math.min(intervalNs, durationNs),
      PHASE.sample,
      EVENT.sample,
      0,
    );
  }

  private sample(): void {
    this.world.recorder.sample();
    this.busy.sample(this.world.calendar.nowNs);
    this.replicas?.sample(this.world.calendar.nowNs);
    const endNs = this.options.warmupNs + this.options.durationNs;
    const { nowNs } = this.world.calendar;
    if (nowNs < endNs) {
      this.world.calendar.schedule(Math.min(endNs, nowNs + this.options.intervalNs), PHASE.sample, EVENT.sample, 0);
    }
  }

  private loop(untilNs: number): void {
    let more = true;
    while (more) more = this.batch(untilNs);
  }

  /** Some events; false: there are no more. The engine of JavaScript enters what it has compiled anew where a function begins. */
  private batch(untilNs: number): boolean {
    const { world } = this;
    const { calendar } = world;
    const { maxEvents } = this.options;
    for (let i = 0; i < BATCH; i++) {
      if (!calendar.advance(untilNs)) return false;
      if (calendar.kind === EVENT.sample) this.sample();
      else world.handle(calendar.kind, calendar.ref);
      world.settle();
      if (calendar.fired >= maxEvents) {
        this.over = true;
        this.boundHit = true;
        this.cutOff();
        return false;
      }
    }
    return true;
  }

  /** Objects that the run holds now: flat in simulated time unless the mesh is overloaded. */
  get population(): World['population'] {
    return this.world.population;
  }

  /** What was observed until now. */
  result(): ReplicationResult {
    const { options, world } = this;
    const { recorder, calls, attempts, frames } = world;
    return {
      replication: options.replication,
      measuredNs: this.measuring ? this.nowNs : 0,
      warmupNs: options.warmupNs,
      events: this.events,
      calls: {
        started: recorder.started,
        ended: recorder.finished,
        inFlight: recorder.started - recorder.finished,
      },
      rows: recorder.rowResults(),
      traffic: trafficResults(this.plan, recorder, { calls, attempts, frames }),
      workloads: workloadResults(world.pods.appsOf, recorder.workloads, this.marks, this.nowNs, world.calendar.nowNs),
      clusters: recorder.clusters.map((counters) => ({ ...counters })),
      losses: world.network.lossResults(),
      ...(this.plan.timeline.length === 0 && world.happenings.all.length === 0
        ? {}
        : { happenings: world.happenings.all }),
      series: { ...recorder.seriesResult(), busy: this.busy.toData(), ...this.replicas?.toData() },
      ...(recorder.phases === null ? {} : { phases: recorder.phases.toData() }),
      ...(recorder.customers === null ? {} : { customers: recorder.customers.map((own) => own.toData()) }),
      stopped: this.memoryFull ? 'max-memory' : this.boundHit ? 'max-events' : null,
    };
  }
}

const CHANGING: readonly TimelineAction['kind'][] = ['restart', 'scale', 'nodes'];

/** Whether the number of pods is something to look at over time. */
function changesReplicas({ autoscalers, timeline }: MeshPlan): boolean {
  return autoscalers.length > 0 || timeline.some(({ action }) => CHANGING.includes(action.kind));
}

/** Runs one replication to its end. */
export function simulate(plan: MeshPlan, options: RunOptions): ReplicationResult {
  const simulation = new MeshSimulation(plan, options);
  simulation.runUntil(options.durationNs);
  return simulation.result();
}
