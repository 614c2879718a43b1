// What a change makes istiod generate for a proxy, and in which order (istio:
// pilot/pkg/xds/{ads,cds,eds,lds,rds,proxy_dependencies}.go). Envoy skips what it has already, so that a type that is
// generated anew without a difference costs generation time and nothing else.

/** In the order in which each push writes these types; none waits for the acknowledgement of the one before. */
export const XDS_TYPES = ['cds', 'eds', 'lds', 'rds'] as const;
export type XdsType = (typeof XDS_TYPES)[number];

export type ProxyRole = 'sidecar' | 'router' | 'waypoint';

/**
 * Kinds of keys that a push is made of. `ServiceEntry` stands for Services too, and for endpoint changes that are no
 * longer about endpoints alone; `MeshConfig` for all that istiod knows no key for.
 */
export type ConfigKind =
  | 'Endpoints'
  | 'ServiceEntry'
  | 'DestinationRule'
  | 'VirtualService'
  | 'Sidecar'
  | 'Gateway'
  | 'PeerAuthentication'
  | 'AuthorizationPolicy'
  | 'RequestAuthentication'
  | 'Telemetry'
  | 'WasmPlugin'
  | 'TrafficExtension'
  | 'EnvoyFilter'
  | 'ProxyConfig'
  | 'WorkloadEntry'
  | 'WorkloadGroup'
  | 'Secret'
  | 'MeshConfig';

/** By kind of an object: the kind of key under which a push knows it. Whatever else is about a mesh is known under its own name. */
const KEYS: ReadonlyMap<string, ConfigKind> = new Map<string, ConfigKind>([
  ['Service', 'ServiceEntry'],
  ['ServiceEntry', 'ServiceEntry'],
  ['Namespace', 'MeshConfig'],
  ['ConfigMap', 'MeshConfig'],
  // Routes of the Gateway API and Ingresses are turned into VirtualServices and Gateways (istio: pilot/pkg/config/kube/gateway).
  ['HTTPRoute', 'VirtualService'],
  ['GRPCRoute', 'VirtualService'],
  ['TCPRoute', 'VirtualService'],
  ['TLSRoute', 'VirtualService'],
  ['Ingress', 'VirtualService'],
  ['BackendTLSPolicy', 'DestinationRule'],
  ['XBackendTrafficPolicy', 'DestinationRule'],
  ['ReferenceGrant', 'VirtualService'],
]);

const OWN_KINDS: readonly ConfigKind[] = [
  'DestinationRule',
  'VirtualService',
  'Sidecar',
  'Gateway',
  'PeerAuthentication',
  'AuthorizationPolicy',
  'RequestAuthentication',
  'Telemetry',
  'WasmPlugin',
  'TrafficExtension',
  'EnvoyFilter',
  'ProxyConfig',
  'WorkloadEntry',
  'WorkloadGroup',
  'Secret',
];

/** The key of an object of a kind (`VirtualService`); null: no push is about such objects, as about a Deployment. */
export function configKind(kind: string): ConfigKind | null {
  return KEYS.get(kind) ?? OWN_KINDS.find((own) => own === kind) ?? null;
}

/** Kinds that each type does not look at. */
const SKIPPED: Readonly<Record<XdsType, ReadonlySet<ConfigKind>>> = {
  cds: new Set<ConfigKind>([
    'Gateway',
    'WorkloadEntry',
    'WorkloadGroup',
    'AuthorizationPolicy',
    'RequestAuthentication',
    'Secret',
    'Telemetry',
    'WasmPlugin',
    'TrafficExtension',
    'ProxyConfig',
    'Endpoints',
  ]),
  eds: new Set<ConfigKind>([
    'Gateway',
    'VirtualService',
    'WorkloadGroup',
    'AuthorizationPolicy',
    'RequestAuthentication',
    'Secret',
    'Telemetry',
    'WasmPlugin',
    'TrafficExtension',
    'ProxyConfig',
    'Sidecar',
  ]),
  lds: new Set<ConfigKind>(['Gateway', 'WorkloadGroup', 'WorkloadEntry', 'Secret', 'ProxyConfig', 'Endpoints']),
  rds: new Set<ConfigKind>([
    'Gateway',
    'WorkloadEntry',
    'WorkloadGroup',
    'AuthorizationPolicy',
    'RequestAuthentication',
    'PeerAuthentication',
    'Secret',
    'WasmPlugin',
    'TrafficExtension',
    'Telemetry',
    'ProxyConfig',
    'Endpoints',
  ]),
};

/** Types that look at Gateways after all, for proxies that are gateways. */
const GATEWAY_TYPES: ReadonlySet<XdsType> = new Set<XdsType>(['cds', 'lds', 'rds']);

/**
 * The types that a push of these kinds generates for a proxy of that role, in their order; none: the push is skipped.
 * Whether the proxy depends on the objects at all (what its Sidecar imports) is not asked here.
 */
export function typesOf(kinds: Iterable<ConfigKind>, role: ProxyRole): readonly XdsType[] {
  const changed = [...kinds];
  return XDS_TYPES.filter((type) => changed.some((kind) => looksAt(type, kind, role)));
}

function looksAt(type: XdsType, kind: ConfigKind, role: ProxyRole): boolean {
  if (role === 'router') {
    if (kind === 'Gateway') return GATEWAY_TYPES.has(type);
    if (kind === 'Sidecar') return false;
  }
  return !SKIPPED[type].has(kind);
}
