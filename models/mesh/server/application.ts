// The application in a pod: workers that are held across the calls it makes, a bounded queue in front of them, and a CPU that all its
// requests share, throttled by its limit. It works through the program of the operation that a request matched.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { CallKeys, Draws } from '../../../sim/random/draws.js';
import { CountedPool } from '../../../sim/stations/counted-pool.js';
import type { JobPlaces } from '../../../sim/stations/job-places.js';
import type { SharingTable } from '../../../sim/stations/sharing-table.js';
import { ADMITTED, NO_JOB, QUEUED } from '../../../sim/stations/station.js';
import { type AppPlan, BODY_OF_CALL } from '../../plan/contract/plan.js';
import { causeOf, REASONS } from '../recording/cause.js';
import type { WorkloadCounters } from '../recording/recorder.js';
import { type Attempt, isProbe } from '../state/attempt.js';
import { type Call, descend } from '../state/call.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import type { Pod } from '../state/pod.js';
import { type Instruction, OP } from '../state/runtime.js';
import { type ActiveFault, Condition } from './condition.js';
import type { Frame } from './frame.js';
import { ownStatus } from './own-status.js';
import { workerOf } from './passing-worker.js';

const CFS_PERIOD_NS = 100_000_000;

/** What an arriving request meets. */
export const ARRIVAL = { begun: 0, queued: 1, refused: 2, down: 3 } as const;

/** What applications share in a run. */
export interface ApplicationContext {
  readonly calendar: Calendar;
  readonly keys: CallKeys;
  readonly calls: ObjectPool<Call>;
  readonly attempts: ObjectPool<Attempt>;
  readonly frames: ObjectPool<Frame>;
  readonly workPlaces: JobPlaces;
  /** The CPUs of all pods. */
  readonly cpus: SharingTable;
  readonly work: Draws;
  readonly branch: Draws;
  readonly errors: Draws;
  readonly faults: Draws;
  /** Requests that got a worker while another ended: begun after the present event, so that nothing recurses. */
  readonly ready: Attempt[];
  startCall(call: Call, timeoutLane: number): void;
  abandonCall(call: Call): void;
  /** The application has answered. */
  respond(attempt: Attempt, status: number): void;
  /** It has answered a probe. */
  probed(attempt: Attempt, success: boolean): void;
  /** A request that has waited for a frozen application reaches it. */
  reach(attempt: Attempt): void;
}

export class Application {
  readonly workers: CountedPool | null;
  /** Its CPU, a station of `cpus`. */
  readonly cpus: SharingTable;
  readonly cpu: number;
  /** CPU that the pod may use, in cores. */
  readonly cpuCores: number;
  private readonly plan: AppPlan;

  /** @param phaseNs where the CFS period of the container stands */
  constructor(
    readonly pod: Pod,
    phaseNs: number,
    private readonly counters: WorkloadCounters,
    private readonly context: ApplicationContext,
  ) {
    const plan = pod.plan.app;
    this.plan = plan;
    const { calendar } = context;
    this.workers =
      plan.workers === null ? null : new CountedPool(calendar, plan.workers, plan.queue, context.workPlaces);
    const limitCores = plan.cpuLimitMillis === null ? plan.cores : plan.cpuLimitMillis / 1000;
    this.cpuCores = Math.min(limitCores, plan.cores);
    const quota = limitCores < plan.cores ? { limitCores, periodNs: CFS_PERIOD_NS, phaseNs } : null;
    this.cpus = context.cpus;
    this.cpu = this.cpus.add(plan.cores, quota);
  }

  /** Requests that it holds now, those that wait for a worker included, and the most so far. */
  private held = 0;
  peakHeld = 0;
  /** Requests that have come in so far. */
  arrived = 0;

  /** Requests that it holds now. */
  get holds(): number {
    return this.held;
  }

  private enter(): void {
    this.counters.enter();
    if (++this.held > this.peakHeld) this.peakHeld = this.held;
  }

  private leave(): void {
    this.counters.leave();
    this.held--;
  }

  get cancels(): boolean {
    return this.plan.cancels;
  }

  get overflow(): AppPlan['overflow'] {
    return this.plan.overflow;
  }

  /** Null: nothing is wrong with it. */
  condition: Condition | null = null;
  /** All its threads stand still: what comes, and what could go on, waits. */
  frozen = false;
  private readonly waitingAttempts: number[] = [];
  private readonly waitingFrames: number[] = [];

  /** A fault of the timeline begins. */
  suffer(fault: ActiveFault): void {
    this.condition ??= new Condition();
    this.condition.begin(fault);
    this.adapt();
  }

  /** One ends. */
  recover(fault: ActiveFault): void {
    this.condition?.end(fault);
    if (this.condition?.isSound) this.condition = null;
    this.adapt();
  }

  /** Its CPU is as its condition says, which may grow worse with time. */
  adapt(): void {
    const { condition } = this;
    const { nowNs } = this.context.calendar;
    this.frozen = condition?.isFrozen ?? false;
    this.pod.listens = !(condition?.isDown ?? false);
    const share = condition === null ? 1 : condition.cpuShare(nowNs);
    const cores = share === 1 ? this.plan.cores : this.cpuCores * share;
    this.cpus.setCores(this.cpu, this.frozen ? 0 : cores);
    if (!this.frozen) this.thaw();
  }

  private thaw(): void {
    for (const id of this.waitingFrames.splice(0)) {
      const frame = this.context.frames.all[id];
      if (!frame.frozen || frame.pod !== this.pod.id) continue;
      frame.frozen = false;
      this.run(frame);
    }
    for (const id of this.waitingAttempts.splice(0)) this.context.reach(this.context.attempts.all[id]);
  }

  /**
   * Its process dies, with all that it works on. What waits for a worker goes first: a worker that becomes free takes none of that.
   * @returns the requests that were here
   */
  die(): Attempt[] {
    this.waitingFrames.length = 0;
    const { all } = this.context.attempts;
    const frozen = this.waitingAttempts.splice(0).map((id) => all[id]);
    const here = all.filter(({ pod, serverDone, visitNs }) => pod === this.pod && !serverDone && visitNs >= 0);
    here.sort((a, b) => Number(a.working) - Number(b.working));
    const stopped = here.filter((attempt) => this.cancel(attempt));
    for (const attempt of stopped) attempt.visitNs = -1;
    const ended = [...stopped, ...frozen];
    for (const attempt of ended) if (isProbe(attempt)) this.context.probed(attempt, false);
    return ended.filter((attempt) => !isProbe(attempt));
  }

  /** A request comes in: begun at once, queued, or refused because the queue is full or nobody listens. */
  arrive(attempt: Attempt): number {
    const { counters, workers } = this;
    if (this.condition !== null) {
      if (this.condition.isDown) return ARRIVAL.down;
      if (this.frozen) {
        this.waitingAttempts.push(attempt.id);
        return ARRIVAL.queued;
      }
    }
    counters.arrivals++;
    this.arrived++;
    attempt.visitNs = this.context.calendar.nowNs;
    if (workers !== null) {
      const admission = workers.arrive(attempt.id);
      if (admission === QUEUED) {
        this.enter();
        return ARRIVAL.queued;
      }
      if (admission !== ADMITTED) {
        counters.overflowed++;
        return ARRIVAL.refused;
      }
    }
    this.enter();
    this.begin(attempt);
    return ARRIVAL.begun;
  }

  /** A probe comes in: it waits for a worker and keeps it as a request does, and is neither an arrival nor a completion of the workload. */
  probe(attempt: Attempt): number {
    const { workers } = this;
    if (this.condition?.isDown) return ARRIVAL.down;
    if (this.frozen) {
      this.waitingAttempts.push(attempt.id);
      return ARRIVAL.queued;
    }
    if (workers !== null) {
      const admission = workers.arrive(attempt.id);
      if (admission !== QUEUED && admission !== ADMITTED) return ARRIVAL.refused;
      attempt.visitNs = this.context.calendar.nowNs;
      if (admission === QUEUED) return ARRIVAL.queued;
    }
    attempt.visitNs = this.context.calendar.nowNs;
    this.begin(attempt);
    return ARRIVAL.begun;
  }

  begin(attempt: Attempt): void {
    attempt.working = true;
    const frame = this.frame(attempt.id, attempt.handler.program, NOTHING);
    attempt.frame = frame.id;
    if (this.condition === null || !this.ails(this.condition, frame, attempt)) this.run(frame);
  }

  /** What is wrong with the application comes before the work of a request; true where the request waits first. */
  private ails(condition: Condition, frame: Frame, { keyHi, keyLo }: Attempt): boolean {
    const { nowNs } = this.context.calendar;
    const status = condition.failure(this.context.faults.uniform(keyHi, keyLo), nowNs);
    if (status !== 0) {
      frame.failed = status;
      frame.cause = causeOf(REASONS['injected error'], this.pod.workload);
      return false;
    }
    frame.waitNs = condition.addedNs(nowNs);
    if (frame.waitNs === 0) return false;
    this.wait(frame);
    return true;
  }

  /** The CPU part of the frame's step is done. */
  cpuDone(frame: Frame): void {
    if (frame.waitNs > 0) this.wait(frame);
    else this.run(frame);
  }

  /** A wait of the frame is over. */
  waited(frame: Frame): void {
    frame.timer = NOTHING;
    this.run(frame);
  }

  /** A call of the frame has ended; status 0 = no response. */
  callReturned(frame: Frame, call: Call, status: number): void {
    frame.call = NOTHING;
    const attempt = this.context.attempts.all[frame.attempt];
    if (attempt.handler.responseBytes === BODY_OF_CALL) attempt.responseBytes = call.responseBytes;
    const step = frame.program[frame.pc];
    if (status === 0 || status >= 400) {
      if (call.callerTry < step.retries) {
        this.startCall(frame, step, call.callerTry + 1);
        return;
      }
      if (step.onError !== 'ignore') {
        frame.failed = step.onError === 'fail' ? step.failStatus : status === 0 ? 502 : status;
        frame.cause = call.cause;
      }
    } else if (step.onError === 'pass' && status !== 200) {
      frame.failed = status;
    }
    frame.pc++;
    this.run(frame);
  }

  /** Stops all work for a request whose caller has gone; false if the request is not here any more. */
  cancel(attempt: Attempt): boolean {
    if (attempt.working) {
      this.stop(this.context.frames.all[attempt.frame]);
      this.releaseWorker();
    } else if (this.workers === null || !this.workers.abandon(attempt.id)) {
      return false;
    }
    attempt.working = false;
    if (!isProbe(attempt)) this.leave();
    return true;
  }

  /** Works through the steps until one takes time or the program ends. */
  run(frame: Frame): void {
    if (this.frozen) {
      frame.frozen = true;
      this.waitingFrames.push(frame.id);
      return;
    }
    while (frame.failed === 0 && frame.pc < frame.program.length) {
      const step = frame.program[frame.pc];
      switch (step.op) {
        case OP.work:
          frame.pc++;
          if (this.work(frame, step)) return;
          break;
        case OP.call:
          this.startCall(frame, step, 0);
          return;
        default:
          frame.pc++;
          if (this.fork(frame, step)) return;
      }
    }
    this.end(frame);
  }

  /** True if the work takes time. */
  private work(frame: Frame, step: Instruction): boolean {
    const attempt = this.context.attempts.all[frame.attempt];
    const hi = step.sameWork ? attempt.callKeyHi : attempt.keyHi;
    const lo = step.sameWork ? attempt.callKeyLo : attempt.keyLo;
    if (step.duration === null) return false;
    let totalNs = Math.max(0, step.duration.sample(this.context.work.uniform(hi, (lo + step.ordinal) | 0)));
    if (this.condition !== null) totalNs *= this.condition.slowness(this.context.calendar.nowNs);
    const cpuNs = Math.round(totalNs * step.cpuShare);
    frame.waitNs = Math.max(0, Math.round(totalNs) - cpuNs);
    if (cpuNs > 0) {
      this.cpus.arrive(this.cpu, frame.id, cpuNs);
      return true;
    }
    if (frame.waitNs === 0) return false;
    this.wait(frame);
    return true;
  }

  private wait(frame: Frame): void {
    const { calendar } = this.context;
    const { waitNs } = frame;
    this.counters.pauseNs += waitNs;
    frame.waitNs = 0;
    frame.timer = calendar.scheduleAfter(waitNs, PHASE.completion, EVENT.waited, frame.id);
  }

  private startCall(frame: Frame, step: Instruction, callerTry: number): void {
    const { context, pod } = this;
    const attempt = context.attempts.all[frame.attempt];
    context.keys.derive(attempt.keyHi, attempt.keyLo, step.ordinal, callerTry);
    const call = context.calls.take();
    call.keyHi = context.keys.hi;
    call.keyLo = context.keys.lo;
    call.site = pod.config.sites[step.site];
    call.pod = pod;
    call.frame = frame.id;
    call.callerTry = callerTry;
    if (pod.passesThrough) call.worker = workerOf(attempt);
    descend(call, attempt);
    frame.call = call.id;
    context.startCall(call, step.timeoutLane);
  }

  /** Starts the branches of a parallel step, or the steps of a `maybe` that is drawn; true if there is something to wait for. */
  private fork(frame: Frame, step: Instruction): boolean {
    if (step.op === OP.maybe) {
      const attempt = this.context.attempts.all[frame.attempt];
      const u = this.context.branch.uniform(attempt.keyHi, (attempt.keyLo + step.ordinal) | 0);
      if (u >= step.probability) return false;
    }
    // One more than there are, so that branches that end at once do not resume the frame under our feet.
    frame.branches = step.branches.length + 1;
    frame.children.length = 0;
    for (const program of step.branches) {
      const child = this.frame(frame.attempt, program, frame.id);
      frame.children.push(child.id);
      this.run(child);
    }
    return --frame.branches > 0;
  }

  private end(frame: Frame): void {
    const { context } = this;
    const { failed, cause } = frame;
    const attempt = context.attempts.all[frame.attempt];
    const parent = frame.parent;
    this.giveBack(frame);
    if (parent !== NOTHING) {
      const waiting = context.frames.all[parent];
      if (failed !== 0 && waiting.failed === 0) {
        waiting.failed = failed;
        waiting.cause = cause;
      }
      if (--waiting.branches === 0) this.run(waiting);
      return;
    }
    attempt.working = false;
    this.releaseWorker();
    if (isProbe(attempt)) {
      attempt.visitNs = -1;
      context.probed(attempt, failed === 0);
      return;
    }
    const { nowNs } = context.calendar;
    this.leave();
    this.counters.completed++;
    this.counters.latency.record(nowNs - attempt.visitNs);
    attempt.visitNs = -1;
    attempt.cause = cause;
    const status = failed !== 0 ? failed : ownStatus(attempt, context.errors);
    const { responseBytes } = attempt.handler;
    if (status >= 400) attempt.responseBytes = 0;
    else if (responseBytes !== BODY_OF_CALL) attempt.responseBytes = responseBytes;
    context.respond(attempt, status);
  }

  private releaseWorker(): void {
    if (this.workers === null) return;
    const next = this.workers.release();
    if (next !== NO_JOB) this.context.ready.push(this.context.attempts.all[next]);
  }

  /** Ends a frame and everything below it without an answer. */
  private stop(frame: Frame): void {
    const { context } = this;
    if (frame.timer !== NOTHING) context.calendar.cancel(frame.timer);
    else if (frame.call !== NOTHING) context.abandonCall(context.calls.all[frame.call]);
    else if (frame.branches === 0) this.cpus.abandon(this.cpu, frame.id);
    if (frame.branches > 0) {
      for (const id of frame.children) {
        const child = context.frames.all[id];
        if (child.parent === frame.id) this.stop(child);
      }
    }
    this.giveBack(frame);
  }

  private frame(attempt: number, program: Frame['program'], parent: number): Frame {
    const frame = this.context.frames.take();
    frame.begin(attempt, program, this.pod.id, parent);
    return frame;
  }

  private giveBack(frame: Frame): void {
    frame.attempt = NOTHING;
    frame.parent = NOTHING;
    frame.frozen = false;
    this.context.frames.give(frame);
  }
}
