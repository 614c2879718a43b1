// The walk of a request through the filters before the router, and of its end back through those that it has passed.
// envoy: source/common/http/filter_manager.cc; source/extensions/filters/http/{fault/fault_filter,local_ratelimit/local_ratelimit,
// ratelimit/ratelimit,ext_authz/ext_authz,admission_control/admission_control,adaptive_concurrency/adaptive_concurrency_filter}.cc.
import type { Calendar } from '../../../sim/calendar.js';
import { FLAG } from '../recording/flags.js';
import { isSuccess } from './admission-control.js';
import {
  FILTER,
  type FilterChainRt,
  type FilterRt,
  type FilterStates,
  type FilterStream,
  VERDICT,
  type Verdict,
} from './filter.js';
import type { FilterState } from './filter-state.js';
import { SharedLimits } from './shared-limits.js';

export class FilterChains {
  /** The answer of the last `answered`. */
  status = 0;
  flag = 0;
  /** The filter of the plan that gave it, or -1: the fault of the route. */
  answeredBy = -1;
  /** The wait of the last `held`: a lane, or (where it is -1) nanoseconds. */
  holdLane = -1;
  holdNs = 0;
  /** Flags that the request carries from now on, whatever becomes of it. */
  marks = 0;
  private readonly shared = new SharedLimits();

  constructor(private readonly calendar: Calendar) {}

  /** Goes on through the rules that come after those that were entered. */
  walk(chain: FilterChainRt, stream: FilterStream, pod: number, worker: number): Verdict {
    const { rules } = chain;
    this.marks = 0;
    while (stream.filterAt < rules.length) {
      const rule = rules[stream.filterAt];
      stream.filterAt++;
      const verdict = this.enter(rule, stream, pod, worker);
      if (verdict === VERDICT.pass) continue;
      if (verdict === VERDICT.held) stream.filterHeld = true;
      // A rule that has answered hears nothing of the end.
      else stream.filterAt--;
      return verdict;
    }
    return VERDICT.pass;
  }

  /** The wait of a held request is over. False: it was too long, and the answer stands in `status` and `flag`. */
  resume(chain: FilterChainRt, stream: FilterStream, pod: number): boolean {
    const rule = chain.rules[stream.filterAt - 1];
    stream.filterHeld = false;
    this.release(rule, stream, pod);
    if (rule.kind !== FILTER.ask || rule.timeoutNs === 0) return true;
    // A wait is cut at the time-out; one as long as that was cut.
    if (this.askedNs(rule, stream) < rule.timeoutNs) return true;
    if (rule.timeoutStatus === 0) {
      // The decision that never came is skipped.
      stream.filterAt++;
      return true;
    }
    this.answer(rule, rule.timeoutStatus, rule.timeoutFlag);
    return false;
  }

  /** A request has ended: with a response of `status`, or by a reset (status 0). */
  ended(chain: FilterChainRt, stream: FilterStream, pod: number, worker: number, status: number): void {
    if (stream.filterHeld) this.release(chain.rules[stream.filterAt - 1], stream, pod);
    if (chain.watchesEnd) {
      for (let i = stream.filterAt - 1; i >= 0; i--) {
        const rule = chain.rules[i];
        if (rule.watchesEnd) this.leave(rule, rule.states as FilterStates, stream, pod, worker, status);
      }
    }
    stream.filterAt = 0;
    stream.filterHeld = false;
    stream.paceKiBPerSecond = 0;
  }

  private enter(rule: FilterRt, stream: FilterStream, pod: number, worker: number): Verdict {
    switch (rule.kind) {
      case FILTER.delay:
        if (!met(rule, stream)) return VERDICT.pass;
        if (rule.states !== null && !isFaulty(stream)) {
          const state = rule.states.of(pod);
          if (state.activeFaults >= state.maxActiveFaults) return VERDICT.pass;
          state.activeFaults++;
        }
        this.marks |= rule.flag;
        this.holdLane = rule.lane;
        return VERDICT.held;
      case FILTER.answer:
        if (!met(rule, stream)) return VERDICT.pass;
        if (rule.states !== null && !isFaulty(stream)) {
          const state = rule.states.of(pod);
          if (state.activeFaults >= state.maxActiveFaults) return VERDICT.pass;
        }
        return this.answer(rule, rule.status, rule.flag);
      case FILTER.ask: {
        const askedNs = this.askedNs(rule, stream);
        this.holdLane = rule.lane;
        this.holdNs = rule.timeoutNs > 0 && askedNs > rule.timeoutNs ? rule.timeoutNs : askedNs;
        return VERDICT.held;
      }
      case FILTER.localRateLimit:
        return this.localRateLimit(rule, stream, (rule.states as FilterStates).of(pod));
      case FILTER.sharedLimits:
        if (this.shared.take(rule.limits, this.calendar.nowNs)) return VERDICT.pass;
        return this.answer(rule, rule.status, rule.flag);
      case FILTER.admissionControl:
        return this.admission(rule, stream, (rule.states as FilterStates).of(pod), worker);
      case FILTER.adaptiveConcurrency: {
        const { controller } = (rule.states as FilterStates).of(pod);
        if (controller === null || controller.admits()) {
          stream.filterNs = this.calendar.nowNs;
          return VERDICT.pass;
        }
        return this.answer(rule, 503, 0);
      }
      case FILTER.pace:
        if (!met(rule, stream)) return VERDICT.pass;
        if (rule.states !== null) {
          const state = rule.states.of(pod);
          if (state.activeFaults >= state.maxActiveFaults) return VERDICT.pass;
          state.activeFaults++;
        }
        stream.paceKiBPerSecond = rule.paceKiBPerSecond;
        stream.pacedSinceNs = this.calendar.nowNs;
        return VERDICT.pass;
      default:
        throw new Error(`a filter of unknown kind ${rule.kind}`);
    }
  }

  private leave(
    rule: FilterRt,
    states: FilterStates,
    stream: FilterStream,
    pod: number,
    worker: number,
    status: number,
  ): void {
    const state = states.of(pod);
    switch (rule.kind) {
      case FILTER.admissionControl:
        if (rule.admission !== null && status !== 0) {
          state.history(worker, rule.admission).record(this.calendar.nowNs, isSuccess(rule.admission, status));
        }
        return;
      case FILTER.adaptiveConcurrency:
        if (status !== 0) state.controller?.completed(stream.filterNs);
        else state.controller?.cancelled();
        return;
      case FILTER.pace:
        if (isFaulty(stream)) state.activeFaults--;
        return;
      default:
        return;
    }
  }

  /** Every descriptor's bucket is asked in turn, then the default one; the first that is empty refuses, and what was taken stays taken. */
  private localRateLimit(rule: FilterRt, stream: FilterStream, state: FilterState): Verdict {
    if (!met(rule, stream)) return VERDICT.pass;
    const { nowNs } = this.calendar;
    let allowed = true;
    for (let i = 0; i < rule.descriptors.length && allowed; i++) {
      allowed = state.descriptors[rule.descriptors[i]].take(nowNs);
    }
    if (allowed && rule.asksDefault && state.bucket !== null) allowed = state.bucket.take(nowNs);
    if (allowed) return VERDICT.pass;
    const { enforcedBelow } = rule;
    if (enforcedBelow < 1 && rule.enforcedDraws.uniform(stream.keyHi, stream.keyLo) >= enforcedBelow)
      return VERDICT.pass;
    return this.answer(rule, rule.status, FLAG.RL);
  }

  private admission(rule: FilterRt, stream: FilterStream, state: FilterState, worker: number): Verdict {
    if (rule.admission === null) return VERDICT.pass;
    const u = rule.draws.uniform(stream.keyHi, stream.keyLo);
    const rejected = state.history(worker, rule.admission).rejects(this.calendar.nowNs, u, rule.admission);
    return rejected ? this.answer(rule, 503, 0) : VERDICT.pass;
  }

  /** A delay that bounds its requests has one less; one whose answer is held back counts until its end. */
  private release(rule: FilterRt, stream: FilterStream, pod: number): void {
    if (rule.kind === FILTER.delay && rule.states !== null && !isFaulty(stream)) rule.states.of(pod).activeFaults--;
  }

  private askedNs(rule: FilterRt, stream: FilterStream): number {
    const { latency } = rule;
    return latency === null ? 0 : Math.ceil(latency.sample(rule.draws.uniform(stream.keyHi, stream.keyLo)));
  }

  private answer(rule: FilterRt, status: number, flag: number): Verdict {
    this.answeredBy = rule.filter;
    this.status = status;
    this.flag = flag;
    return VERDICT.answered;
  }
}

/** The faults of a request count as one: it has been counted already. */
function isFaulty(stream: FilterStream): boolean {
  return stream.paceKiBPerSecond > 0;
}

function met(rule: FilterRt, stream: FilterStream): boolean {
  return rule.below >= 1 || rule.draws.uniform(stream.keyHi, stream.keyLo) < rule.below;
}
