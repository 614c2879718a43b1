// The rules of a virtual host in the order in which a proxy tries them, each with its verdict and, where it lost, with what kept it out.
// istio: pilot/pkg/networking/core/route/route.go; the verdicts are those of models/plan/virtual-service.ts.
import type { HttpMatch } from '../../config/kinds/virtual-service.js';
import type { PlacedRoute, VirtualServiceResource } from '../delegate.js';
import { isCatchAll } from '../match.js';
import type { RequestClass } from '../request-class.js';
import type { TraceEvent } from '../trace.js';
import type { Candidate, VirtualService } from '../virtual-service.js';
import type { Place, Rule } from './explanation.js';
import { matchPosition, requestFailure, staticFailure } from './failure.js';

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
    for (const dropped of droppedDelegates(virtualService)) rules.push({ rule: dropped, isLast: false });
    for (const placed of virtualService.http) {
      for (const match of placed.route.match.length === 0 ? [null] : placed.route.match) {
        const found = rest.findIndex((candidate) => isSame(candidate, placed, match, virtualService));
        const candidate = found < 0 ? null : (rest.splice(found, 1)[0] ?? null);
        const place = candidate === null ? -1 : candidates.indexOf(candidate);
        const rule = ruleFor({ placed, match, root: virtualService.resource, tried, place, last, request });
        rules.push({ rule, isLast: isGateway && (match === null || isCatchAll(match)) });
      }
    }
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
    return failure === null
      ? { ...common, verdict: 'not-reached', failure: null }
      : { ...common, verdict: 'left-out', failure };
  }
  if (place === last) return { ...common, verdict: 'chosen', failure: null };
  if (place > last || match === null) return { ...common, verdict: 'not-reached', failure: null };
  return { ...common, verdict: 'failed', failure: requestFailure(placed, root, match, request) };
}

function rootPlace({ root: handing, owner }: PlacedRoute, root: VirtualServiceResource): Place | null {
  if (handing === undefined || owner === root) return null;
  return { resource: resourceName(root), position: root.source.at(handing.path) };
}

/** Routes that hand over to a delegate which is not there, or whose matches cannot hold together with the delegate's. */
function droppedDelegates({ resource, http }: VirtualService): Rule[] {
  return resource.spec.http.flatMap((route, index): Rule[] => {
    if (route.delegate === null || http.some(({ root }) => root?.path[2] === index)) return [];
    const position = resource.source.at(['spec', 'http', index, 'delegate']);
    const name = `${route.delegate.namespace || resource.namespace}/${route.delegate.name}`;
    return [
      {
        name: route.name === '' ? `${resource.namespace}/${resource.name}#${index}` : route.name,
        verdict: 'left-out',
        place: { resource: resourceName(resource), position },
        root: null,
        failure: {
          field: 'delegate',
          text: `no route of the delegate ${name} is left: it is missing, not visible, or its matches contradict the root's`,
          position,
        },
      },
    ];
  });
}

export function resourceName({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return `${kind} ${namespace}/${name}`;
}
