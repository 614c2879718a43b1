// What HTTP filters cost, where nothing but an assumption says so. Istio publishes figures for the whole proxy only (istio.io:
// docs/ops/deployment/performance-and-scalability); those of Wasm come from the runs in istio/tools: perf/benchmark/graph_plotter
// (statistics as native code and as Wasm), those of tokens, RBAC and Lua are
// engineering estimates (a check of RS256 is 0.05 to 0.2 ms; a script of LuaJIT that looks at some headers is 10 to 30 us).
import type { DistributionSpec } from '../../../sim/distributions/spec.js';

/** What the scenario says about filters; all times in nanoseconds. */
export interface FilterCostInput {
  readonly rbac: { readonly cpuNs: number; readonly perRuleCpuNs: number };
  /** CPU for a request with a token. */
  readonly jwtCpuNs: number;
  readonly wasm: { readonly cpuNs: number; readonly latencyNs: number };
  /** `name` or `name.namespace` of WasmPlugins whose module cannot be fetched. */
  readonly brokenWasm: readonly string[];
  readonly lua: { readonly cpuNs: number; readonly latencyNs: number };
  /** Filters that are not simulated. */
  readonly unknown: { readonly cpuNs: number; readonly latencyNs: number };
  /** Answers of authorization services: how long they take, and how many say no (0..1). */
  readonly authorization: { readonly latency: DistributionSpec; readonly denyProbability: number };
  readonly rateLimitService: { readonly latency: DistributionSpec };
}

export const DEFAULT_FILTER_COST: FilterCostInput = {
  rbac: { cpuNs: 5_000, perRuleCpuNs: 100 },
  jwtCpuNs: 100_000,
  wasm: { cpuNs: 30_000, latencyNs: 500_000 },
  brokenWasm: [],
  lua: { cpuNs: 20_000, latencyNs: 0 },
  unknown: { cpuNs: 0, latencyNs: 0 },
  authorization: { latency: { kind: 'constant', value: 2_000_000 }, denyProbability: 0 },
  rateLimitService: { latency: { kind: 'constant', value: 1_000_000 } },
};
