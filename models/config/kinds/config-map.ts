// ConfigMap (kubernetes: staging/src/k8s.io/api/core/v1/types.go ConfigMap): its texts, for those who configure themselves by it.
import { fieldOf, isPlainMap, type PlainMap, type PlainValue } from '../document.js';
import type { Place } from '../place.js';
import { meaningOfUnmodelled } from '../unmodelled-kinds.js';
import type { StringMap } from './common.js';
import type { KindContext, KindDefinition } from './kind.js';
import { type MeshSettingsSpec, meshSettingsOf, NOTHING } from './mesh-settings.js';

/** `mesh`, `values`: of Istio's own ConfigMaps. */
export interface ConfigMapSpec extends MeshSettingsSpec {
  readonly data: StringMap;
}

/** Whether a text is the configuration of a rate limit service (envoyproxy/ratelimit: README). */
export function isRateLimitConfig(text: string): boolean {
  return /^domain:/m.test(text) && /^descriptors:/m.test(text);
}

/** What a Gateway's `parametersRef` lays over the objects that are made for it (istio: deploymentcontroller.go, applyOverlay). */
const GATEWAY_PARAMETERS: readonly string[] = [
  'deployment',
  'horizontalPodAutoscaler',
  'podDisruptionBudget',
  'service',
  'serviceAccount',
];

function isGatewayParameters(data: StringMap): boolean {
  const keys = Object.keys(data);
  return keys.length > 0 && keys.every((key) => GATEWAY_PARAMETERS.includes(key));
}

export const configMapKind: KindDefinition<'ConfigMap', ConfigMapSpec> = {
  kind: 'ConfigMap',
  apiVersions: ['v1'],
  namespaced: true,
  read(document: PlainMap, context: KindContext, place: Place) {
    const written = fieldOf(document, 'data');
    const data = textsOf(written);
    const settings = isPlainMap(written) ? meshSettingsOf(context.name, written, place.child('data')) : null;
    if (isGatewayParameters(data))
      place
        .child('data')
        .approximated(
          'of what gateways get, replicas, their bounds, labels, annotations, resources and nodeSelector count',
        );
    else if (settings === null && !Object.values(data).some(isRateLimitConfig))
      place.notModelled(meaningOfUnmodelled('v1', 'ConfigMap'));
    return { ...(settings ?? NOTHING), data };
  },
};

function textsOf(data: PlainValue | undefined): StringMap {
  if (!isPlainMap(data)) return {};
  return Object.fromEntries(
    Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
