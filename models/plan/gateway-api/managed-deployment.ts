// The Deployment that Istio makes for a Gateway of the Gateway API: called after it and its class, with the labels and annotations of
// `infrastructure`, and what ConfigMaps lay over its template (those of the class, then that of `parametersRef`).
// istio: pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go (render, applyOverlay), manifests/charts/istio-control/istio-discovery/
// files/kube-gateway.yaml.
import { lookup } from '../../../sim/lookup.js';
import { fieldOf, isPlainMap, type PlainValue } from '../../config/document.js';
import type { StringMap } from '../../config/kinds/common.js';
import type { ConfigMapSpec } from '../../config/kinds/config-map.js';
import type { Container } from '../../config/kinds/container.js';
import type { ManagedDeployment } from '../../config/kinds/gateway.js';
import { GATEWAY_GROUP } from '../../config/kinds/gateway-api/fields.js';
import type { KubernetesGatewaySpec } from '../../config/kinds/gateway-api/kubernetes-gateway.js';
import { NO_LIFECYCLE } from '../../config/kinds/lifecycle.js';
import { EMPTY_TEMPLATE } from '../../config/kinds/pod-template.js';
import type { ResourceSet } from '../../config/load.js';
import { parseDocuments } from '../../config/parse.js';
import { limitMilli, limitValue, parseQuantity, quantityMilli, quantityValue } from '../../config/quantity.js';
import type { Resource } from '../../config/resource.js';
import type { Findings } from '../terms/findings.js';
import { ROOT_NAMESPACE } from '../terms/visibility.js';

type GatewayResource = Resource<'Gateway', KubernetesGatewaySpec>;
type Overlay = Resource<'ConfigMap', ConfigMapSpec>;

const PROXY = 'istio-proxy';

export function managedDeployment(
  gateway: GatewayResource,
  resources: ResourceSet,
  findings: Findings,
): ManagedDeployment {
  const { gatewayClassName, infrastructure } = gateway.spec;
  const ordinary = `${gateway.name}-${gatewayClassName}`;
  const overlays = overlaysOf(gateway, resources, findings);
  const deployments = overlays.flatMap((overlay) => textOf(overlay, 'deployment'));
  const template = deployments.map((overlay) => fieldOf(fieldOf(overlay, 'spec'), 'template'));
  const metadata = template.map((own) => fieldOf(own, 'metadata'));
  return {
    namespace: gateway.namespace,
    name: gateway.annotations['gateway.istio.io/name-override'] ?? ordinary,
    replicas: replicasOf(deployments, overlays),
    template: {
      ...EMPTY_TEMPLATE,
      labels: {
        ...own(infrastructure?.labels ?? gateway.labels),
        ...merged(metadata, 'labels'),
        [`${GATEWAY_GROUP}/gateway-name`]: gateway.name,
        [`${GATEWAY_GROUP}/gateway-class-name`]: gatewayClassName,
      },
      annotations: {
        ...own(infrastructure?.annotations ?? gateway.annotations),
        ...merged(metadata, 'annotations'),
      },
      serviceAccountName: gateway.annotations['gateway.istio.io/service-account'] ?? ordinary,
      nodeSelector: merged(
        template.map((one) => fieldOf(one, 'spec')),
        'nodeSelector',
      ),
      containers: [proxyOf(template)],
    },
  };
}

/** Names of the Gateway API's own are not handed on. */
function own(names: StringMap): StringMap {
  return Object.fromEntries(Object.entries(names).filter(([name]) => !name.startsWith(`${GATEWAY_GROUP}/`)));
}

/** The ConfigMap of the class in Istio's namespace, then the Gateway's own: the later counts. */
function overlaysOf({ namespace, name, spec, source }: GatewayResource, resources: ResourceSet, findings: Findings) {
  const ofClass = resources.configMaps.find(
    (map) =>
      map.namespace === ROOT_NAMESPACE && map.labels['gateway.istio.io/defaults-for-class'] === spec.gatewayClassName,
  );
  const overlays: Overlay[] = ofClass === undefined ? [] : [ofClass];
  const reference = spec.infrastructure?.parametersRef ?? null;
  if (reference === null || reference.group !== '' || reference.kind !== 'ConfigMap') return overlays;
  const found = resources.configMaps.find((map) => map.namespace === namespace && map.name === reference.name);
  if (found !== undefined) return [...overlays, found];
  findings.warning(
    'gateway-parameters-missing',
    source.at(['spec', 'infrastructure', 'parametersRef']),
    `Gateway ${namespace}/${name}: ConfigMap ${namespace}/${reference.name} is not in the YAML`,
    'Istio makes no pods for the Gateway without it; they are simulated with the defaults: load the ConfigMap',
  );
  return overlays;
}

function textOf({ name, spec }: Overlay, key: string): PlainValue[] {
  const text = lookup(spec.data, key);
  if (text === undefined) return [];
  const [document] = parseDocuments({ name, text });
  const value = document?.value ?? null;
  return isPlainMap(value) ? [value] : [];
}

/** `spec.replicas`, within the bounds of the autoscaler that is made where a ConfigMap speaks of one. */
function replicasOf(deployments: readonly PlainValue[], overlays: readonly Overlay[]): number {
  const replicas = Math.max(0, Math.trunc(lastNumber(deployments, 'replicas') ?? 1));
  const scalers = overlays.flatMap((overlay) => textOf(overlay, 'horizontalPodAutoscaler'));
  if (scalers.length === 0) return replicas;
  const minimum = lastNumber(scalers, 'minReplicas') ?? 1;
  return Math.min(Math.max(replicas, minimum), lastNumber(scalers, 'maxReplicas') ?? 1);
}

function lastNumber(objects: readonly PlainValue[], name: string): number | null {
  const found = objects.map((object) => fieldOf(fieldOf(object, 'spec'), name));
  return found.findLast((value) => typeof value === 'number') ?? null;
}

function merged(objects: readonly (PlainValue | undefined)[], name: string): StringMap {
  const entries = objects.flatMap((object): [string, string][] => {
    const map = fieldOf(object, name);
    return isPlainMap(map)
      ? Object.entries(map).flatMap(([key, value]): [string, string][] =>
          typeof value === 'string' ? [[key, value]] : [],
        )
      : [];
  });
  return Object.fromEntries(entries);
}

function proxyOf(templates: readonly (PlainValue | undefined)[]): Container {
  const resources = templates.flatMap((template) => {
    const containers = fieldOf(fieldOf(template, 'spec'), 'containers');
    if (!Array.isArray(containers)) return [];
    return containers
      .filter((container: PlainValue) => fieldOf(container, 'name') === PROXY)
      .map((container: PlainValue) => fieldOf(container, 'resources'));
  });
  const amount = (kind: string, name: string) => {
    const text = resources.map((one) => fieldOf(fieldOf(one, kind), name)).findLast((value) => value !== undefined);
    return text === undefined || text === null ? null : parseQuantity(String(text));
  };
  const millis = (kind: string) => {
    const found = amount(kind, 'cpu');
    return found === null ? null : quantityMilli(found);
  };
  const bytes = (kind: string) => {
    const found = amount(kind, 'memory');
    return found === null ? null : quantityValue(found);
  };
  return {
    name: PROXY,
    image: '',
    command: [],
    args: [],
    env: [],
    ports: [],
    resources: {
      cpuRequestMillis: millis('requests'),
      cpuLimitMillis: limitMilli(amount('limits', 'cpu')),
      memoryRequestBytes: bytes('requests'),
      memoryLimitBytes: limitValue(amount('limits', 'memory')),
    },
    restartPolicy: null,
    startupProbe: null,
    readinessProbe: null,
    livenessProbe: null,
    lifecycle: NO_LIFECYCLE,
  };
}
