// Conditions of VirtualService routes (istio: pkg/config/validation/virtualservice.go validateHTTPRouteMatchRequest; istio api:
// networking/v1alpha3/virtual_service.proto HTTPMatchRequest, L4MatchAttributes, TLSMatchAttributes).
import type { Place } from '../place.js';
import { bool, portNumber, string, stringMap, strings } from '../scalars.js';
import { checked, defaulted, inert, mapOf, object, optional, type Schema } from '../schema.js';
import { PROTO, protoWith } from './istio-fields.js';
import { stringMatch, uriMatch } from './string-match.js';
import type { HttpMatch, TcpRoute, TlsRoute } from './virtual-service.js';

const matchMap = mapOf('string matches', stringMatch);

export const httpMatch: Schema<HttpMatch> = checked(
  object<HttpMatch>(
    'an HTTP match',
    {
      name: defaulted('name', string, ''),
      uri: optional('uri', uriMatch),
      scheme: optional('scheme', stringMatch),
      method: optional('method', stringMatch),
      authority: optional('authority', stringMatch),
      headers: defaulted('headers', matchMap, {}),
      withoutHeaders: defaulted('withoutHeaders', matchMap, {}),
      queryParams: defaulted('queryParams', matchMap, {}),
      ignoreUriCase: defaulted('ignoreUriCase', bool, false),
      port: optional('port', portNumber),
      sourceLabels: defaulted('sourceLabels', stringMap, {}),
      sourceNamespace: defaulted('sourceNamespace', string, ''),
      gateways: defaulted('gateways', strings, []),
    },
    protoWith(inert('statPrefix')),
  ),
  checkHeaderNames,
);

const PSEUDO_HEADERS = ['uri', 'scheme', 'method', 'authority'];

function checkHeaderNames(match: HttpMatch, place: Place): void {
  for (const field of ['headers', 'withoutHeaders'] as const) {
    for (const name of Object.keys(match[field])) {
      const at = place.down(field, name);
      if (name === '' || /\s/.test(name)) {
        at.rejectedByIstio(`${JSON.stringify(name)} is not a header name`, 'use a name without blanks');
      } else if (PSEUDO_HEADERS.includes(name)) {
        at.warn(
          'ignored-match',
          `Istio ignores a match of the header "${name}"`,
          `match ${name} beside headers instead`,
        );
      }
    }
  }
}

export const tcpMatch: Schema<TcpRoute['match'][number]> = object<TcpRoute['match'][number]>(
  'a TCP match',
  {
    destinationSubnets: defaulted('destinationSubnets', strings, []),
    port: optional('port', portNumber),
    sourceLabels: defaulted('sourceLabels', stringMap, {}),
    sourceNamespace: defaulted('sourceNamespace', string, ''),
    gateways: defaulted('gateways', strings, []),
  },
  protoWith(inert('sourceSubnet')),
);

export const tlsMatch: Schema<TlsRoute['match'][number]> = object<TlsRoute['match'][number]>(
  'a TLS match',
  {
    sniHosts: defaulted('sniHosts', strings, []),
    destinationSubnets: defaulted('destinationSubnets', strings, []),
    port: optional('port', portNumber),
    sourceLabels: defaulted('sourceLabels', stringMap, {}),
    sourceNamespace: defaulted('sourceNamespace', string, ''),
    gateways: defaulted('gateways', strings, []),
  },
  PROTO,
);
