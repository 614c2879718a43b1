// The plan made ready for the hot path: distributions compiled, delays turned into lanes, indices into references, weights cumulated,
// retry rules turned into a table by status. Built once a run; nothing here changes while it runs. What is the same in many places (retry policies,
// distributions, empty tables) is one object, which the cache then holds for all of them.
import type { Calendar } from '../../../sim/calendar.js';
import { compileDistribution, type Distribution } from '../../../sim/distributions/index.js';
import type { DistributionSpec } from '../../../sim/distributions/spec.js';
import { PHASE } from '../../../sim/phases.js';
import type { ConfigurationFacts, ConfigurationsPlan } from '../../plan/contract/configurations.js';
import {
  type DestinationPlan,
  type EndpointArrivalPlan,
  type EndpointGroupPlan,
  type ErrorPlan,
  type MeshPlan,
  NONE,
  type RetryPlan,
  type RoutePlan,
  type StepPlan,
} from '../../plan/contract/plan.js';
import { hashKeysRt } from '../balancing/hash-keys.js';
import { retriedResets } from '../client/reset-reason.js';
import { downstreamRt } from '../connections/downstream-connections.js';
import { FilterBuilder } from '../filters/build-filters.js';
import { Controllers } from '../filters/filter-state.js';
import { bufferedRoute } from '../policies/request-buffer.js';
import { timeoutOf, tryLimit } from '../policies/try-limit.js';
import { FLAG } from '../recording/flags.js';
import { MARK } from '../state/attempt.js';
import { EVENT } from '../state/events.js';
import {
  type CallerConnectionsRt,
  type ClusterUseRt,
  type DestinationRt,
  type DownstreamRt,
  type ErrorsRt,
  type HandlerRt,
  type Instruction,
  OP,
  type Program,
  RESPOND_NOTHING,
  type RetryRt,
  type RuntimePlan,
  type SiteRt,
} from '../state/runtime.js';
import { alignGroups } from './align-groups.js';

const NS_PER_MS = 1_000_000;
const STATUS_TABLE = 1000;

/** Builds the runtime form of a plan on a calendar (whose lanes it creates). Without `filters`, their draws have an empty seed. */
export function buildRuntimePlan(
  plan: MeshPlan,
  calendar: Calendar,
  filters: FilterBuilder = new FilterBuilder(
    '',
    calendar,
    plan.filters,
    new Controllers(calendar, EVENT.controller),
    plan.envoy,
  ),
): RuntimePlan {
  return buildVersions(plan, calendar, filters)[0];
}

/** All versions of the configuration, in their order: what is the same thing in several of them has one number. */
export function buildVersions(plan: MeshPlan, calendar: Calendar, filters: FilterBuilder): readonly RuntimePlan[] {
  const shared = new Shared(plan.workloads.length);
  const { later, facts } = plan.configurations ?? NO_CONFIGURATIONS;
  const plans = alignGroups([plan, ...later]);
  return plans.map((one, version) => new Builder(one, version, facts[version], calendar, filters, shared).build());
}

const NO_CONFIGURATIONS: Pick<ConfigurationsPlan<MeshPlan>, 'later' | 'facts'> = { later: [], facts: [] };

/** What all versions have in common. */
class Shared {
  /** By workload: numbers of the clusters that its proxies know, by what sets them apart. */
  readonly locals: readonly Map<string, number>[];
  readonly groups = new Map<string, number>();
  readonly retries = new Alike(retryRt);
  readonly distributions = new Alike(compileDistribution);
  /** By workload: its edges, in the order of their first site. */
  readonly edgesOf: readonly Map<number, number>[];

  constructor(workloads: number) {
    this.locals = Array.from({ length: workloads }, () => new Map<string, number>());
    this.edgesOf = Array.from({ length: workloads }, () => new Map<number, number>());
  }
}

class Builder {
  private readonly sites: SiteRt[] = [];
  private readonly handlers: HandlerRt[] = [];
  private readonly groups: Map<string, number>;
  private readonly retries: Alike<RetryPlan, RetryRt>;
  private readonly distributions: Alike<DistributionSpec, Distribution>;
  /** By workload: what its proxies have of each cluster, by its number there; and those numbers, by cluster of the plan. */
  private readonly known: ClusterUseRt[][];
  private readonly locals: Map<number, number>[];

  constructor(
    private readonly plan: MeshPlan,
    private readonly version: number,
    private readonly facts: ConfigurationFacts | undefined,
    private readonly calendar: Calendar,
    private readonly filters: FilterBuilder,
    private readonly shared: Shared,
  ) {
    this.groups = shared.groups;
    this.retries = shared.retries;
    this.distributions = shared.distributions;
    this.known = plan.workloads.map(() => []);
    this.locals = plan.workloads.map(() => new Map<number, number>());
  }

  build(): RuntimePlan {
    const { plan, version, facts, shared } = this;
    // Handlers and sites refer to each other: the arrays are filled first, the programs afterwards.
    const programs: Instruction[][] = plan.handlers.map(() => []);
    for (const [index, handler] of plan.handlers.entries()) {
      this.handlers.push({
        program: programs[index],
        errors: handler.errors.length === 0 ? NO_ERRORS : errorsRt(handler.errors),
        responseBytes: handler.responseBytes,
      });
    }
    for (const site of plan.sites) {
      const { caller, edge, route, grpc, requestBytes } = site;
      const downstream = downstreamRt(plan, site, numberOf(shared.edgesOf[caller], edge));
      this.sites.push(this.site(caller, route, grpc, requestBytes, downstream));
    }
    for (const [index, handler] of plan.handlers.entries()) {
      const counter = { next: 1 };
      for (const step of handler.program) programs[index].push(this.instruction(step, counter));
    }
    return {
      plan,
      version,
      edgesOf: shared.edgesOf,
      sites: this.sites,
      handlers: this.handlers,
      chains: plan.chains.map((filters) => (filters.length === 0 ? null : this.filters.chain(filters, null))),
      clusters: this.known,
      missing: new Set(facts?.missingClusters),
      facts: facts ?? null,
    };
  }

  private lane(delayNs: number): number {
    return delayNs > 0 ? this.calendar.lane(Math.ceil(delayNs), PHASE.timer) : NONE;
  }

  private site(
    caller: number,
    whole: RoutePlan,
    grpc: boolean,
    requestBytes: number,
    downstream: DownstreamRt,
  ): SiteRt {
    const { route, retries } = bufferedRoute(whole, requestBytes, downstream.multiplexed, this.plan.envoy);
    const { action } = route;
    const forward = action.kind === 'forward' ? action : null;
    const respond = action.kind === 'respond' ? action : null;
    const destinations = forward === null ? [] : forward.destinations.map((d) => this.destination(caller, d, route));
    const { maxStreamDurationNs, streamIdleTimeoutNs } = route;
    const idles = streamIdleTimeoutNs > 0 && (maxStreamDurationNs === 0 || streamIdleTimeoutNs < maxStreamDurationNs);
    return {
      caller,
      row: respond !== null ? respond.row : (destinations[0]?.localRow ?? NONE),
      filters: this.filters.chain(route.filters, route.fault),
      respondStatus: respond === null ? 0 : respond.status || RESPOND_NOTHING,
      respondFlags: respond?.flag === 'NR' ? FLAG.NR : 0,
      destinations,
      weightBelow:
        destinations.length < 2 || forward === null ? NO_CHOICE : cumulative(forward.destinations.map((d) => d.weight)),
      mirrors:
        forward === null || forward.mirrors.length === 0
          ? NO_MIRRORS
          : forward.mirrors.map((mirror) => ({
              probability: mirror.probability,
              site: this.mirrorSite(caller, route, mirror.destination, grpc, requestBytes, downstream),
            })),
      timeoutLane: this.lane(timeoutOf(route)),
      retry: route.retry === null || !retries ? null : this.retries.of(route.retry),
      grpc,
      streamLane: this.lane(idles ? streamIdleTimeoutNs : maxStreamDurationNs),
      streamFlag: idles ? FLAG.SI : 0,
      requestBytes,
      downstream,
      connections: this.connections(caller, route),
      skipsProxy: route.skipsProxy,
    };
  }

  private connections(caller: number, { action, connections, skipsProxy }: RoutePlan): CallerConnectionsRt | null {
    if (connections === null || action.kind !== 'forward') return null;
    const { opaque, shared, idleNs, proxyIdleNs, maxDurationNs, connectAttempts } = connections;
    const clusters = action.destinations.map(({ cluster }) => (cluster === NONE ? null : this.plan.clusters[cluster]));
    const streams = clusters.map((cluster) => (cluster?.protocol === 'http2' ? cluster.maxConcurrentStreams : 1));
    const key = JSON.stringify([caller, action.destinations.map(({ cluster, weight }) => [cluster, weight])]);
    let group = this.groups.get(key);
    if (group === undefined) {
      group = this.groups.size;
      this.groups.set(key, group);
    }
    return {
      group,
      opaque,
      shared,
      maxStreams: Math.max(...streams),
      idleNs: idleNs > 0 ? idleNs : Number.POSITIVE_INFINITY,
      proxyIdleNs: proxyIdleNs > 0 ? proxyIdleNs : Number.POSITIVE_INFINITY,
      ageLane: this.lane(maxDurationNs),
      connectAttempts,
      counted: opaque && this.plan.workloads[caller].proxy !== null && !skipsProxy,
    };
  }

  /** envoy: source/common/router/shadow_writer_impl.cc: the route's time-out, no retries, no faults. */
  private mirrorSite(
    caller: number,
    route: RoutePlan,
    destination: DestinationPlan,
    grpc: boolean,
    requestBytes: number,
    downstream: DownstreamRt,
  ): SiteRt {
    const plan: RoutePlan = {
      name: route.name,
      position: null,
      fault: null,
      action: { kind: 'forward', destinations: [destination], mirrors: [] },
      timeoutNs: timeoutOf(route),
      retry: null,
      maxStreamDurationNs: 0,
      streamIdleTimeoutNs: 0,
      filters: [],
      connections: null,
      skipsProxy: false,
    };
    return this.site(caller, plan, grpc, requestBytes, downstream);
  }

  private destination(caller: number, d: DestinationPlan, route: RoutePlan): DestinationRt {
    const use = this.use(caller, d.cluster, d.arrivals);
    const limit = tryLimit(route, use.cluster?.maxStreamDurationNs ?? 0);
    return {
      cluster: use.cluster,
      clusterIndex: use.clusterIndex,
      local: use.local,
      arrivals: use.arrivals,
      beyond: use.beyond,
      missingStatus: d.missingStatus,
      localRow: d.localRow,
      hash: hashKeysRt(this.plan, d.hash),
      tryLimit: limit.kind,
      tryLane: this.lane(limit.ns),
      afterSoftNs: limit.afterSoftNs,
    };
  }

  private use(caller: number, index: number, arrivals: readonly EndpointArrivalPlan[]): ClusterUseRt {
    const cluster = index === NONE ? null : this.plan.clusters[index];
    const local = cluster === null ? NONE : this.local(caller, index, cluster.name);
    const beyond = arrivals.map((arrival, group) => this.beyond(arrival, cluster?.groups[group]));
    const use: ClusterUseRt = {
      cluster,
      clusterIndex: index,
      local,
      arrivals: arrivals.map(({ handler, chain, row }) => ({ handler: this.handlers[handler], chain, row })),
      beyond: beyond.every((one) => one === null) ? null : beyond,
    };
    if (cluster !== null) this.known[caller][local] ??= use;
    return use;
  }

  /**
   * The number of a cluster at the proxies of a workload. The plan may have several of a name, for calls that go by different ways: these are told apart
   * by their order.
   */
  private local(caller: number, index: number, name: string): number {
    const known = this.locals[caller].get(index);
    if (known !== undefined) return known;
    const numbers = this.shared.locals[caller];
    const taken = new Set(this.locals[caller].values());
    let key = name;
    for (let same = 1; taken.has(numbers.get(key) ?? NONE); same++) key = `${name} ${same}`;
    const local = numberOf(numbers, key);
    this.locals[caller].set(index, local);
    return local;
  }

  private beyond({ beyond }: EndpointArrivalPlan, group: EndpointGroupPlan | undefined): ClusterUseRt | null {
    if (beyond.length === 0 || group === undefined || group.passage === null) return null;
    return this.use(group.workload, group.passage.cluster, beyond);
  }

  private instruction(step: StepPlan, counter: { next: number }): Instruction {
    const ordinal = counter.next++;
    const program = (steps: readonly StepPlan[]): Program => steps.map((inner) => this.instruction(inner, counter));
    switch (step.kind) {
      case 'work':
        return {
          ...EMPTY,
          op: OP.work,
          ordinal,
          duration: this.distributions.of(step.duration),
          cpuShare: step.cpuShare,
          sameWork: step.retryWork === 'same',
        };
      case 'call':
        return {
          ...EMPTY,
          op: OP.call,
          ordinal,
          site: step.site,
          timeoutLane: this.lane(step.timeoutNs),
          retries: step.retries,
          onError: step.onError,
          failStatus: step.failStatus,
        };
      case 'parallel':
        return { ...EMPTY, op: OP.parallel, ordinal, branches: step.branches.map(program) };
      case 'maybe':
        return { ...EMPTY, op: OP.maybe, ordinal, probability: step.probability, branches: [program(step.steps)] };
    }
  }
}

const EMPTY: Instruction = {
  op: OP.work,
  ordinal: 0,
  duration: null,
  cpuShare: 0,
  sameWork: false,
  site: NONE,
  timeoutLane: NONE,
  retries: 0,
  onError: 'fail',
  failStatus: 0,
  branches: [],
  probability: 1,
};

function retryRt(retry: RetryPlan): RetryRt {
  const statuses = new Uint8Array(STATUS_TABLE);
  for (const status of retry.statuses) statuses[status] = 1;
  const baseMs = Math.max(1, Math.round(retry.backoffBaseNs / NS_PER_MS));
  return {
    retries: retry.retries,
    statuses,
    resetsBefore: retriedResets(retry, false),
    resetsAfter: retriedResets(retry, true),
    onRateLimited: retry.onEnvoyRateLimited,
    hedges: retry.hedgeOnPerTryTimeout,
    rateLimitedMaxNs: retry.rateLimitedMaxNs,
    backoffBaseMs: baseMs,
    backoffMaxMs: Math.max(baseMs, Math.round(retry.backoffMaxNs / NS_PER_MS)),
    avoidPreviousHosts: retry.avoidPreviousHosts,
    hostSelectionAttempts: retry.hostSelectionAttempts,
    previousPriorities: retry.previousPriorities ?? 0,
    remembersHosts: retry.avoidPreviousHosts || retry.previousPriorities !== undefined,
    linkerd: retry.linkerd ?? null,
  };
}

/** One value for all descriptions that are the same, made of the first. */
class Alike<D, T> {
  private readonly values = new Map<string, T>();

  constructor(private readonly make: (description: D) => T) {}

  of(description: D): T {
    const key = JSON.stringify(description);
    const known = this.values.get(key);
    if (known !== undefined) return known;
    const made = this.make(description);
    this.values.set(key, made);
    return made;
  }
}

const NO_MIRRORS: SiteRt['mirrors'] = [];
/** Of a route with one destination, or none. */
const NO_CHOICE = Float64Array.of(1);
const NO_ERRORS = errorsRt([]);

function errorsRt(errors: readonly ErrorPlan[]): ErrorsRt {
  return {
    status: Int32Array.from(errors, (error) => error.status),
    below: cumulative(errors.map((error) => error.probability)),
    marks: Uint8Array.from(errors, marksOf),
    retryAfterNs: Float64Array.from(errors, (error) => error.retryAfterNs ?? 0),
  };
}

function marksOf({ rateLimited, retryAfterNs }: ErrorPlan): number {
  return (rateLimited ? MARK.rateLimited : 0) | (retryAfterNs === null ? 0 : MARK.retryAfter);
}

function cumulative(parts: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(parts, (part) => {
    sum += part;
    return sum;
  });
}

/** Its place among those asked for before. */
function numberOf<K>(numbers: Map<K, number>, key: K): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}
