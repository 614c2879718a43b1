// Filters of HTTPRoute and GRPCRoute rules (gateway-api: apis/v1/httproute_types.go HTTPRouteFilter, grpcroute_types.go).
import type { Place } from '../../place.js';
import { integer, natural, portNumber, string, strings, word } from '../../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  inert,
  listed,
  listOf,
  object,
  optional,
  required,
  type Schema,
} from '../../schema.js';
import type { HeaderOperations } from '../virtual-service.js';
import { BACKEND_FIELDS, type BackendRef, checkBackend, headerModifier, oneHostname } from './fields.js';

export interface PathModifier {
  readonly type: 'ReplaceFullPath' | 'ReplacePrefixMatch';
  readonly replaceFullPath: string | null;
  readonly replacePrefixMatch: string | null;
}

export interface RouteFilter {
  readonly type:
    | 'RequestHeaderModifier'
    | 'ResponseHeaderModifier'
    | 'RequestMirror'
    | 'RequestRedirect'
    | 'URLRewrite'
    | 'CORS'
    | 'ExtensionRef'
    | 'ExternalAuth';
  readonly requestHeaderModifier: HeaderOperations | null;
  readonly responseHeaderModifier: HeaderOperations | null;
  readonly requestMirror: RequestMirror | null;
  readonly requestRedirect: RequestRedirect | null;
  readonly urlRewrite: { readonly hostname: string; readonly path: PathModifier | null } | null;
  readonly cors: Cors | null;
}

export interface Cors {
  /** `*` stands for any text; alone, for any origin. */
  readonly allowOrigins: readonly string[];
}

export interface RequestMirror {
  readonly backendRef: BackendRef;
  /** 0..100; null where neither this nor a fraction is given: all. */
  readonly percent: number | null;
  readonly fraction: { readonly numerator: number; readonly denominator: number } | null;
}

export interface RequestRedirect {
  readonly scheme: string;
  readonly hostname: string;
  readonly port: number | null;
  readonly statusCode: number;
  readonly path: PathModifier | null;
}

const pathModifier: Schema<PathModifier> = checked(
  object<PathModifier>('a path modifier', {
    type: required('type', word(['ReplaceFullPath', 'ReplacePrefixMatch'])),
    replaceFullPath: optional('replaceFullPath', string),
    replacePrefixMatch: optional('replacePrefixMatch', string),
  }),
  (path, place) => {
    const field = path.type === 'ReplaceFullPath' ? 'replaceFullPath' : 'replacePrefixMatch';
    if (path[field] === null) place.rejectedByKubernetes(`a path of type ${path.type} needs ${field}`, `add ${field}`);
  },
);

const mirror: Schema<RequestMirror> = object<RequestMirror>('a mirror', {
  backendRef: required('backendRef', checked(object<BackendRef>('a backend reference', BACKEND_FIELDS), checkBackend)),
  percent: optional('percent', integer(0, 100)),
  fraction: optional(
    'fraction',
    object<{ numerator: number; denominator: number }>('a fraction', {
      numerator: required('numerator', natural),
      denominator: defaulted('denominator', integer(1, 2147483647), 100),
    }),
  ),
});

const REDIRECTS = [301, 302, 303, 307, 308];

const redirect: Schema<RequestRedirect> = object<RequestRedirect>('a redirect', {
  scheme: defaulted('scheme', string, ''),
  hostname: defaulted('hostname', oneHostname, ''),
  port: optional('port', portNumber),
  statusCode: defaulted(
    'statusCode',
    checked(integer(300, 399), (code, place) => {
      if (!REDIRECTS.includes(code))
        place.rejectedByKubernetes(`${code} is no redirect here`, `use one of ${REDIRECTS.join(', ')}`);
    }),
    302,
  ),
  path: optional('path', pathModifier),
});

/** What else it says goes into headers of responses, at which nobody in a run looks. */
const cors: Schema<Cors> = object<Cors>(
  'a CORS filter',
  { allowOrigins: defaulted('allowOrigins', strings, []) },
  { others: inert('allowCredentials', 'allowHeaders', 'allowMethods', 'exposeHeaders', 'maxAge') },
);

const UNSUPPORTED = approximated(
  'a filter that Istio does not know: it drops all rules of the route; gateways of other classes pass requests on without it',
);

export const routeFilters: Schema<readonly RouteFilter[]> = listOf(
  'filters',
  checked(
    object<RouteFilter>(
      'a filter',
      {
        type: required(
          'type',
          word([
            'RequestHeaderModifier',
            'ResponseHeaderModifier',
            'RequestMirror',
            'RequestRedirect',
            'URLRewrite',
            'CORS',
            'ExtensionRef',
            'ExternalAuth',
          ]),
        ),
        requestHeaderModifier: optional('requestHeaderModifier', headerModifier),
        // Without effect: nobody in a run looks at the headers of a response.
        responseHeaderModifier: optional('responseHeaderModifier', headerModifier),
        requestMirror: optional('requestMirror', mirror),
        requestRedirect: optional('requestRedirect', redirect),
        urlRewrite: optional(
          'urlRewrite',
          object<{ hostname: string; path: PathModifier | null }>('a rewrite', {
            hostname: defaulted('hostname', oneHostname, ''),
            path: optional('path', pathModifier),
          }),
        ),
        cors: optional('cors', cors),
      },
      { others: { extensionRef: listed(UNSUPPORTED), externalAuth: listed(UNSUPPORTED) } },
    ),
    checkFilter,
  ),
);

/** The field that must be there for a type. */
function checkFilter(filter: RouteFilter, place: Place): void {
  const field = fieldOf(filter.type);
  if (field !== null && filter[field] === null) {
    place.rejectedByKubernetes(`a filter of type ${filter.type} needs ${field}`, `add ${field}`);
  }
}

function fieldOf(type: RouteFilter['type']): Exclude<keyof RouteFilter, 'type'> | null {
  switch (type) {
    case 'RequestHeaderModifier':
      return 'requestHeaderModifier';
    case 'ResponseHeaderModifier':
      return 'responseHeaderModifier';
    case 'RequestMirror':
      return 'requestMirror';
    case 'RequestRedirect':
      return 'requestRedirect';
    case 'URLRewrite':
      return 'urlRewrite';
    case 'CORS':
      return 'cors';
    case 'ExtensionRef':
    case 'ExternalAuth':
      return null;
  }
}
