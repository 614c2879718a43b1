// The network between pods: a one-way delay by pair of localities, lognormal jitter about its mean, and lost packets that cost retransmission
// time-outs of the kernel (control-plane/kernel-timers.ts; RFC 6298). With a bandwidth a body takes its size / bandwidth longer to be put on the line;
// messages do not contend for it.
import type { Calendar } from '../../../sim/calendar.js';
import { LognormalDistribution } from '../../../sim/distributions/lognormal.js';
import { log } from '../../../sim/math.js';
import { PHASE } from '../../../sim/phases.js';
import type { Draws } from '../../../sim/random/draws.js';
import { resends, synSends } from '../../control-plane/kernel-timers.js';
import type { NetworkPlan } from '../../plan/contract/plan.js';
import type { LossResult } from '../recording/result.js';

/** In the place of a delay: all transmissions were lost. */
export const GIVEN_UP = Number.POSITIVE_INFINITY;
const NS_PER_S = 1_000_000_000;
/** A draw on its way to its delay. */
const SAMPLE = new Float64Array(1);
/** When messages, and when SYNs leave that nobody answers, since the first. */
const { atNs: MESSAGES_NS, givesUpNs } = resends();
const { atNs: SYNS_NS } = synSends();
/** From sending a message until the kernel gives it up: 924.6 s. */
export const GIVEN_UP_AFTER_NS = givesUpNs;

/** How long after its first transmission a message leaves that nothing lets through for `waitNs`, or GIVEN_UP. */
export function resentAfterNs(waitNs: number): number {
  return MESSAGES_NS.find((atNs) => atNs >= waitNs) ?? GIVEN_UP;
}

/** As `resentAfterNs`, of the first packet of a connection. */
export function synAfterNs(waitNs: number): number {
  return SYNS_NS.find((atNs) => atNs >= waitNs) ?? GIVEN_UP;
}

/** How much later than the first the SYN leaves that is answered where each is lost with the probability `loss`, or GIVEN_UP. @param u uniform draw */
export function synLostNs(loss: number, u: number): number {
  return afterLost(SYNS_NS, loss, u);
}

/** How long after its first transmission a message leaves of whose packets each is lost with the probability `loss`, or GIVEN_UP. @param u uniform draw */
export function lostForNs(loss: number, u: number): number {
  return afterLost(MESSAGES_NS, loss, u);
}

function afterLost(atNs: readonly number[], loss: number, u: number): number {
  if (u >= loss) return 0;
  const lost = loss < 1 ? Math.floor(log(u) / log(loss)) : GIVEN_UP;
  return lost < atNs.length ? atNs[lost] : GIVEN_UP;
}

/** Messages from one locality to another that have lost packets, and how long they waited for the retransmissions. */
class Losses {
  lost = 0;
  lostNs = 0;

  constructor(
    readonly from: number,
    readonly to: number,
  ) {}
}

/** The way of a message from one pod to another, with the constant delays at both ends in it. */
export class NetworkPath {
  constructor(
    /** The constant delay as a lane, or -1 where it varies. */
    readonly lane: number,
    private readonly fixedNs: number,
    readonly meanNs: number,
    private readonly varying: LognormalDistribution | null,
    private readonly loss: number,
    private readonly losses: Losses,
    private readonly nsPerByte: number,
  ) {}

  /** The delay of one message until all of it is there, whole nanoseconds, or GIVEN_UP; `hi`, `lo` key its draws. */
  delayNs(draws: Draws, hi: number, lo: number, bodyBytes = 0): number {
    const travelNs = this.travelNs(draws, hi, lo);
    return this.nsPerByte === 0 ? travelNs : travelNs + Math.ceil(bodyBytes * this.nsPerByte);
  }

  /**
   * How much later than the first the SYN leaves that is answered, or GIVEN_UP: each may be lost on its way, or its answer on the way `back`.
   * `hi`, `lo` key the draw.
   */
  synNs(back: NetworkPath, draws: Draws, hi: number, lo: number): number {
    const loss = 1 - (1 - this.loss) * (1 - back.loss);
    if (loss === 0) return 0;
    const lostNs = synLostNs(loss, draws.uniform(hi, lo));
    if (lostNs === 0) return 0;
    this.losses.lost++;
    if (lostNs !== GIVEN_UP) this.losses.lostNs += lostNs;
    return lostNs;
  }

  private travelNs(draws: Draws, hi: number, lo: number): number {
    if (this.varying === null && this.loss === 0) return this.meanNs;
    let delay = this.meanNs;
    if (this.varying !== null) {
      SAMPLE[0] = draws.uniform(hi, lo);
      this.varying.sampleIn(SAMPLE);
      delay = this.fixedNs + Math.round(SAMPLE[0]);
    }
    if (this.loss > 0) {
      const u = draws.uniform(~hi, lo);
      if (u < this.loss) {
        const waitNs = lostForNs(this.loss, u);
        this.losses.lost++;
        if (waitNs === GIVEN_UP) return GIVEN_UP;
        this.losses.lostNs += waitNs;
        delay += waitNs;
      }
    }
    return delay;
  }
}

/** All paths of a run, made when first asked for. */
export class Network {
  private readonly paths = new Map<string, NetworkPath>();
  private readonly losses = new Map<string, Losses>();

  constructor(
    private readonly plan: NetworkPlan,
    private readonly calendar: Calendar,
  ) {}

  oneWayNs(from: number, to: number): number {
    return this.plan.oneWayNs[from][to];
  }

  /** The warm-up is over: what was lost before does not count. */
  begin(): void {
    for (const pair of this.losses.values()) {
      pair.lost = 0;
      pair.lostNs = 0;
    }
  }

  /** Pairs of localities that have lost anything, in their order. */
  lossResults(): LossResult[] {
    return [...this.losses.values()]
      .filter(({ lost }) => lost > 0)
      .map(({ from, to, lost, lostNs }) => ({ from, to, lost, lostNs }))
      .sort((a, b) => a.from - b.from || a.to - b.to);
  }

  /** @param extraNs constant delays at the ends (proxies), in nanoseconds */
  path(from: number, to: number, extraNs: number): NetworkPath {
    const key = `${from}/${to}/${extraNs}`;
    let path = this.paths.get(key);
    if (path === undefined) {
      const oneWayNs = this.plan.oneWayNs[from][to];
      const jitter = this.plan.jitter[from][to];
      const loss = this.plan.loss[from][to];
      const meanNs = Math.round(oneWayNs + extraNs);
      const bytesPerSecond = this.plan.bytesPerSecond[from][to];
      const constant = loss === 0 && (jitter === 0 || oneWayNs === 0) && bytesPerSecond === 0;
      const varying = jitter > 0 && oneWayNs > 0 ? new LognormalDistribution(oneWayNs, jitter) : null;
      const lane = constant ? this.calendar.lane(meanNs, PHASE.completion) : -1;
      const nsPerByte = bytesPerSecond > 0 ? NS_PER_S / bytesPerSecond : 0;
      path = new NetworkPath(lane, Math.round(extraNs), meanNs, varying, loss, this.lossesOf(from, to), nsPerByte);
      this.paths.set(key, path);
    }
    return path;
  }

  private lossesOf(from: number, to: number): Losses {
    const key = `${from}/${to}`;
    let losses = this.losses.get(key);
    if (losses === undefined) {
      losses = new Losses(from, to);
      this.losses.set(key, losses);
    }
    return losses;
  }
}
