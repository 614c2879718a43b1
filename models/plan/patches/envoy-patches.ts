// The patches of EnvoyFilters for one proxy, in the order in which they are applied: by priority, those of the root namespace before
// those of the workload's, older ones first. istio: pilot/pkg/model/{envoyfilter,push_context}.go, pilot/pkg/networking/core/envoyfilter.
import type { EnvoyFilterSpec, EnvoyPatch } from '../../config/kinds/envoy-filter.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import type { Workload } from '../registry/workload.js';
import type { Findings } from '../terms/findings.js';
import { regex } from '../terms/match.js';
import { ROOT_NAMESPACE } from '../terms/visibility.js';
import { policiesFor } from './selection.js';

export type EnvoyFilter = Resource<'EnvoyFilter', EnvoyFilterSpec>;
export type ProxyContext = 'SIDECAR_INBOUND' | 'SIDECAR_OUTBOUND' | 'GATEWAY' | 'WAYPOINT';

/** A patch and the object that it comes from. */
export interface OwnedPatch<Patch extends EnvoyPatch = EnvoyPatch> {
  readonly patch: Patch;
  readonly owner: EnvoyFilter;
}

export type PatchOf<Kind extends EnvoyPatch['kind']> = Extract<EnvoyPatch, { kind: Kind }>;

/** `EnvoyFilter shop/limit#2`: the third patch of an object. */
export function labelOf({ patch, owner }: OwnedPatch): string {
  return `EnvoyFilter ${owner.namespace}/${owner.name}#${patch.index}`;
}

export class EnvoyPatches {
  private readonly known = new Map<number, readonly OwnedPatch[]>();
  private readonly ordered: readonly EnvoyFilter[];

  constructor(
    filters: readonly EnvoyFilter[],
    private readonly istioVersion: string,
  ) {
    this.ordered = [...filters].sort((a, b) => a.spec.priority - b.spec.priority || rank(a) - rank(b));
  }

  /** The patches of one kind that a proxy of the workload takes in one context; those of waypoints are not applied. */
  of<Kind extends EnvoyPatch['kind']>(
    workload: Workload,
    context: ProxyContext,
    kind: Kind,
  ): readonly OwnedPatch<PatchOf<Kind>>[] {
    if (workload.kind === 'waypoint' || context === 'WAYPOINT') return [];
    return this.all(workload).filter(
      (owned): owned is OwnedPatch<PatchOf<Kind>> =>
        owned.patch.kind === kind && (owned.patch.context === 'ANY' || owned.patch.context === context),
    );
  }

  private all(workload: Workload): readonly OwnedPatch[] {
    const known = this.known.get(workload.index);
    if (known !== undefined) return known;
    const found = policiesFor(this.ordered, workload).flatMap((owner) =>
      owner.spec.patches.filter((patch) => this.isForVersion(patch)).map((patch) => ({ patch, owner })),
    );
    this.known.set(workload.index, found);
    return found;
  }

  /** The expression may hold anywhere in the version; patch numbers are not known and taken as 0. */
  private isForVersion({ proxyVersion }: EnvoyPatch): boolean {
    return proxyVersion === '' || (regex(proxyVersion)?.matcher(`${this.istioVersion}.0`).find() ?? false);
  }
}

/** Says which filters are for waypoints: by reference to them, or to what stands behind them. */
export function noteWaypointFilters(
  { envoyFilters, kubernetesGateways }: Pick<ResourceSet, 'envoyFilters' | 'kubernetesGateways'>,
  findings: Findings,
): void {
  const isWaypoint = (name: string, of: string): boolean =>
    kubernetesGateways.some(
      (gateway) =>
        gateway.name === name && gateway.namespace === of && gateway.spec.gatewayClassName === 'istio-waypoint',
    );
  for (const { name, namespace, spec, source } of envoyFilters) {
    spec.targetRefs.forEach((reference, index) => {
      if (reference.kind === 'Gateway' && !isWaypoint(reference.name, namespace)) return;
      findings.notModelled(
        `EnvoyFilter ${namespace}/${name}`,
        `spec.targetRefs[${index}]`,
        source.at(['spec', 'targetRefs', index]),
        'patches of waypoints are not applied',
      );
    });
  }
}

function rank({ namespace }: EnvoyFilter): number {
  return namespace === ROOT_NAMESPACE ? 0 : 1;
}
