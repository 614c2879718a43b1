// One HTTP route of a VirtualService: its fields and which of them go together (istio: pkg/config/validation/virtualservice.go
// validateHTTPRouteConflict, validateAuthorityRewrite).
import type { Place } from '../place.js';
import { int32, string } from '../scalars.js';
import { checked, defaulted, gone, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import { corsPolicy } from './cors-policy.js';
import { destination, headerRules, NO_HEADERS, PROTO, protoWith } from './istio-fields.js';
import { checkWeights, isAuthority, istioDurationOrZero } from './istio-rules.js';
import type { HttpRoute, HttpRouteDestination } from './virtual-service.js';
import { directResponse, redirect, retries, rewrite } from './virtual-service-actions.js';
import { fault, mirrorFields, readMirrors, type WrittenMirrors } from './virtual-service-fault.js';
import { httpMatch } from './virtual-service-match.js';

const HEADERS_GONE = 'replaced by headers: ignored';
const OLD_HEADERS = {
  appendHeaders: gone(HEADERS_GONE, 'use headers.request.add'),
  appendRequestHeaders: gone(HEADERS_GONE, 'use headers.request.add'),
  removeRequestHeaders: gone(HEADERS_GONE, 'use headers.request.remove'),
  appendResponseHeaders: gone(HEADERS_GONE, 'use headers.response.add'),
  removeResponseHeaders: gone(HEADERS_GONE, 'use headers.response.remove'),
};

const routeDestination: Schema<HttpRouteDestination> = object<HttpRouteDestination>(
  'a route destination',
  {
    destination: required('destination', destination),
    weight: defaulted('weight', int32, 0),
    headers: defaulted('headers', headerRules, NO_HEADERS),
  },
  protoWith(OLD_HEADERS),
);

const route: Schema<readonly HttpRouteDestination[]> = checked(
  listOf('route destinations', routeDestination),
  (destinations, place) => {
    const weights = destinations.map(({ weight }) => weight);
    checkWeights(weights, place);
  },
);

const timeout: Schema<number> = checked(istioDurationOrZero, (ns, place) => {
  if (ns !== 0) return;
  place.warn(
    'zero-timeout',
    "a time-out of 0 fails Istio's validation; it is read as none",
    'leave timeout out to have none',
  );
});

const delegate = object<{ name: string; namespace: string }>(
  'a delegate',
  { name: defaulted('name', string, ''), namespace: defaulted('namespace', string, '') },
  PROTO,
);

type WrittenRoute = Omit<HttpRoute, 'mirrors'> & WrittenMirrors;

export const httpRoute: Schema<HttpRoute> = mapped(
  checked(
    object<WrittenRoute>(
      'an HTTP route',
      {
        name: defaulted('name', string, ''),
        match: defaulted('match', listOf('HTTP matches', httpMatch), []),
        route: defaulted('route', route, []),
        redirect: optional('redirect', redirect),
        directResponse: optional('directResponse', directResponse),
        delegate: optional('delegate', delegate),
        rewrite: optional('rewrite', rewrite),
        timeoutNs: optional('timeout', timeout),
        retries: optional('retries', retries),
        fault: optional('fault', fault),
        ...mirrorFields,
        headers: defaulted('headers', headerRules, NO_HEADERS),
        cors: optional('corsPolicy', corsPolicy),
      },
      protoWith({
        ...OLD_HEADERS,
        websocketUpgrade: gone('WebSockets are always allowed: ignored', 'delete it'),
      }),
    ),
    checkRoute,
  ),
  ({ mirror, mirrorPercentage, mirrorPercent, mirrorList, ...rest }, place) => {
    const mirrors = readMirrors({ mirror, mirrorPercentage, mirrorPercent, mirrorList }, place);
    return { ...rest, mirrors };
  },
);

function checkRoute(found: WrittenRoute, place: Place): void {
  checkAuthority(found, place);
  if (found.delegate !== null) {
    if (found.redirect !== null)
      place.child('redirect').rejectedByIstio('a route that delegates cannot redirect', 'delete redirect or delegate');
    if (found.route.length > 0)
      place
        .child('route')
        .rejectedByIstio('a route that delegates cannot have destinations', 'delete route or delegate');
    return;
  }
  const local = found.redirect !== null ? 'redirect' : found.directResponse !== null ? 'directResponse' : null;
  if (local === null) {
    if (found.route.length === 0)
      place.rejectedByIstio('the route does nothing', 'give it route, redirect or directResponse');
    return;
  }
  const conflicts = {
    route: found.route.length > 0,
    fault: found.fault !== null,
    rewrite: found.rewrite !== null,
    directResponse: local === 'redirect' && found.directResponse !== null,
  };
  for (const [field, conflict] of Object.entries(conflicts)) {
    if (conflict)
      place.child(field).rejectedByIstio(`a route with ${local} cannot have ${field}`, `delete ${field} or ${local}`);
  }
}

/** The authority may be rewritten in one place only. */
function checkAuthority(found: WrittenRoute, place: Place): void {
  const places = found.rewrite !== null && found.rewrite.authority !== '' ? 1 : 0;
  const { set, add } = found.headers.request;
  const inHeaders = [...Object.keys(set), ...Object.keys(add)].filter(isAuthority).length;
  if (places + inHeaders > 1)
    place.rejectedByIstio(
      'the authority is rewritten more than once',
      'keep one of rewrite.authority and headers.request',
    );
}
