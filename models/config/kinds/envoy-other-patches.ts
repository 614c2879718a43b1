// Patches of EnvoyFilters that need not be applied: Istio does nothing with them either, or what they change is nothing that a run looks at.
// istio: pilot/pkg/networking/core/envoyfilter/{rc_patch,cluster_patch}.go; envoy: api/envoy/config/bootstrap/v3/bootstrap.proto.
import { fieldOf, isPlainMap, type PlainValue } from '../document.js';
import type { Place } from '../place.js';
import { isProgram } from './envoy-http-filters.js';

export interface OtherPatch {
  readonly applyTo: string;
  readonly operation: string;
  readonly value: PlainValue | null;
}

/** Says what becomes of the patch. */
export function noteOther(patch: OtherPatch, place: Place): void {
  const { applyTo, operation } = patch;
  const idle = withoutEffect(patch);
  const stands = idle === null ? standsFor(patch) : null;
  if (idle !== null) place.warn('patch-without-effect', idle.problem, idle.hint);
  else if (stands !== null) place.approximated(stands);
  else place.notModelled(`a patch of ${applyTo} (${operation}) is not applied`);
}

function withoutEffect({ applyTo, operation }: OtherPatch): { readonly problem: string; readonly hint: string } | null {
  if (applyTo === 'ROUTE_CONFIGURATION' && !merges(operation))
    return { problem: `Istio applies no ${operation} to a ROUTE_CONFIGURATION`, hint: 'use MERGE, or a VIRTUAL_HOST' };
  if (applyTo === 'CLUSTER' && operation === 'REPLACE')
    return { problem: 'Istio replaces no CLUSTER', hint: 'use MERGE, or REMOVE and ADD' };
  return null;
}

function standsFor({ applyTo, operation, value }: OtherPatch): string | null {
  switch (applyTo) {
    case 'CLUSTER':
      return operation === 'ADD'
        ? 'filters alone call a cluster that is added: how long its answers take is what the scenario says of them (filters)'
        : null;
    case 'EXTENSION_CONFIG':
      return operation === 'ADD' && isProgram(value)
        ? 'a filter with this configuration costs what the scenario says (filters.wasm, filters.lua); it is not run'
        : null;
    case 'LISTENER_FILTER':
      return operation !== 'REMOVE' && isProxyProtocol(value)
        ? 'callers are taken to send the PROXY header that the listener asks for: no effect on latency'
        : null;
    case 'FILTER_CHAIN':
      return merges(operation) && hasOnly(value, 'name', 'transport_socket', 'transportSocket')
        ? 'certificates and versions of TLS are not checked'
        : null;
    case 'BOOTSTRAP':
      return merges(operation) && hasOnly(value, 'stats_config', 'statsConfig', 'stats_sinks', 'statsSinks')
        ? 'statistics are not written as the proxy writes them'
        : null;
    default:
      return null;
  }
}

function merges(operation: string): boolean {
  return operation === 'MERGE' || operation === 'MERGE_AND_REPLACE_LIST';
}

function isProxyProtocol(value: PlainValue | null): boolean {
  const name = fieldOf(value ?? undefined, 'name');
  return typeof name === 'string' && name.endsWith('proxy_protocol');
}

function hasOnly(value: PlainValue | null, ...names: readonly string[]): boolean {
  return isPlainMap(value) && Object.keys(value).every((name) => names.includes(name));
}
