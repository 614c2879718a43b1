// What HTTP filters cost: from the scenario to the plan's input.
import type { FieldPath } from '../../models/config/resource.js';
import { DEFAULT_FILTER_COST, type FilterCostInput } from '../../models/plan/settings/filter-cost.js';
import { encodeToken } from '../../models/plan/terms/token.js';
import type { DistributionSpec } from '../../sim/distributions/spec.js';
import type { ScenarioSpec } from '../document/schema.js';
import { listOf, type ScenarioReader } from './reader.js';

export function readFilterCost(reader: ScenarioReader, spec: ScenarioSpec): FilterCostInput {
  const path = ['spec', 'filters'];
  const given = spec.filters ?? {};
  const { rbac, jwtCpuNs, wasm, lua, unknown, authorization, rateLimitService } = DEFAULT_FILTER_COST;
  const latency = (name: string, word: string | number | undefined, fallback: DistributionSpec) =>
    word === undefined ? fallback : (reader.distribution([...path, name, 'latency'], word) ?? fallback);
  return {
    rbac: {
      cpuNs: reader.durationNs([...path, 'rbacCpu'], given.rbacCpu, rbac.cpuNs),
      perRuleCpuNs: reader.durationNs([...path, 'rbacRuleCpu'], given.rbacRuleCpu, rbac.perRuleCpuNs),
    },
    jwtCpuNs: reader.durationNs([...path, 'jwtCpu'], given.jwtCpu, jwtCpuNs),
    wasm: {
      cpuNs: reader.durationNs([...path, 'wasm', 'cpu'], given.wasm?.cpu, wasm.cpuNs),
      latencyNs: reader.durationNs([...path, 'wasm', 'latency'], given.wasm?.latency, wasm.latencyNs),
    },
    brokenWasm: listOf(given.wasm?.broken),
    lua: {
      cpuNs: reader.durationNs([...path, 'lua', 'cpu'], given.lua?.cpu, lua.cpuNs),
      latencyNs: reader.durationNs([...path, 'lua', 'latency'], given.lua?.latency, lua.latencyNs),
    },
    unknown: {
      cpuNs: reader.durationNs([...path, 'unknown', 'cpu'], given.unknown?.cpu, unknown.cpuNs),
      latencyNs: reader.durationNs([...path, 'unknown', 'latency'], given.unknown?.latency, unknown.latencyNs),
    },
    authorization: {
      latency: latency('authorization', given.authorization?.latency, authorization.latency),
      denyProbability: reader.share([...path, 'authorization', 'deny'], given.authorization?.deny, 0),
    },
    rateLimitService: {
      latency: latency('rateLimitService', given.rateLimitService?.latency, rateLimitService.latency),
    },
  };
}

/** Headers with the request's token among them. */
export function withToken(
  reader: ScenarioReader,
  path: FieldPath,
  token: string | Readonly<Record<string, unknown>> | undefined,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (token === undefined) return headers;
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')) {
    reader.wrong([...path, 'token'], 'stands beside the header authorization', 'remove one of them');
    return headers;
  }
  return { ...headers, authorization: `Bearer ${typeof token === 'string' ? token : encodeToken(token)}` };
}
