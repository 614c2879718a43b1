// What a scenario lets us expect before anything is run: calls a second at each place that calls, and the mean time of an answer without
// queues, retries and limits. Rates flow down the plan once; time flows up it (Little: J. D. C. Little 1961, L = λW).

import { buildDistribution } from '../../sim/distributions/build.js';
import { podArrivals, podShares } from '../plan/contract/arrivals.js';
import type {
  ArrivalPlan,
  CallSitePlan,
  CallStepPlan,
  DestinationPlan,
  HandlerPlan,
  MeshPlan,
  StepPlan,
} from '../plan/contract/plan.js';
import { NONE } from '../plan/contract/plan.js';

/** A stream of calls from the pods of one workload to one cluster. */
export interface Flow {
  readonly site: CallSitePlan;
  readonly destination: DestinationPlan;
  /** Index of the caller's workload. */
  readonly caller: number;
  readonly cluster: number;
  /** Of all pods of the caller together, at the peak of the traffic. */
  readonly ratePerSecond: number;
  /** Mean time from the call to its answer. */
  readonly meanNs: number;
}

const SECOND_NS = 1e9;

export class TrafficEstimate {
  readonly flows: readonly Flow[];
  /** Requests a second that reach the pods of a workload, all together. */
  readonly arrivingPerSecond: readonly number[];
  /** Calls a second that leave them. */
  readonly leavingPerSecond: readonly number[];
  private readonly siteRates: number[];
  private readonly handlerTimes: (number | null)[];

  constructor(private readonly plan: MeshPlan) {
    this.siteRates = plan.sites.map(() => 0);
    this.handlerTimes = plan.handlers.map(() => null);
    const arriving = plan.workloads.map(() => 0);
    const leaving = plan.workloads.map(() => 0);
    for (const source of plan.traffic) {
      const whole = source.requests.reduce((sum, { weight }) => sum + weight, 0);
      const rate = peakRate(source.arrival, (site) => this.callTimeNs(site), source.requests);
      for (const request of source.requests) this.siteRates[request.site]! += (rate * request.weight) / whole;
    }
    const flows: Flow[] = [];
    for (const index of this.topDown()) {
      const site = plan.sites[index]!;
      const rate = this.siteRates[index]!;
      leaving[site.caller]! += rate;
      for (const { destination, share } of sharesOf(site)) {
        if (destination.cluster === NONE) continue;
        const flow = {
          site,
          destination,
          caller: site.caller,
          cluster: destination.cluster,
          ratePerSecond: rate * share,
          meanNs: this.destinationTimeNs(site.caller, destination),
        };
        flows.push(flow);
        this.handlersOf(destination).forEach(({ handler, share: part }) => {
          arriving[plan.handlers[handler]!.workload]! += flow.ratePerSecond * part;
          for (const call of callsIn(plan.handlers[handler]!.program, 1)) {
            this.siteRates[call.site]! += flow.ratePerSecond * part * call.times;
          }
        });
      }
    }
    this.flows = flows;
    this.arrivingPerSecond = arriving;
    this.leavingPerSecond = leaving;
  }

  /** Mean time of a handler: its work and its calls. */
  handlerTimeNs(index: number): number {
    const known = this.handlerTimes[index];
    if (known !== null && known !== undefined) return known;
    this.handlerTimes[index] = 0;
    const time = this.stepsTimeNs(this.plan.handlers[index]!.program);
    this.handlerTimes[index] = time;
    return time;
  }

  /** Mean time of a call from this place. */
  callTimeNs(index: number): number {
    const site = this.plan.sites[index]!;
    return sharesOf(site).reduce(
      (sum, { destination, share }) =>
        destination.cluster === NONE ? sum : sum + share * this.destinationTimeNs(site.caller, destination),
      0,
    );
  }

  private destinationTimeNs(caller: number, destination: DestinationPlan): number {
    const { plan } = this;
    return this.handlersOf(destination).reduce((sum, { handler, share }) => {
      const server = plan.handlers[handler]!.workload;
      return sum + share * (this.roundTripNs(caller, server) + this.handlerTimeNs(handler));
    }, 0);
  }

  private roundTripNs(from: number, to: number): number {
    const { workloads, network } = this.plan;
    const a = workloads[from]!.podLocalities[0];
    const b = workloads[to]!.podLocalities[0];
    if (a === undefined || b === undefined) return 0;
    return network.oneWayNs[a]![b]! + network.oneWayNs[b]![a]!;
  }

  /** The handlers behind a destination, each with its share. */
  private handlersOf(destination: DestinationPlan): { readonly handler: number; readonly share: number }[] {
    const shares = podShares(this.plan, destination);
    return podArrivals(destination).flatMap(({ handler }, index) =>
      shares[index] === 0 || handler === NONE ? [] : [{ handler, share: shares[index]! }],
    );
  }

  private stepsTimeNs(steps: readonly StepPlan[]): number {
    return steps.reduce((sum, step) => sum + this.stepTimeNs(step), 0);
  }

  private stepTimeNs(step: StepPlan): number {
    switch (step.kind) {
      case 'work': {
        const { mean } = buildDistribution(step.duration);
        return Number.isFinite(mean) ? mean : 0;
      }
      case 'call': {
        const time = this.callTimeNs(step.site);
        return step.timeoutNs > 0 ? Math.min(time, step.timeoutNs) : time;
      }
      case 'parallel':
        return step.branches.reduce((longest, branch) => Math.max(longest, this.stepsTimeNs(branch)), 0);
      case 'maybe':
        return step.probability * this.stepsTimeNs(step.steps);
    }
  }

  /** Call sites in an order in which callers come before what they call; the plan has no cycles. */
  private topDown(): number[] {
    const { plan } = this;
    const seen = new Set<number>();
    const order: number[] = [];
    const visit = (index: number): void => {
      if (seen.has(index)) return;
      seen.add(index);
      for (const { destination } of sharesOf(plan.sites[index]!)) {
        if (destination.cluster === NONE) continue;
        for (const { handler } of podArrivals(destination)) {
          if (handler === NONE) continue;
          for (const call of callsIn(plan.handlers[handler]!.program, 1)) visit(call.site);
        }
      }
      order.push(index);
    };
    for (const source of plan.traffic) for (const { site } of source.requests) visit(site);
    return order.reverse();
  }
}

/** The destinations of a place that forwards, with their shares of the calls. */
export function sharesOf(site: CallSitePlan): { readonly destination: DestinationPlan; readonly share: number }[] {
  const { action } = site.route;
  if (action.kind === 'respond') return [];
  const whole = action.destinations.reduce((sum, { weight }) => sum + weight, 0);
  return whole === 0
    ? []
    : action.destinations.map((destination) => ({ destination, share: destination.weight / whole }));
}

/** A call that a handler makes, and how often in the mean. */
export interface PlannedCall extends Pick<CallStepPlan, 'site' | 'retries' | 'timeoutNs' | 'onError' | 'failStatus'> {
  readonly times: number;
}

/** The calls that steps make. */
export function callsIn(steps: readonly StepPlan[], probability: number): PlannedCall[] {
  return steps.flatMap((step) => callsInStep(step, probability));
}

function callsInStep(step: StepPlan, probability: number): PlannedCall[] {
  switch (step.kind) {
    case 'work':
      return [];
    case 'call':
      return [{ ...step, times: probability }];
    case 'parallel':
      return step.branches.flatMap((branch) => callsIn(branch, probability));
    case 'maybe':
      return callsIn(step.steps, probability * step.probability);
  }
}

/** The calls of a handler. */
export function callsOf(handler: HandlerPlan): PlannedCall[] {
  return callsIn(handler.program, 1);
}

/** A closed loop without a pace sends as fast as answers come: connections ÷ (answer + think time). */
function peakRate(
  arrival: ArrivalPlan,
  timeOf: (site: number) => number,
  requests: readonly { readonly site: number; readonly weight: number }[],
): number {
  if (arrival.kind === 'open') return Math.max(...arrival.profile.map(({ ratePerSecond }) => ratePerSecond));
  if (arrival.ratePerSecond !== null) return arrival.ratePerSecond;
  const whole = requests.reduce((sum, { weight }) => sum + weight, 0);
  const answer = requests.reduce((sum, { site, weight }) => sum + (timeOf(site) * weight) / whole, 0);
  const think = arrival.think === null ? 0 : buildDistribution(arrival.think).mean;
  const turn = answer + (Number.isFinite(think) ? think : 0);
  return turn > 0 ? (arrival.connections * SECOND_NS) / turn : 0;
}
