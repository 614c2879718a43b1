// The rules of a virtual host in the order in which a proxy tries them, each with its verdict and, where it lost, with what kept it out.
// istio: pilot/pkg/networking/core/route/route.go; the verdicts are those of models/plan/routes/virtual-service.ts.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { HttpMatch } from '../../config/kinds/virtual-service.js';
import type { FieldPath } from '../../config/resource.js';
import type { DroppedRoute, PlacedRoute, VirtualServiceResource } from '../routes/delegate.js';
import type { TraceEvent } from '../routes/trace.js';
import type { Candidate, VirtualService } from '../routes/virtual-service.js';
import { isCatchAll } from '../terms/match.js';
import type { RequestClass } from '../terms/request-class.js';
import type { Place, Rule } from './explanation.js';
import { type Failure, matchPosition, requestFailure, staticFailure } from './failure.js';

type Tried = Extract<TraceEvent, { kind: 'routes' }>;

export function ruleName({ route, owner, path }: PlacedRoute, match: HttpMatch | null): string {
  const name = [route.name, match?.name ?? ''].filter((part) => part !== '').join('.');
  return name === '' ? `${owner.namespace}/${owner.name}#${path[path.length - 1]}` : name;
}

/** @param isGateway gateways try what matches everything last. */
export function rulesOf(
  virtualServices: readonly VirtualService[],
  tried: Tried,
  request: RequestClass,
  isGateway: boolean,
): Rule[] {
  const { candidates, selected } = tried;
  const rest = [...candidates];
  const last = selected === null ? candidates.length : candidates.indexOf(selected);
  const rules: { readonly rule: Rule; readonly isLast: boolean }[] = [];
  for (const virtualService of virtualServices) {
    const left = virtualService.dropped.map((dropped) => ({
      at: orderOf(dropped.path, dropped.own?.path ?? null),
      rule: droppedRule(virtualService, dropped),
    }));
    let told = 0;
    const leave = (before: number): void => {
      for (; told < left.length && left[told]!.at < before; told++)
        rules.push({ rule: left[told]!.rule, isLast: false });
    };
    for (const placed of virtualService.http) {
      leave(placed.root === undefined ? orderOf(placed.path, null) : orderOf(placed.root.path, placed.path));
      for (const match of placed.route.match.length === 0 ? [null] : placed.route.match) {
        const found = rest.findIndex((candidate) => isSame(candidate, placed, match, virtualService));
        const candidate = found < 0 ? null : (rest.splice(found, 1)[0] ?? null);
        const place = candidate === null ? -1 : candidates.indexOf(candidate);
        const rule = ruleFor({ placed, match, root: virtualService.resource, tried, place, last, request });
        rules.push({ rule, isLast: isGateway && (match === null || isCatchAll(match)) });
      }
    }
    leave(Number.POSITIVE_INFINITY);
  }
  return [...rules.filter(({ isLast }) => !isLast), ...rules.filter(({ isLast }) => isLast)].map(({ rule }) => rule);
}

function isSame(
  candidate: Candidate,
  placed: PlacedRoute,
  match: HttpMatch | null,
  virtualService: VirtualService,
): boolean {
  return candidate.virtualService === virtualService && candidate.route === placed.route && candidate.match === match;
}

interface Looked {
  readonly placed: PlacedRoute;
  readonly match: HttpMatch | null;
  readonly root: VirtualServiceResource;
  readonly tried: Tried;
  /** Among the candidates; -1: it is none. */
  readonly place: number;
  /** Of the chosen one, or the number of candidates. */
  readonly last: number;
  readonly request: RequestClass;
}

function ruleFor({ placed, match, root, tried, place, last, request }: Looked): Rule {
  const common = {
    name: ruleName(placed, match),
    place: { resource: resourceName(placed.owner), position: matchPosition(placed, root, match, []) },
    root: rootPlace(placed, root),
  };
  if (place < 0) {
    const failure = match === null ? null : staticFailure(placed, root, match, tried.view);
    return { ...common, verdict: 'left-out', failure: failure ?? behindCatchAll(common.place.position) };
  }
  if (place === last) return { ...common, verdict: 'chosen', failure: null };
  if (place > last || match === null) return { ...common, verdict: 'not-reached', failure: null };
  return { ...common, verdict: 'failed', failure: requestFailure(placed, root, match, request) };
}

/** istio: pilot/pkg/networking/core/route/route.go (BuildHTTPRoutesForVirtualService stops at the first route that matches everything). */
function behindCatchAll(position: SourcePosition | null): Failure {
  return { field: 'match', text: 'a rule before it matches everything: Istio leaves out what follows', position };
}

function rootPlace({ root: handing, owner }: PlacedRoute, root: VirtualServiceResource): Place | null {
  if (handing === undefined || owner === root) return null;
  return { resource: resourceName(root), position: root.source.at(handing.path) };
}

/** What delegates do not give, as Istio leaves it out. */
function droppedRule({ resource }: VirtualService, { path, own, field, why, position }: DroppedRoute): Rule {
  const root = { resource: resourceName(resource), position: resource.source.at(path) };
  const route = resource.spec.http[Number(path[2])]!;
  return {
    name: own === null ? ruleName({ route, owner: resource, path }, null) : ruleName(own, null),
    verdict: 'left-out',
    place:
      own === null
        ? { ...root, position }
        : { resource: resourceName(own.owner), position: own.owner.source.at(own.path) },
    root: own === null ? null : root,
    failure: { field, text: why, position },
  };
}

/** Where a route stands: in the root, then in the delegate. */
function orderOf(path: FieldPath, own: FieldPath | null): number {
  return Number(path[2]) * MAX_ROUTES + (own === null ? 0 : Number(own[2]));
}

const MAX_ROUTES = 1e6;

export function resourceName({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return `${kind} ${namespace}/${name}`;
}
