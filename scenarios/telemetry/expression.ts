// What an expression over the attributes of a request (CEL) can come to, as far as that decides how many series a metric has: which of the
// things that are known of a request its value depends on. envoy: docs "Attributes" (request, response, connection, source, destination);
// proxy: source/extensions/filters/http/istio_stats/istio_stats.cc (StreamOverrides::evaluate: what fails is `unknown`).

/** What is known of a request when its metrics are recorded. */
export interface SeenRequest {
  /** e.g. `GET /reviews`, or the name of a traffic request: all requests of one name are taken to be alike. */
  readonly request: string;
  readonly grpc: boolean;
  /** No HTTP is read. */
  readonly opaque: boolean;
  readonly status: number;
  readonly flags: string;
  /** The workloads at its ends; '' where there is none. */
  readonly source: string;
  readonly destination: string;
}

const UNKNOWN = 'unknown';
const ADDRESS = ['address', 'port'];

/** A text that differs where the value does. */
export function attributeValue(expression: string, seen: SeenRequest): string {
  const inner = withoutConversion(expression.trim());
  const literal = /^"([^"\\]*)"$|^'([^'\\]*)'$/.exec(inner);
  if (literal !== null) return literal[1] ?? literal[2] ?? '';
  // Of several attributes, each may make a difference.
  const attributes = inner.replace(/"[^"]*"|'[^']*'/g, '""').match(/[a-z_]+(?:\.[A-Za-z_]+)+/g) ?? [];
  if (attributes.length === 0) return UNKNOWN;
  const values = attributes.map((attribute) => attributeOf(attribute, seen));
  if (attributes.length === 1) return values[0] ?? UNKNOWN;
  return values.map((value) => value ?? UNKNOWN).join(' ');
}

/** `string(…)` changes no value into another. */
function withoutConversion(text: string): string {
  return /^string\(([^()]*)\)$/.exec(text)?.[1]?.trim() ?? text;
}

/** null: there is no such attribute, or not for this request. */
function attributeOf(attribute: string, seen: SeenRequest): string | null {
  const [root, field = ''] = attribute.split('.');
  switch (root) {
    case 'request':
      return seen.opaque ? null : seen.request;
    case 'response':
      return seen.opaque ? null : responseField(field, seen);
    case 'source':
      return ADDRESS.includes(field) ? seen.source : null;
    case 'destination':
      return ADDRESS.includes(field) ? seen.destination : null;
    case 'downstream_peer':
      return seen.source;
    case 'upstream':
    case 'upstream_peer':
      return seen.destination;
    case 'node':
    case 'xds':
    case 'connection':
      return '';
    default:
      return null;
  }
}

function responseField(field: string, { status, flags, grpc, request }: SeenRequest): string | null {
  switch (field) {
    case 'code':
      return String(status);
    case 'flags':
      return flags;
    case 'grpc_status':
      return grpc ? String(status) : null;
    default:
      return request;
  }
}
