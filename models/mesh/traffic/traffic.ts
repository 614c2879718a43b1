// Traffic: sources that send whatever the answers do (open loop), and connections that wait for their answer before they send again (closed
// loop, with fortio's pacing: call i of a connection is due at i / rate and is sent at once if it is late; fortio/periodic/periodic.go).
import type { Calendar } from '../../../sim/calendar.js';
import { compileDistribution, type Distribution } from '../../../sim/distributions/index.js';
import { PHASE } from '../../../sim/phases.js';
import { type CallKeys, Draws } from '../../../sim/random/draws.js';
import { seedWords } from '../../../sim/random/seed.js';
import { componentStream } from '../../../sim/random/stream.js';
import type { ArrivalPlan, MeshPlan, TrafficPlan } from '../../plan/contract/plan.js';
import type { DownstreamConnections } from '../connections/downstream-connections.js';
import type { Recorder } from '../recording/recorder.js';
import type { Call } from '../state/call.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import type { Pod } from '../state/pod.js';

import { nextAmount, RateProfile } from './arrivals.js';
import { type MixWindow, mixAt } from './mixes.js';
import { type FactorWindow, factorAt, highestFactor, shapedProfile } from './rate-factors.js';

const NS_PER_S = 1_000_000_000;
/** The time of a source's next request, while it is sought. */
const ARRIVAL = new Float64Array(1);

interface RequestRt {
  /** The proxy of the client looks the site up in its own configuration. */
  readonly site: number;
  readonly timeoutLane: number;
}

/** One source: its requests, its clients, the key from which every request of it descends. */
interface SourceRt {
  readonly index: number;
  readonly plan: TrafficPlan;
  /** Index of its first request among all traffic requests of the plan. */
  readonly firstRequest: number;
  readonly requests: readonly RequestRt[];
  readonly weightBelow: Float64Array;
  readonly pods: readonly Pod[];
  readonly keyHi: number;
  readonly keyLo: number;
  readonly profile: RateProfile | null;
  readonly windows: readonly FactorWindow[];
  readonly gaps: { next(): number };
  readonly think: Distribution | null;
  sent: number;
}

/** One connection of a closed loop. */
interface Loop {
  readonly source: SourceRt;
  readonly index: number;
  /** Among the connections of its source. */
  readonly ordinal: number;
  /** When its first call is due, as its pace has it. */
  offsetNs: number;
  /** Nanoseconds between the calls it is meant to make; 0 = no pacing. */
  readonly periodNs: number;
  /** Calls that it may make in all. */
  readonly callsMax: number;
  calls: number;
  /** The thread of its proxy that it has been dealt to, and how often its connection was made again. */
  worker: number;
  remade: number;
  intendedNs: number;
}

type Send = (call: Call, timeoutLane: number) => void;

export class Traffic {
  private readonly sources: SourceRt[] = [];
  private readonly loops: Loop[] = [];
  /** Connections that have no pod to send from, or none to send now. */
  private readonly parked: number[] = [];
  private readonly endNs: number;
  private readonly choice: Draws;
  private readonly thinking: Draws;

  constructor(
    seed: string,
    private readonly downstream: DownstreamConnections,
    traffic: readonly TrafficPlan[],
    podsOf: readonly (readonly Pod[])[],
    private readonly calendar: Calendar,
    private readonly keys: CallKeys,
    private readonly calls: ObjectPool<Call>,
    private readonly recorder: Recorder,
    private readonly warmupNs: number,
    durationNs: number,
    private readonly send: Send,
    /** By source: what the timeline multiplies its rate by. */
    windows: readonly (readonly FactorWindow[])[],
    /** By source: what the timeline changes about its requests. */
    private readonly mixes: readonly (readonly MixWindow[])[],
  ) {
    this.endNs = warmupNs + durationNs;
    this.choice = new Draws(seed, 'request of the traffic');
    this.thinking = new Draws(seed, 'think time');
    let firstRequest = 0;
    for (const [index, plan] of traffic.entries()) {
      this.sources.push(this.source(seed, index, plan, firstRequest, podsOf[plan.client], windows[index]));
      firstRequest += plan.requests.length;
    }
  }

  private source(
    seed: string,
    index: number,
    plan: TrafficPlan,
    firstRequest: number,
    pods: readonly Pod[],
    windows: readonly FactorWindow[],
  ): SourceRt {
    const key = seedWords(`traffic ${plan.name} of ${seed}`, 2);
    let sum = 0;
    return {
      index,
      plan,
      firstRequest,
      requests: plan.requests.map((request) => ({
        site: request.site,
        timeoutLane: request.timeoutNs > 0 ? this.calendar.lane(request.timeoutNs, PHASE.timer) : NOTHING,
      })),
      weightBelow: Float64Array.from(plan.requests, (request) => {
        sum += request.weight;
        return sum;
      }),
      pods,
      keyHi: key[0],
      keyLo: key[1],
      profile: plan.arrival.kind === 'open' ? new RateProfile(shapedProfile(plan.arrival.profile, windows)) : null,
      windows,
      gaps: componentStream(seed, `arrivals of ${plan.name}`),
      think:
        plan.arrival.kind === 'closed' && plan.arrival.think !== null ? compileDistribution(plan.arrival.think) : null,
      sent: 0,
    };
  }

  /** Schedules the first request of every source; one without pods sends nothing. */
  begin(): void {
    for (const source of this.sources) {
      if (source.pods.length === 0) continue;
      const { arrival } = source.plan;
      if (arrival.kind === 'open') this.scheduleArrival(source, arrival.process);
      else this.beginLoops(source, arrival);
    }
  }

  private beginLoops(source: SourceRt, arrival: Extract<ArrivalPlan, { kind: 'closed' }>): void {
    const perConnection = arrival.ratePerSecond === null ? 0 : arrival.ratePerSecond / arrival.connections;
    const periodNs = perConnection > 0 ? NS_PER_S / perConnection : 0;
    const startNs = arrival.startNs === null ? 0 : this.warmupNs + arrival.startNs;
    const begun: Loop[] = [];
    const most = Math.round(arrival.connections * highestFactor(source.windows));
    for (let i = 0; i < most; i++) {
      const spreadNs = arrival.uniform && periodNs > 0 ? Math.round((periodNs * i) / arrival.connections) : 0;
      const offsetNs = startNs + spreadNs;
      const callsMax = callsOf(arrival, i);
      const index = this.loops.length;
      const loop: Loop = {
        source,
        index,
        ordinal: i,
        offsetNs,
        periodNs,
        callsMax,
        calls: 0,
        worker: NOTHING,
        remade: 0,
        intendedNs: offsetNs,
      };
      loop.worker = this.worker(loop);
      this.loops.push(loop);
      // A connection that never sends has its number nevertheless: numbers hang on the plan alone.
      if (offsetNs > this.endNs || callsMax === 0) continue;
      begun.push(loop);
    }
    // What comes at one instant is handled by one thread after the other: each reads all of its connections when it wakes.
    begun.sort((a, b) => a.worker - b.worker || a.index - b.index);
    for (const { offsetNs, index } of begun) this.calendar.schedule(offsetNs, PHASE.arrival, EVENT.think, index);
  }

  private scheduleArrival(source: SourceRt, process: 'poisson' | 'constant'): void {
    if (source.profile === null) return;
    const { nowNs } = this.calendar;
    ARRIVAL[0] = nowNs - this.warmupNs;
    source.profile.goOn(ARRIVAL, nextAmount(process, source.gaps.next()));
    const atNs = ARRIVAL[0] + this.warmupNs;
    if (atNs > this.endNs) return;
    this.calendar.scheduleAfter(Math.max(0, Math.ceil(atNs) - nowNs), PHASE.arrival, EVENT.arrival, source.index);
  }

  /** An open source sends one request and plans the next. */
  arrival(index: number): void {
    const source = this.sources[index];
    if (source.plan.arrival.kind === 'open') this.scheduleArrival(source, source.plan.arrival.process);
    this.request(source, NOTHING, this.calendar.nowNs);
  }

  /** A connection of a closed loop sends its next request. */
  loopTurn(index: number): void {
    const loop = this.loops[index];
    if (loop.ordinal >= this.sendingOf(loop.source)) {
      this.parked.push(index);
      return;
    }
    loop.calls++;
    this.request(loop.source, index, loop.intendedNs);
  }

  /** How many connections of a closed loop send now. */
  private sendingOf({ plan: { arrival }, windows }: SourceRt): number {
    if (arrival.kind === 'open') return 0;
    const factor = windows.length === 0 ? 1 : factorAt(windows, this.calendar.nowNs - this.warmupNs);
    return Math.round(arrival.connections * factor);
  }

  /** Rates or mixes change, or there are pods again to send from: connections that have waited for it go on. */
  adapt(): void {
    for (const { index, plan, weightBelow } of this.sources) {
      const mixes = this.mixes[index];
      if (mixes.length === 0) continue;
      const weights = plan.requests.map(({ weight }) => weight);
      mixAt(weights, mixes, this.calendar.nowNs - this.warmupNs, weightBelow);
    }
    for (const index of this.parked.splice(0)) {
      const loop = this.loops[index];
      const { source, ordinal, calls, periodNs } = loop;
      if (source.pods.length === 0 || ordinal >= this.sendingOf(source)) {
        this.parked.push(index);
        continue;
      }
      // What it has not sent meanwhile, it does not make up for.
      const { nowNs } = this.calendar;
      loop.intendedNs = nowNs;
      loop.offsetNs = nowNs - Math.ceil(calls * periodNs);
      this.calendar.schedule(nowNs, PHASE.arrival, EVENT.think, index);
    }
  }

  private request(source: SourceRt, loop: number, intendedNs: number): void {
    const ordinal = source.sent++;
    const count = source.pods.length;
    if (count === 0) {
      // Nobody is there to send it.
      if (loop !== NOTHING) {
        this.loops[loop].calls--;
        this.parked.push(loop);
      }
      return;
    }
    this.keys.derive(source.keyHi, source.keyLo, ordinal | 0, Math.floor(ordinal / 4294967296));
    const call = this.calls.take();
    call.keyHi = this.keys.hi;
    call.keyLo = this.keys.lo;
    const request = this.chooseRequest(source, call);
    // A connection of a closed loop stays with its pod and, there, with one worker of the proxy.
    const own = loop === NOTHING ? null : this.loops[loop];
    const place = own !== null ? own.ordinal % count : count === 1 ? 0 : (call.keyHi >>> 8) % count;
    call.pod = source.pods[place];
    call.site = call.pod.config.sites[source.requests[request].site];
    if (own !== null && !call.site.skipsProxy) call.worker = own.worker;
    call.trafficRequest = source.firstRequest + request;
    call.loop = loop;
    call.intendedNs = intendedNs;
    call.origin = call.trafficRequest;
    call.originLoop = loop;
    call.originHi = call.keyHi;
    call.originLo = call.keyLo;
    this.recorder.offered(call.trafficRequest);
    this.send(call, source.requests[request].timeoutLane);
  }

  private worker({ source, ordinal, remade }: Loop): number {
    const { pods, keyHi } = source;
    if (pods.length === 0) return 0;
    return this.downstream.worker(pods[ordinal % pods.length], (keyHi + remade) | 0, ordinal);
  }

  private chooseRequest(source: SourceRt, call: Call): number {
    const below = source.weightBelow;
    if (below.length === 1) return 0;
    const value = this.choice.uniform(call.keyHi, call.keyLo) * below[below.length - 1];
    let chosen = 0;
    while (value >= below[chosen]) chosen++;
    return chosen;
  }

  /** A client's request has ended. */
  returned(call: Call, status: number): void {
    const { nowNs } = this.calendar;
    const { trafficRequest, flags, startedNs, intendedNs, cause } = call;
    const { recorder } = this;
    const tookNs = nowNs - startedNs;
    const good = recorder.answered(trafficRequest, status, flags, tookNs, nowNs - intendedNs, cause);
    if (recorder.customers !== null) recorder.customers[trafficRequest].add(call.keyHi, call.keyLo, good, tookNs);
    if (call.loop === NOTHING) return;
    const loop = this.loops[call.loop];
    if (status === 0) {
      // Whoever got no answer begins anew, with another connection.
      loop.remade++;
      loop.worker = this.worker(loop);
    }
    if (loop.calls >= loop.callsMax) return;
    let atNs = nowNs;
    const { think } = loop.source;
    if (think !== null) atNs += Math.round(think.sample(this.thinking.uniform(call.keyHi, call.keyLo)));
    const dueNs = loop.periodNs > 0 ? loop.offsetNs + Math.ceil(loop.calls * loop.periodNs) : atNs;
    loop.intendedNs = dueNs;
    if (dueNs > atNs) atNs = dueNs;
    if (atNs <= this.endNs) this.calendar.schedule(atNs, PHASE.arrival, EVENT.think, loop.index);
  }
}

/** Calls of one connection: its share, the first one with what is left over (fortio: periodic/periodic.go). */
function callsOf({ calls, connections }: Extract<ArrivalPlan, { kind: 'closed' }>, connection: number): number {
  if (calls === null) return Number.POSITIVE_INFINITY;
  const share = Math.floor(calls / connections);
  return connection === 0 ? share + (calls % connections) : share;
}

/** The names of the plan's traffic requests in the order of their counters. */
export function trafficRequests(plan: MeshPlan): { readonly traffic: number; readonly request: number }[] {
  return plan.traffic.flatMap((source, traffic) => source.requests.map((_, request) => ({ traffic, request })));
}
