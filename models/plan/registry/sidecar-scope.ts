// What a sidecar knows of the mesh, and what it does with the rest: the one Sidecar resource that holds for it, or everything.
// istio: pilot/pkg/model/sidecar.go (convertToSidecarScope, ConvertToSidecarScope), pilot/pkg/model/push_context.go (getSidecarScope).
import type { ConnectionPoolSettings } from '../../config/kinds/destination-rule.js';
import type { OutboundMode } from '../../config/kinds/mesh-config.js';
import type { EgressListener, SidecarSpec } from '../../config/kinds/sidecar.js';
import type { Destination } from '../../config/kinds/virtual-service.js';
import type { ResourceSet } from '../../config/load.js';
import { hostsOverlap } from '../../config/names.js';
import type { Resource } from '../../config/resource.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import type { PlacedBlock } from '../settings/traffic-policy.js';
import { hostCovers } from '../terms/host.js';
import { firstOfAll, firstSelecting } from '../terms/label-index.js';
import type { Workload } from './workload.js';

type SidecarResource = Resource<'Sidecar', SidecarSpec>;

/** A pattern of `egress.hosts`, with the namespace that it means; null = any. */
interface Pattern {
  readonly namespace: string | null;
  readonly host: string;
  readonly excludes: boolean;
}

export class ProxyScope {
  private readonly patterns = new Map<EgressListener, readonly Pattern[]>();

  /** @param key tells scopes of one namespace apart; '' = the one that knows everything */
  constructor(
    readonly key: string,
    readonly outbound: OutboundMode,
    private readonly sidecar: SidecarResource | null,
    namespace: string,
  ) {
    for (const listener of sidecar?.spec.egress ?? []) {
      this.patterns.set(
        listener,
        listener.hosts.map((text) => patternOf(text, namespace)),
      );
    }
  }

  /** Where unknown traffic goes instead of out of the mesh. */
  get egressProxy(): Destination | null {
    return this.sidecar?.spec.outbound?.egressProxy ?? null;
  }

  /** The Sidecar's own text of the egress proxy. */
  get resource(): SidecarResource | null {
    return this.sidecar;
  }

  /** Whether the listener of a port has a service of `namespace`. */
  sees(namespace: string, host: string, port: number): boolean {
    return this.imports(namespace, port, (pattern) => pattern === '*' || hostCovers(pattern, host));
  }

  /** A VirtualService counts with all of its hosts if one of them is imported. */
  seesAny(namespace: string, hosts: readonly string[], port: number): boolean {
    return this.imports(
      namespace,
      port,
      (pattern) => pattern === '*' || hosts.some((host) => hostsOverlap(pattern, host)),
    );
  }

  private imports(namespace: string, port: number, covers: (pattern: string) => boolean): boolean {
    const listener = this.listenerOf(port);
    if (listener === 'everything') return true;
    if (listener === null) return false;
    const patterns = this.patterns
      .get(listener)!
      .filter((pattern) => (pattern.namespace === null || pattern.namespace === namespace) && covers(pattern.host));
    return patterns.length > 0 && !patterns.some(({ excludes }) => excludes);
  }

  private listenerOf(port: number): EgressListener | 'everything' | null {
    const egress = this.sidecar?.spec.egress ?? [];
    if (egress.length === 0) return 'everything';
    return (
      egress.find((listener) => listener.port === port) ?? egress.find((listener) => listener.port === null) ?? null
    );
  }

  /** Whether the proxy ends TLS on a port of the pod with certificates of its own. */
  endsTls(port: number | null): boolean {
    return this.sidecar?.spec.ingress.find((listener) => listener.port === port)?.endsTls ?? false;
  }

  /** Limits of the inbound cluster of a port of the pod; null: those of the service's DestinationRule. */
  inboundPool(port: number | null): PlacedBlock<ConnectionPoolSettings> | null {
    if (this.sidecar === null) return null;
    const { spec, source } = this.sidecar;
    const index = spec.ingress.findIndex((listener) => listener.port === port);
    const own = spec.ingress[index]?.pool ?? null;
    if (own !== null) return { value: own, source, path: ['spec', 'ingress', index, 'connectionPool'] };
    return spec.inboundPool === null
      ? null
      : { value: spec.inboundPool, source, path: ['spec', 'inboundConnectionPool'] };
  }
}

/** `~` is a namespace that nobody has; `~ns/host` takes out of what others let in. */
function patternOf(text: string, own: string): Pattern {
  const slash = text.indexOf('/');
  const written = text.slice(0, slash);
  const excludes = written.length > 1 && written.startsWith('~');
  const name = excludes ? written.slice(1) : written;
  return { namespace: name === '*' ? null : name === '.' ? own : name, host: text.slice(slash + 1), excludes };
}

export class SidecarScopes {
  private readonly known = new Map<string, ProxyScope>();

  constructor(
    private readonly resources: ResourceSet,
    private readonly mesh: MeshSettings,
  ) {}

  /** The scope of a workload's proxy; gateways and waypoints know everything. */
  of(workload: Pick<Workload, 'kind' | 'namespace' | 'labels'>): ProxyScope {
    const { kind } = workload;
    const sidecar = kind === 'gateway' || kind === 'waypoint' ? null : this.choose(workload);
    const key = sidecar === null ? '' : `${sidecar.namespace}/${sidecar.name} ${workload.namespace}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const outbound = sidecar?.spec.outbound?.mode ?? this.mesh.outbound;
    const scope = new ProxyScope(key, outbound, sidecar, workload.namespace);
    this.known.set(key, scope);
    return scope;
  }

  /** By selector, else of the namespace, else of the root namespace; the oldest of each; they are not merged. */
  private choose({ namespace, labels }: Pick<Workload, 'namespace' | 'labels'>): SidecarResource | null {
    const { sidecars } = this.resources;
    return (
      firstSelecting(sidecars, namespace, labels) ??
      firstOfAll(sidecars, namespace) ??
      firstOfAll(sidecars, this.mesh.rootNamespace) ??
      null
    );
  }
}
