// Who wrote what a route does: fields of a VirtualService (or what is turned into one), headers of the request, settings of the mesh.
import type { FieldPath, WrittenField } from '../../config/resource.js';
import type { FieldSource, SiteSources } from '../contract/sources.js';
import type { MeshSources } from '../settings/mesh-sources.js';
import { wholeAt, writtenAt } from '../terms/field-source.js';
import { headerValue, type RequestClass } from '../terms/request-class.js';
import type { Candidate } from './virtual-service.js';

export const NO_SITE_SOURCES: SiteSources = {
  route: null,
  timeout: null,
  attempts: null,
  perTryTimeout: null,
  faultDelay: null,
  faultAbort: null,
  response: null,
  mirror: null,
};

/** What the proxy answers by itself because of one field. */
export function answerSources(field: WrittenField): SiteSources {
  const source = wholeAt({ field: () => field });
  return { ...NO_SITE_SOURCES, route: source, response: source };
}

/** Of a route that somebody has written. @param asks whether the proxy believes the headers of the request */
export function routeSources(
  candidate: Candidate,
  request: RequestClass,
  asks: boolean,
  mesh: MeshSources,
): SiteSources {
  const { owner, path, route } = candidate;
  const at = (...names: readonly [string, ...string[]]) => fieldOf(candidate, names);
  return {
    ...NO_SITE_SOURCES,
    route: wholeAt(owner.source, path),
    faultDelay: at('fault', 'delay', 'fixedDelay') ?? at('fault', 'delay'),
    faultAbort: at('fault', 'abort', 'httpStatus') ?? at('fault', 'abort', 'grpcStatus') ?? at('fault', 'abort'),
    mirror: at('mirror') ?? at('mirrors'),
    ...askedSources(request, asks, {
      timeout: at('timeout'),
      attempts: route.retries === null ? mesh.attempts : (at('retries', 'attempts') ?? at('retries')),
      perTryTimeout: route.retries === null ? mesh.perTryTimeout : at('retries', 'perTryTimeout'),
    }),
  };
}

/** Of the default route of a service. */
export function defaultSources(request: RequestClass, asks: boolean, mesh: MeshSources): SiteSources {
  const { attempts, perTryTimeout } = mesh;
  return { ...NO_SITE_SOURCES, ...askedSources(request, asks, { timeout: null, attempts, perTryTimeout }) };
}

/** What answers for a route: its redirect, its direct response, its CORS policy. */
export function responseSources(
  candidate: Candidate,
  field: 'redirect' | 'directResponse' | 'corsPolicy',
): SiteSources {
  const names = field === 'directResponse' ? ([field, 'status'] as const) : ([field] as const);
  const response = fieldOf(candidate, names) ?? fieldOf(candidate, [field]);
  return { ...NO_SITE_SOURCES, route: wholeAt(candidate.owner.source, candidate.path), response };
}

/** A field of a route, of the delegate where it has the block, else of the root that hands over to the delegate. */
function fieldOf(candidate: Candidate, [block, ...rest]: readonly [string, ...string[]]): FieldSource | null {
  const { owner, path, root, virtualService } = candidate;
  const isOwn = root === undefined || owner.source.field([...path, block]).value !== null;
  const source = isOwn ? owner.source : virtualService.resource.source;
  const at: FieldPath = isOwn ? path : root.path;
  return writtenAt(source, [...at, block, ...rest]);
}

type Asked = Pick<SiteSources, 'timeout' | 'attempts' | 'perTryTimeout'>;

/** Headers that take the place of what is written; models/plan/terms/retry-headers.ts. */
function askedSources(request: RequestClass, asks: boolean, written: Asked): Asked {
  if (!asks) return written;
  return {
    timeout: header(request, 'x-envoy-upstream-rq-timeout-ms') ?? written.timeout,
    attempts: header(request, 'x-envoy-max-retries') ?? written.attempts,
    perTryTimeout: header(request, 'x-envoy-upstream-rq-per-try-timeout-ms') ?? written.perTryTimeout,
  };
}

function header(request: RequestClass, field: string): FieldSource | null {
  const value = headerValue(request.headers, field);
  return value === null ? null : { object: 'the request', field, value, position: null };
}
