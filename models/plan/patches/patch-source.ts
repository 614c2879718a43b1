// Who wrote a filter that a patch of an EnvoyFilter brings into a chain, or configures for a route.
import type { EnvoyHttpFilter } from '../../config/kinds/envoy-http-filters.js';
import type { FieldPath } from '../../config/resource.js';
import type { FieldSource, FilterSource } from '../contract/sources.js';
import { protoSource } from '../settings/cluster-sources.js';
import { filterSource, wholeAt } from '../terms/field-source.js';
import type { OwnedPatch } from './envoy-patches.js';

/** @param filter that the patch brings; null: none that acts */
export function patchSource(owned: OwnedPatch, filter: EnvoyHttpFilter | null): FilterSource | null {
  if (filter === null) return null;
  const { reason, detail } = MEANINGS[filter.kind];
  const bucket = filter.kind === 'local-rate-limit' ? bucketSource(owned) : null;
  return filterSource(bucket ?? wholePatch(owned), reason, detail);
}

const MEANINGS: Readonly<Record<EnvoyHttpFilter['kind'], Pick<FilterSource, 'reason' | 'detail'>>> = {
  'local-rate-limit': { reason: 'rate-limit', detail: 'local rate limit' },
  'rate-limit-service': { reason: 'rate-limit', detail: 'rate limit service' },
  fault: { reason: 'fault', detail: 'fault filter' },
  'ext-authz': { reason: 'external-authorization', detail: 'external authorization' },
  'admission-control': { reason: 'admission-control', detail: 'admission control' },
  'adaptive-concurrency': { reason: 'adaptive-concurrency', detail: 'adaptive concurrency' },
  opaque: { reason: 'other', detail: 'filter without verdicts' },
};

function patchPath({ patch }: OwnedPatch): FieldPath {
  return ['spec', 'configPatches', patch.index];
}

function wholePatch(owned: OwnedPatch): FieldSource {
  return wholeAt(owned.owner.source, patchPath(owned));
}

/** Where the configuration of a filter may stand: in a list of filters, or among those of a route; as it is, or in a TypedStruct. */
const CONFIGS: readonly FieldPath[] = [
  ['typed_config'],
  ['typed_per_filter_config', 'envoy.filters.http.local_ratelimit'],
  ['route', 'typed_per_filter_config', 'envoy.filters.http.local_ratelimit'],
];

/** The size of the bucket of a local rate limit; null: it is not written where it is looked for. */
function bucketSource(owned: OwnedPatch): FieldSource | null {
  const value = [...patchPath(owned), 'patch', 'value'];
  for (const config of CONFIGS) {
    for (const struct of [[], ['value']]) {
      const found = protoSource(owned.owner.source, value, [...config, ...struct, 'token_bucket', 'max_tokens']);
      if (found !== null) return found;
    }
  }
  return null;
}
