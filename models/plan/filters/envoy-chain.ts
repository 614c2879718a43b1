// The filters that EnvoyFilters bring into a chain, and what routes say to them.
// istio: pilot/pkg/networking/core/envoyfilter/listener_patch.go (patchHTTPFilters); envoy: source/extensions/filters/http/*.
import type { EnvoyHttpFilter, EnvoyLocalRateLimit } from '../../config/kinds/envoy-http-filters.js';
import { NO_LIMIT } from '../contract/plan.js';
import type { FilterSource } from '../contract/sources.js';
import { labelOf, type OwnedPatch, type PatchOf } from '../patches/envoy-patches.js';
import { patchSource } from '../patches/patch-source.js';
import type { FilterCostInput } from '../settings/filter-cost.js';
import type { Findings } from '../terms/findings.js';
import { inserted, type Slot } from './chain.js';
import { type Descriptor, sameDescriptor } from './descriptors.js';
import type { FilterPool, NewFilter } from './filter-pool.js';
import type { RateLimitConfigs } from './rate-limit-config.js';

/** What the route of a request says to the filters of its chain. */
export interface RouteSettings {
  readonly descriptors: readonly Descriptor[];
  /** Takes the place of what a local rate limit filter itself says. */
  readonly localRateLimit: {
    readonly filter: EnvoyLocalRateLimit;
    readonly label: string;
    readonly source: FilterSource | null;
  } | null;
}

export interface EnvoyChainParts {
  readonly cost: FilterCostInput;
  readonly pool: FilterPool;
  readonly limits: RateLimitConfigs;
  readonly findings: Findings;
}

/** A chain with the patches of `port` applied; `where` names its place. */
export function patchedChain(
  generated: readonly Slot[],
  patches: readonly OwnedPatch<PatchOf<'http-filter'>>[],
  port: number,
  where: string,
  settings: RouteSettings,
  parts: EnvoyChainParts,
): readonly Slot[] {
  let chain: readonly Slot[] = generated;
  for (const owned of patches) {
    const { name, operation, beside, filter, port: onPort } = owned.patch;
    if (onPort !== 0 && onPort !== port) continue;
    noteAssumptions(owned, settings, parts);
    const source = patchSource(owned, filter);
    const slot = { name, filter: filterNumber(filter, `${where} ${labelOf(owned)}`, source, settings, parts) };
    switch (operation) {
      case 'INSERT_FIRST':
      case 'INSERT_BEFORE':
      case 'INSERT_AFTER':
        chain = inserted(chain, slot, operation, beside);
        break;
      case 'REPLACE':
        chain = chain.map((old) => (old.name === beside ? slot : old));
        break;
      case 'REMOVE':
        chain = chain.filter((old) => old.name !== beside);
        break;
    }
  }
  return chain;
}

/** What the scenario has to say about a filter, and where a class of requests stands for many values. */
function noteAssumptions(
  { patch, owner }: OwnedPatch<PatchOf<'http-filter'>>,
  { descriptors, localRateLimit: ofRoute }: RouteSettings,
  { findings }: EnvoyChainParts,
): void {
  const note = (meaning: string) =>
    findings.approximated(
      `EnvoyFilter ${owner.namespace}/${owner.name}`,
      `spec.configPatches[${patch.index}]`,
      owner.source.at(['spec', 'configPatches', patch.index]),
      meaning,
    );
  const filter = patch.filter?.kind === 'local-rate-limit' ? (ofRoute?.filter ?? patch.filter) : patch.filter;
  if (filter?.kind === 'ext-authz')
    note('the authorization service answers as fast, and denies as many, as the scenario says (filters.authorization)');
  if (filter?.kind === 'rate-limit-service')
    note('the rate limit service answers as fast as the scenario says (filters.rateLimitService)');
  const limits = filter?.kind === 'rate-limit-service' || filter?.kind === 'local-rate-limit';
  if (limits && descriptors.some((descriptor) => descriptor.some(isOfOneClient)))
    note('users and addresses are not told apart: all requests of a class count against one limit');
}

/** The address of the client, or a header with an attribute of who makes the request. */
function isOfOneClient({ key, value }: Descriptor[number]): boolean {
  return key === 'remote_address' || /\{[A-Za-z][\w.-]*\}/.test(value);
}

function filterNumber(
  filter: EnvoyHttpFilter | null,
  label: string,
  source: FilterSource | null,
  settings: RouteSettings,
  { cost, pool, limits }: EnvoyChainParts,
): number | null {
  if (filter === null) return null;
  switch (filter.kind) {
    case 'opaque': {
      const { cpuNs, latencyNs } = cost[filter.runs];
      if (cpuNs === 0 && latencyNs === 0) return null;
      return pool.number(label, { kind: 'wasm', cpuNs, latencyNs, status: 0, decidedBy: null }, source);
    }
    case 'ext-authz':
      return pool.number(label, { kind: 'ext-authz', ...cost.authorization, denyStatus: 403 }, source);
    case 'fault': {
      const { delayNs, delay, abortStatus, abort, maxActive, responseRateKiBPerSecond, responseRate } = filter;
      const paces = responseRateKiBPerSecond > 0 && responseRate > 0;
      if (delay === 0 && abort === 0 && !paces) return null;
      const fault = {
        delayNs,
        delayProbability: delay,
        abortStatus,
        abortProbability: abort,
        responseRateKiBPerSecond: paces ? responseRateKiBPerSecond : 0,
        responseRateProbability: paces ? responseRate : 0,
      };
      return pool.number(label, { kind: 'fault', ...fault, maxActive: maxActive ?? NO_LIMIT }, source);
    }
    case 'admission-control': {
      const { maxRejection, ...rest } = filter;
      return pool.number(label, { ...rest, maxRejectionProbability: maxRejection }, source);
    }
    case 'adaptive-concurrency':
      return pool.number(label, filter, source);
    case 'rate-limit-service': {
      const found = limits.of(filter.domain, settings.descriptors);
      // Without descriptors the service is not asked.
      if (settings.descriptors.length === 0) return null;
      const asking = {
        kind: 'rate-limit-service',
        latency: cost.rateLimitService.latency,
        timeoutNs: filter.timeoutNs,
        failureMode: filter.denyOnFailure ? 'deny' : 'allow',
        limits: found,
      } as const;
      return pool.number(label, asking, source);
    }
    case 'local-rate-limit': {
      const own = settings.localRateLimit;
      const group = own === null ? label : `${label} ${own.label}`;
      const plan = localRateLimit(own?.filter ?? filter, group, settings.descriptors);
      return plan === null ? null : pool.number(group, plan, own?.source ?? source);
    }
  }
}

function localRateLimit(
  filter: EnvoyLocalRateLimit,
  group: string,
  descriptors: readonly Descriptor[],
): NewFilter | null {
  const { bucket, enabled, enforced, alwaysConsumeDefault, status } = filter;
  if (enabled === 0 || enforced === 0) return null;
  const found = filter.descriptors
    .map(({ entries, bucket: own }, number) => ({ entries, ...own, number }))
    .filter(({ entries }) => descriptors.some((sent) => sameDescriptor(entries, sent)))
    .sort((a, b) => a.tokensPerFill / a.fillIntervalNs - b.tokensPerFill / b.fillIntervalNs || a.number - b.number)
    .map(({ entries: _, ...rest }) => rest);
  return {
    kind: 'local-rate-limit',
    bucket,
    descriptors: found,
    alwaysConsumeDefault,
    group,
    enabledProbability: enabled,
    enforcedProbability: enforced,
    status,
  };
}
