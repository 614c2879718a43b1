// The plan made ready for the hot path: distributions compiled, delays turned into lanes, indices into references, weights cumulated,
// retry rules turned into a table by status. Built once a run; nothing here changes while it runs.
import type { Calendar } from '../../sim/calendar.js';
import { compileDistribution, type Distribution } from '../../sim/distributions/index.js';
import { PHASE } from '../../sim/phases.js';
import { NEWEST_ENVOY } from '../plan/envoy-plan.js';
import {
  type CallStepPlan,
  type ClusterPlan,
  DEFAULT_BODY_BYTES,
  type DestinationPlan,
  type EndpointArrivalPlan,
  type EndpointGroupPlan,
  type ErrorPlan,
  type LinkerdRetryPlan,
  type MeshPlan,
  NONE,
  type RetryPlan,
  type RoutePlan,
  type StepPlan,
} from '../plan/plan.js';
import { type DownstreamRt, downstreamRt } from './downstream-connections.js';
import { EVENT } from './events.js';
import { FilterBuilder } from './filters/build-filters.js';
import type { FilterChainRt } from './filters/filter.js';
import { Controllers } from './filters/filter-state.js';
import { FLAG } from './flags.js';
import { type HashKeyRt, hashKeysRt } from './hash-keys.js';
import { MARK } from './objects.js';
import { bufferedRoute } from './request-buffer.js';
import { retriedResets } from './reset-reason.js';
import { timeoutOf, tryLimit } from './try-limit.js';

const NS_PER_MS = 1_000_000;
const STATUS_TABLE = 1000;

/** A list of instructions; falls off its end when done. */
export type Program = readonly Instruction[];

export const OP = { work: 0, call: 1, parallel: 2, maybe: 3 } as const;

/** One step. All fields are always there, so that every instruction has one hidden class. */
export interface Instruction {
  readonly op: number;
  /** Number of this step in its handler: keys its draws. */
  readonly ordinal: number;
  readonly duration: Distribution | null;
  readonly cpuShare: number;
  readonly sameWork: boolean;
  readonly site: SiteRt | null;
  readonly timeoutLane: number;
  readonly retries: number;
  readonly onError: CallStepPlan['onError'];
  readonly failStatus: number;
  readonly branches: readonly Program[];
  readonly probability: number;
}

export interface HandlerRt {
  readonly program: Program;
  readonly errorStatus: Int32Array;
  /** Cumulative probabilities, aligned with errorStatus. */
  readonly errorBelow: Float64Array;
  /** Of the response to each error: what is unusual about it (MARK), and when it says to come back. */
  readonly errorMarks: Uint8Array;
  readonly errorRetryAfterNs: Float64Array;
  /** Filters of the server's proxy in front of it, or null for none; they differ by caller. */
  readonly filters: FilterChainRt | null;
  /** Body of its good answers, or BODY_OF_CALL. */
  readonly responseBytes: number;
}

/** The proxy closes the connection of its client instead of answering. */
export const RESPOND_NOTHING = -1;

export interface RetryRt {
  readonly retries: number;
  /** 1 where a response of that status is retried. */
  readonly statuses: Uint8Array;
  /** Sets of bits by RESET that are retried, before and after bytes of the request have gone upstream. */
  readonly resetsBefore: number;
  readonly resetsAfter: number;
  readonly onRateLimited: boolean;
  readonly hedges: boolean;
  readonly rateLimitedMaxNs: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  readonly avoidPreviousHosts: boolean;
  readonly hostSelectionAttempts: number;
  /** Tries after which priorities that were tried are left out; 0 = never. */
  readonly previousPriorities: number;
  /** Whether it matters which hosts were tried. */
  readonly remembersHosts: boolean;
  /** Null: Envoy's. */
  readonly linkerd: LinkerdRetryPlan | null;
}

/** A cluster as the pods of one workload use it, and what happens at its endpoints. */
export interface ClusterUseRt {
  readonly cluster: ClusterPlan | null;
  readonly clusterIndex: number;
  /** Index into the caller pod's `clusters`. */
  readonly local: number;
  /** By group. */
  readonly handlers: readonly HandlerRt[];
  readonly rows: Int32Array;
  /** By group: what a gateway of another network makes of it; null where none is in between. Null: nowhere. */
  readonly beyond: readonly (ClusterUseRt | null)[] | null;
}

export interface DestinationRt extends ClusterUseRt {
  /** The answer where there is no cluster. */
  readonly missingStatus: number;
  readonly localRow: number;
  /** What a consistent hash looks at. */
  readonly hash: readonly HashKeyRt[];
  /** The limit of a try that is reached first (TRY_LIMIT), and its lane; the cluster's longest duration after it (0 = none). */
  readonly tryLimit: number;
  readonly tryLane: number;
  readonly afterSoftNs: number;
}

export interface SiteRt {
  readonly caller: number;
  readonly row: number;
  /** Filters before the router, faults among them; null for none. */
  readonly filters: FilterChainRt | null;
  /** Status of a reply by the proxy itself; 0 = forward, RESPOND_NOTHING = it closes the connection. */
  readonly respondStatus: number;
  readonly respondFlags: number;
  readonly destinations: readonly DestinationRt[];
  readonly weightBelow: Float64Array;
  readonly mirrors: readonly { readonly probability: number; readonly site: SiteRt }[];
  readonly timeoutLane: number;
  readonly retry: RetryRt | null;
  readonly grpc: boolean;
  /** The limit of the whole stream that is reached first, and the flag of its answer; -1 = none. */
  readonly streamLane: number;
  readonly streamFlag: number;
  /** Calls go past the proxy of their caller. */
  readonly skipsProxy: boolean;
  /** Body of its requests. */
  readonly requestBytes: number;
  /** The connections on which calls come to the proxy of their caller. */
  readonly downstream: DownstreamRt;
  /** Calls go by connections of the caller's own; null: its proxy chooses for each. */
  readonly connections: CallerConnectionsRt | null;
}

export interface CallerConnectionsRt {
  /** Calls of a pod to the same destinations share their connections: number of these destinations. */
  readonly group: number;
  readonly opaque: boolean;
  readonly shared: boolean;
  /** Calls at once on one connection. */
  readonly maxStreams: number;
  /** Infinity = never. */
  readonly idleNs: number;
  readonly proxyIdleNs: number;
  readonly ageLane: number;
  readonly connectAttempts: number;
  /** Counters and load count connections, as a TCP proxy does, not requests. */
  readonly counted: boolean;
}

export interface RuntimePlan {
  readonly plan: MeshPlan;
  readonly sites: readonly SiteRt[];
  readonly handlers: readonly HandlerRt[];
  /** Per workload: how many clusters its pods use. */
  readonly localClusters: Int32Array;
}

/** Builds the runtime form of a plan on a calendar (whose lanes it creates). Without `filters`, their draws have an empty seed. */
export function buildRuntimePlan(
  plan: MeshPlan,
  calendar: Calendar,
  filters: FilterBuilder = new FilterBuilder(
    '',
    calendar,
    plan.filters ?? [],
    new Controllers(calendar, EVENT.controller),
  ),
): RuntimePlan {
  return new Builder(plan, calendar, filters).build();
}

class Builder {
  private readonly sites: SiteRt[] = [];
  private readonly handlers: HandlerRt[] = [];
  private readonly locals: Map<number, number>[];
  private readonly groups = new Map<string, number>();
  private readonly plan: MeshPlan;
  private readonly calendar: Calendar;
  private readonly filters: FilterBuilder;

  constructor(plan: MeshPlan, calendar: Calendar, filters: FilterBuilder) {
    this.plan = plan;
    this.calendar = calendar;
    this.filters = filters;
    this.locals = plan.workloads.map(() => new Map<number, number>());
  }

  build(): RuntimePlan {
    const { plan } = this;
    // Handlers and sites refer to each other: the arrays are filled first, the programs afterwards.
    const programs: Instruction[][] = plan.handlers.map(() => []);
    for (const [index, handler] of plan.handlers.entries()) {
      this.handlers.push({
        program: programs[index],
        errorStatus: Int32Array.from(handler.errors, (error) => error.status),
        errorBelow: cumulative(handler.errors.map((error) => error.probability)),
        errorMarks: Uint8Array.from(handler.errors, marksOf),
        errorRetryAfterNs: Float64Array.from(handler.errors, (error) => error.retryAfterNs ?? 0),
        filters: null,
        responseBytes: handler.responseBytes ?? DEFAULT_BODY_BYTES,
      });
    }
    for (const site of plan.sites) {
      const { caller, route, grpc, requestBytes = DEFAULT_BODY_BYTES } = site;
      this.sites.push(this.site(caller, route, grpc, requestBytes, downstreamRt(plan, site)));
    }
    for (const [index, handler] of plan.handlers.entries()) {
      const counter = { next: 1 };
      for (const step of handler.program) programs[index].push(this.instruction(step, counter));
    }
    return {
      plan,
      sites: this.sites,
      handlers: this.handlers,
      localClusters: Int32Array.from(this.locals, (local) => local.size),
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
    const { envoy = NEWEST_ENVOY } = this.plan;
    const { route, retries } = bufferedRoute(whole, requestBytes, downstream.multiplexed, envoy);
    const { action } = route;
    const forward = action.kind === 'forward' ? action : null;
    const respond = action.kind === 'respond' ? action : null;
    const destinations = forward === null ? [] : forward.destinations.map((d) => this.destination(caller, d, route));
    const { maxStreamDurationNs, streamIdleTimeoutNs } = route;
    const idles = streamIdleTimeoutNs > 0 && (maxStreamDurationNs === 0 || streamIdleTimeoutNs < maxStreamDurationNs);
    return {
      caller,
      row: respond !== null ? respond.row : (destinations[0]?.localRow ?? NONE),
      filters: this.filters.chain(route.filters ?? [], route.fault),
      respondStatus: respond === null ? 0 : respond.status || RESPOND_NOTHING,
      respondFlags: respond?.flag === 'NR' ? FLAG.NR : 0,
      destinations,
      weightBelow: cumulative(forward === null ? [] : forward.destinations.map((d) => d.weight)),
      mirrors:
        forward === null
          ? []
          : forward.mirrors.map((mirror) => ({
              probability: mirror.probability,
              site: this.mirrorSite(caller, route, mirror.destination, grpc, requestBytes, downstream),
            })),
      timeoutLane: this.lane(timeoutOf(route)),
      retry: route.retry === null || !retries ? null : this.retry(route.retry),
      grpc,
      streamLane: this.lane(idles ? streamIdleTimeoutNs : maxStreamDurationNs),
      streamFlag: idles ? FLAG.SI : 0,
      requestBytes,
      downstream,
      connections: this.connections(caller, route),
      skipsProxy: route.skipsProxy === true,
    };
  }

  private connections(caller: number, { action, connections, skipsProxy }: RoutePlan): CallerConnectionsRt | null {
    if (connections === undefined || action.kind !== 'forward') return null;
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
      counted: opaque && this.plan.workloads[caller].proxy !== null && skipsProxy !== true,
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
    };
    return this.site(caller, plan, grpc, requestBytes, downstream);
  }

  private destination(caller: number, d: DestinationPlan, route: RoutePlan): DestinationRt {
    const use = this.use(caller, d.cluster, d.arrivals);
    const limit = tryLimit(route, use.cluster?.maxStreamDurationNs ?? 0);
    return {
      ...use,
      missingStatus: d.missingStatus ?? 503,
      localRow: d.localRow,
      hash: hashKeysRt(this.plan, d.hash),
      tryLimit: limit.kind,
      tryLane: this.lane(limit.ns),
      afterSoftNs: limit.afterSoftNs,
    };
  }

  private use(caller: number, index: number, arrivals: readonly EndpointArrivalPlan[]): ClusterUseRt {
    const cluster = index === NONE ? null : this.plan.clusters[index];
    const local = this.locals[caller];
    if (cluster !== null && !local.has(index)) local.set(index, local.size);
    const beyond = arrivals.map((arrival, group) => this.beyond(arrival, cluster?.groups[group]));
    return {
      cluster,
      clusterIndex: index,
      local: cluster === null ? NONE : (local.get(index) as number),
      handlers: arrivals.map((arrival) => this.arrival(arrival)),
      rows: Int32Array.from(arrivals, (arrival) => arrival.row),
      beyond: beyond.every((use) => use === null) ? null : beyond,
    };
  }

  private beyond({ beyond }: EndpointArrivalPlan, group: EndpointGroupPlan | undefined): ClusterUseRt | null {
    if (beyond === undefined || group?.passage === undefined) return null;
    return this.use(group.workload, group.passage.cluster, beyond);
  }

  /** The handler behind the filters that this route meets in front of it. */
  private arrival({ handler, filters }: EndpointArrivalPlan): HandlerRt {
    const bare = this.handlers[handler];
    return filters === undefined || filters.length === 0
      ? bare
      : { ...bare, filters: this.filters.chain(filters, null) };
  }

  private retry(retry: RetryPlan): RetryRt {
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

  private instruction(step: StepPlan, counter: { next: number }): Instruction {
    const ordinal = counter.next++;
    const program = (steps: readonly StepPlan[]): Program => steps.map((inner) => this.instruction(inner, counter));
    switch (step.kind) {
      case 'work':
        return {
          ...EMPTY,
          op: OP.work,
          ordinal,
          duration: compileDistribution(step.duration),
          cpuShare: step.cpuShare,
          sameWork: step.retryWork === 'same',
        };
      case 'call':
        return {
          ...EMPTY,
          op: OP.call,
          ordinal,
          site: this.sites[step.site],
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
  site: null,
  timeoutLane: NONE,
  retries: 0,
  onError: 'fail',
  failStatus: 0,
  branches: [],
  probability: 1,
};

function marksOf({ rateLimited, retryAfterNs }: ErrorPlan): number {
  return (rateLimited === true ? MARK.rateLimited : 0) | (retryAfterNs === undefined ? 0 : MARK.retryAfter);
}

function cumulative(parts: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(parts, (part) => {
    sum += part;
    return sum;
  });
}
