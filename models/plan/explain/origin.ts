// Where a setting of a route or a cluster comes from: the field that was written, the default of the release, a header of the request.
import type { HttpRoute } from '../../config/kinds/virtual-service.js';
import type { FieldPath } from '../../config/resource.js';
import type { PlacedRoute, VirtualServiceResource } from '../routes/delegate.js';
import type { Target } from '../routes/route-decision.js';
import type { Candidate } from '../routes/virtual-service.js';
import type { MergedRule } from '../settings/destination-rule.js';
import { placedPolicy } from '../settings/traffic-policy.js';
import { type ReleaseDefaults, VERSION_TABLE, type VersionedDefaults } from '../settings/versions.js';
import { headerValue, type RequestClass } from '../terms/request-class.js';
import type { Origin, Place } from './explanation.js';
import { resourceName } from './rules.js';

export function nothing(why: string): Origin {
  return { kind: 'none', why };
}

/** A row of models/plan/settings/versions.ts. */
export function ofRelease(row: keyof VersionedDefaults, release: ReleaseDefaults): Origin {
  return { kind: 'istio', release: release.version, source: VERSION_TABLE[row].source };
}

/** A default that all releases share. */
export function ofIstio(source: string, release: ReleaseDefaults): Origin {
  return { kind: 'istio', release: release.version, source };
}

export function written(resource: Parameters<typeof resourceName>[0] & VirtualServiceOrRule, path: FieldPath): Origin {
  return { kind: 'yaml', resource: resourceName(resource), position: resource.source.at(path) };
}

type VirtualServiceOrRule = Pick<VirtualServiceResource, 'source'>;

/** A field of a route: of the delegate where it has it, else of the root. */
export function ofRouteField(candidate: Candidate, field: 'timeoutNs' | 'retries' | 'fault', name: string): Origin {
  const { resource } = candidate.virtualService;
  return isOwnField(candidate, field) || candidate.root === undefined
    ? written(candidate.owner, [...candidate.path, name])
    : written(resource, [...candidate.root.path, name]);
}

function isOwnField({ owner, path, root }: PlacedRoute, field: keyof HttpRoute): boolean {
  return root === undefined || owner.spec.http[Number(path[2])]?.[field] !== null;
}

/** The first of these headers that the request has; null: it has none. */
export function ofHeader(request: RequestClass, names: readonly string[]): Origin | null {
  const header = names.find((name) => headerValue(request.headers, name) !== null);
  return header === undefined ? null : { kind: 'request', header };
}

type Block = 'loadBalancer' | 'connectionPool' | 'outlierDetection' | 'tls';

/** The block of a DestinationRule that models/plan/settings/traffic-policy.ts takes; null: no rule has it. */
export function ofBlock(rule: MergedRule | null, { port, subset }: Target, block: Block): Origin | null {
  const found = placedPolicy(rule, port, subset)[block];
  if (found === null) return null;
  const { object, position } = found.source.field(found.path);
  return { kind: 'yaml', resource: object, position };
}

/** The rules that a merged rule is made of, as far as they concern a subset: that of the subset, that of the policy, else the first. */
export function rulePlaces(rule: MergedRule | null, subset: string): Place[] {
  if (rule === null) return [];
  const own = rule.subsets.find(({ value }) => value.name === subset);
  const places: Place[] = [];
  if (own !== undefined) {
    places.push({
      resource: resourceName(own.resource),
      position: own.resource.source.at(['spec', 'subsets', own.index]),
    });
  }
  if (rule.policy !== null || own === undefined) {
    const resource = rule.policy?.resource ?? rule.resource;
    places.push({ resource: resourceName(resource), position: resource.source.at([]) });
  }
  return places;
}
