// The filters that WasmPlugins and TrafficExtensions put into a proxy. istio: pilot/pkg/model/extensions.go (order, traffic selectors),
// pilot/pkg/networking/core/extension; pkg/wasm/convert.go (a module that cannot be fetched: a filter that denies all takes its place).
import type { WasmPluginSpec } from '../../config/kinds/wasm-plugin.js';
import type { Resource } from '../../config/resource.js';
import { decidingPolicy } from '../contract/decision.js';
import type { FilterCostInput } from '../settings/filter-cost.js';
import type { Slot } from './chain.js';
import type { FilterPool } from './filter-pool.js';

export type WasmPlugin = Resource<'WasmPlugin' | 'TrafficExtension', WasmPluginSpec>;

/** Gateways count as clients. */
export type TrafficMode = 'CLIENT' | 'SERVER';

/** The plugins of one phase in their order: the highest priority first, those without one last; then by name. */
export function ofPhase(
  plugins: readonly WasmPlugin[],
  phase: WasmPluginSpec['phase'],
  mode: TrafficMode,
  port: number,
): WasmPlugin[] {
  return plugins
    .filter(({ spec }) => spec.type === 'HTTP' && spec.phase === phase && isMet(spec, mode, port))
    .sort((a, b) => comparePriority(a, b) || compareText(a.name, b.name) || compareText(a.namespace, b.namespace));
}

function isMet({ match }: WasmPluginSpec, mode: TrafficMode, port: number): boolean {
  if (match.length === 0) return true;
  return match.some(
    (traffic) =>
      (traffic.mode === mode || traffic.mode === 'CLIENT_AND_SERVER') &&
      (traffic.ports.length === 0 || traffic.ports.includes(port)),
  );
}

function comparePriority(a: WasmPlugin, b: WasmPlugin): number {
  const [first, second] = [a.spec.priority, b.spec.priority];
  if (first === null || second === null) return first === second ? 0 : first === null ? 1 : -1;
  return second - first;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `where` names the place of the chain. */
export function wasmSlot(plugin: WasmPlugin, where: string, cost: FilterCostInput, pool: FilterPool): Slot {
  const { kind, name, namespace, spec } = plugin;
  const slotName = `extensions.istio.io/${kind.toLowerCase()}/${namespace}.${name}`;
  const label = `${where} ${kind} ${namespace}/${name}`;
  const isBroken =
    spec.runs === 'wasm' && (cost.brokenWasm.includes(name) || cost.brokenWasm.includes(`${name}.${namespace}`));
  if (isBroken) {
    if (spec.failStrategy === 'FAIL_OPEN') return { name: slotName, filter: null };
    const decidedBy = { reason: 'module-missing', policies: [decidingPolicy(plugin, null)] } as const;
    return {
      name: slotName,
      filter: pool.number(label, { kind: 'wasm', cpuNs: 0, latencyNs: 0, status: 403, decidedBy }),
    };
  }
  const { cpuNs, latencyNs } = cost[spec.runs];
  if (cpuNs === 0 && latencyNs === 0) return { name: slotName, filter: null };
  return { name: slotName, filter: pool.number(label, { kind: 'wasm', cpuNs, latencyNs, status: 0, decidedBy: null }) };
}
