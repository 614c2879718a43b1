// The HTTP filters of a proxy in their order, by the names that EnvoyFilters look for.
// istio: pilot/pkg/networking/core/listener_builder.go (buildHTTPConnectionManager), pilot/pkg/xds/filters/filters.go.
import { ROUTE_FAULT } from '../contract/filter-plan.js';

/** `filter`: an index into the plan's filters, ROUTE_FAULT, or null for one that costs nothing and answers nothing. */
export interface Slot {
  readonly name: string;
  readonly filter: number | null;
}

/** What policies put into a chain, each in its place. */
export interface PolicySlots {
  readonly custom: readonly Slot[];
  readonly jwt: readonly Slot[];
  readonly rbac: readonly Slot[];
  readonly wasm: {
    readonly authn: readonly Slot[];
    readonly authz: readonly Slot[];
    readonly stats: readonly Slot[];
    readonly last: readonly Slot[];
  };
}

export const ROUTER = 'envoy.filters.http.router';

function free(name: string): Slot {
  return { name, filter: null };
}

/** The chain as Istio generates it; proxies of callers have `istio.alpn`. */
export function generatedChain(policies: PolicySlots, inbound: boolean): Slot[] {
  const { custom, jwt, rbac, wasm } = policies;
  return [
    free('istio.metadata_exchange'),
    ...custom,
    ...wasm.authn,
    ...jwt,
    ...wasm.authz,
    ...rbac,
    ...wasm.stats,
    ...wasm.last,
    free('envoy.filters.http.grpc_stats'),
    ...(inbound ? [] : [free('istio.alpn')]),
    { name: 'envoy.filters.http.fault', filter: ROUTE_FAULT },
    free('envoy.filters.http.cors'),
    free('istio.stats'),
    free(ROUTER),
  ];
}

export type Insertion = 'INSERT_FIRST' | 'INSERT_BEFORE' | 'INSERT_AFTER';

/**
 * A chain with one more filter; the same chain where the filter beside which it is to stand is not there. Without one, BEFORE means first and
 * AFTER last (istio: pilot/pkg/networking/core/envoyfilter/listener_patch.go).
 */
export function inserted(chain: readonly Slot[], slot: Slot, operation: Insertion, beside: string): readonly Slot[] {
  if (operation === 'INSERT_FIRST') return [slot, ...chain];
  if (beside === '') return operation === 'INSERT_BEFORE' ? [slot, ...chain] : [...chain, slot];
  const index = chain.findIndex(({ name }) => name === beside);
  if (index < 0) return chain;
  const at = operation === 'INSERT_BEFORE' ? index : index + 1;
  return [...chain.slice(0, at), slot, ...chain.slice(at)];
}

/** What acts before the router; what stands behind it is never reached. */
export function activeFilters(chain: readonly Slot[]): readonly number[] {
  const router = chain.findIndex(({ name }) => name === ROUTER);
  return (router < 0 ? chain : chain.slice(0, router)).flatMap(({ filter }) => (filter === null ? [] : [filter]));
}
