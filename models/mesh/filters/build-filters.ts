// The filters of the plan brought to life: each becomes one rule or several, with its draws and the memory that it keeps by pod.
import type { Calendar } from '../../../sim/calendar.js';
import { compileDistribution } from '../../../sim/distributions/index.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { componentStream } from '../../../sim/random/stream.js';
import type { EnvoyPlan } from '../../plan/contract/envoy-plan.js';
import {
  type FaultFilterPlan,
  type FilterPlan,
  type LocalRateLimitPlan,
  type RateLimitServicePlan,
  ROUTE_FAULT,
} from '../../plan/contract/filter-plan.js';
import { type FaultPlan, NO_LIMIT, NONE } from '../../plan/contract/plan.js';
import { FLAG } from '../recording/flags.js';
import { FILTER, type FilterChainRt, type FilterRt, type FilterStates } from './filter.js';
import { type Controllers, FilterState } from './filter-state.js';

export class FilterBuilder {
  private readonly rules: (readonly FilterRt[])[];
  private readonly statesOf = new Map<string, FilterStates>();
  private readonly chains = new Map<string, FilterChainRt>();
  private readonly nothing: FilterRt;
  private readonly delayDraws: Draws;
  private readonly abortDraws: Draws;

  constructor(
    private readonly seed: string,
    private readonly calendar: Calendar,
    private readonly filters: readonly FilterPlan[],
    private readonly controllers: Controllers,
    private readonly envoy: EnvoyPlan,
    /** Names a pod by its number, once the run has begun. */
    private readonly nameOfPod: (pod: number) => string = String,
  ) {
    this.delayDraws = new Draws(seed, 'fault delay');
    this.abortDraws = new Draws(seed, 'fault abort');
    this.nothing = this.blank();
    this.rules = filters.map((filter, number) => this.build(filter).map((rule) => ({ ...rule, filter: number })));
  }

  /** The chain of these filters; null where there is nothing to do. `fault` is that of the route. */
  chain(filters: readonly number[], fault: FaultPlan | null): FilterChainRt | null {
    const key = `${filters.join(' ')} ${fault === null ? '' : JSON.stringify(fault)}`;
    const known = this.chains.get(key);
    if (known !== undefined) return known;
    const ordered = filters.includes(ROUTE_FAULT) ? filters : [ROUTE_FAULT, ...filters];
    const rules = ordered.flatMap((number) => (number === ROUTE_FAULT ? this.routeFault(fault) : this.rules[number]));
    const cpuNs = filters.reduce((sum, number) => sum + (number === ROUTE_FAULT ? 0 : cpuOf(this.filters[number])), 0);
    if (rules.length === 0 && cpuNs === 0) return null;
    const made = { rules, cpuNs, watchesEnd: rules.some((rule) => rule.watchesEnd) };
    this.chains.set(key, made);
    return made;
  }

  private routeFault(fault: FaultPlan | null): FilterRt[] {
    if (fault === null) return [];
    return this.faultRules(fault, this.delayDraws, this.abortDraws, null);
  }

  private build(filter: FilterPlan): readonly FilterRt[] {
    const { envoy } = this;
    switch (filter.kind) {
      case 'fault':
        return this.fault(filter);
      case 'local-rate-limit':
        return [this.localRateLimit(filter)];
      case 'rate-limit-service':
        return this.rateLimitService(filter);
      case 'admission-control':
        return [
          {
            ...this.nothing,
            kind: FILTER.admissionControl,
            draws: this.draws(filter),
            admission: filter,
            states: this.states(filter.name, () => new FilterState({ ...NO_STATE, envoy })),
            watchesEnd: true,
          },
        ];
      case 'adaptive-concurrency':
        return [
          {
            ...this.nothing,
            kind: FILTER.adaptiveConcurrency,
            states: this.states(filter.name, (pod) => {
              const stream = componentStream(this.seed, `${filter.name} of pod ${this.nameOfPod(pod)}`);
              return new FilterState({ ...NO_STATE, envoy, controller: this.controllers.make(filter, stream) });
            }),
            watchesEnd: true,
          },
        ];
      case 'ext-authz':
        return [
          {
            ...this.nothing,
            kind: FILTER.ask,
            draws: this.draws(filter),
            latency: compileDistribution(filter.latency),
          },
          ...this.answers(filter.denyProbability, filter.denyStatus, FLAG.UAEX, this.draws(filter, ' decision')),
        ];
      case 'rbac':
      case 'jwt':
      case 'wasm':
        return [
          ...(filter.latencyNs > 0
            ? [{ ...this.nothing, kind: FILTER.delay, lane: this.lane(filter.latencyNs), below: 1 }]
            : []),
          ...this.answers(filter.status === 0 ? 0 : 1, filter.status, 0, this.nothing.draws),
        ];
    }
  }

  private fault(filter: FaultFilterPlan): FilterRt[] {
    const states =
      filter.maxActive >= NO_LIMIT
        ? null
        : this.states(
            filter.name,
            () => new FilterState({ ...NO_STATE, envoy: this.envoy, maxActiveFaults: filter.maxActive }),
          );
    const faults = this.faultRules(filter, this.draws(filter, ' delay'), this.draws(filter, ' abort'), states);
    const { responseRateKiBPerSecond: paceKiBPerSecond, responseRateProbability: below } = filter;
    if (paceKiBPerSecond <= 0 || below <= 0) return faults;
    const draws = this.draws(filter, ' response rate');
    const watchesEnd = states !== null;
    return [{ ...this.nothing, kind: FILTER.pace, below, draws, paceKiBPerSecond, states, watchesEnd }, ...faults];
  }

  /** The delay, then the abort, drawn independently. */
  private faultRules(fault: FaultPlan, delays: Draws, aborts: Draws, states: FilterStates | null): FilterRt[] {
    const rules: FilterRt[] = [];
    if (fault.delayProbability > 0 && fault.delayNs > 0) {
      rules.push({
        ...this.nothing,
        kind: FILTER.delay,
        below: fault.delayProbability,
        draws: delays,
        lane: this.lane(fault.delayNs),
        flag: FLAG.DI,
        states,
      });
    }
    if (fault.abortProbability > 0) {
      const [abort] = this.answers(fault.abortProbability, fault.abortStatus, FLAG.FI, aborts);
      rules.push({ ...abort, states });
    }
    return rules;
  }

  private answers(below: number, status: number, flag: number, draws: Draws): FilterRt[] {
    return below <= 0 ? [] : [{ ...this.nothing, kind: FILTER.answer, below, draws, status, flag }];
  }

  private localRateLimit(filter: LocalRateLimitPlan): FilterRt {
    const numbers = this.filters.flatMap((other) =>
      other.kind === 'local-rate-limit' && other.group === filter.group ? other.descriptors : [],
    );
    const count = numbers.reduce((most, { number }) => Math.max(most, number + 1), 0);
    const descriptors = Array.from(
      { length: count },
      (_, i) => numbers.find(({ number }) => number === i) ?? { maxTokens: 0, tokensPerFill: 1, fillIntervalNs: 1 },
    );
    return {
      ...this.nothing,
      kind: FILTER.localRateLimit,
      below: filter.enabledProbability,
      draws: this.draws(filter, ' enabled'),
      enforcedBelow: filter.enforcedProbability,
      enforcedDraws: this.draws(filter, ' enforced'),
      status: filter.status,
      descriptors: Int32Array.from(filter.descriptors, ({ number }) => number),
      asksDefault: filter.alwaysConsumeDefault || filter.descriptors.length === 0,
      states: this.states(filter.group, (pod) => {
        const { envoy } = this;
        const phase = envoy.refillsContinuously
          ? 0
          : componentStream(this.seed, `${filter.group} of pod ${this.nameOfPod(pod)}`).next();
        return new FilterState({ ...NO_STATE, envoy, bucket: filter.bucket, descriptors, phase });
      }),
    };
  }

  private rateLimitService(filter: RateLimitServicePlan): FilterRt[] {
    const denies = filter.failureMode === 'deny';
    return [
      {
        ...this.nothing,
        kind: FILTER.ask,
        draws: this.draws(filter),
        latency: compileDistribution(filter.latency),
        timeoutNs: filter.timeoutNs,
        timeoutStatus: denies ? 500 : 0,
        timeoutFlag: denies ? FLAG.RLSE : 0,
      },
      { ...this.nothing, kind: FILTER.sharedLimits, limits: filter.limits, status: 429, flag: FLAG.RL },
    ];
  }

  private lane(delayNs: number): number {
    return this.calendar.lane(Math.ceil(delayNs), PHASE.timer);
  }

  private draws(filter: FilterPlan, purpose = ''): Draws {
    return new Draws(this.seed, `${filter.name}${purpose}`);
  }

  private states(key: string, make: (pod: number) => FilterState): FilterStates {
    const known = this.statesOf.get(key);
    if (known !== undefined) return known;
    const made = new LazyStates(make);
    this.statesOf.set(key, made);
    return made;
  }

  private blank(): FilterRt {
    return {
      kind: FILTER.answer,
      filter: NONE,
      below: 1,
      draws: this.delayDraws,
      enforcedBelow: 1,
      enforcedDraws: this.abortDraws,
      lane: NONE,
      latency: null,
      timeoutNs: 0,
      timeoutStatus: 0,
      timeoutFlag: 0,
      status: 0,
      flag: 0,
      limits: [],
      admission: null,
      descriptors: new Int32Array(0),
      asksDefault: false,
      states: null,
      watchesEnd: false,
      paceKiBPerSecond: 0,
    };
  }
}

const NO_STATE = { maxActiveFaults: NO_LIMIT, bucket: null, descriptors: [], controller: null } as const;

class LazyStates implements FilterStates {
  private readonly all: (FilterState | null)[] = [];

  constructor(private readonly make: (pod: number) => FilterState) {}

  of(pod: number): FilterState {
    while (this.all.length <= pod) this.all.push(null);
    let state = this.all[pod];
    if (state === null) {
      state = this.make(pod);
      this.all[pod] = state;
    }
    return state;
  }
}

function cpuOf(filter: FilterPlan): number {
  switch (filter.kind) {
    case 'rbac':
    case 'jwt':
    case 'wasm':
      return filter.cpuNs;
    case 'fault':
    case 'local-rate-limit':
    case 'rate-limit-service':
    case 'admission-control':
    case 'adaptive-concurrency':
    case 'ext-authz':
      return 0;
  }
}
