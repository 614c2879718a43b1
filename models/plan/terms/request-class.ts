// Request classes: everything of a request that a matcher can look at. Requests of one class take the same way through the
// mesh; a route that changes headers, path or host turns a class into another.
// istio: pilot/pkg/networking/core/route/route.go (TranslateHeadersOperations); envoy: source/common/router/header_parser.cc.
import type { PlainMap } from '../../config/document.js';
import type { HeaderOperations } from '../../config/kinds/virtual-service.js';

export interface RequestClass {
  readonly scheme: string;
  readonly method: string;
  /** Host header as the client sends it, with the port if it is sent. */
  readonly authority: string;
  /** Without the query. May hold `{variables}`. */
  readonly path: string;
  /** Without the question mark; '' = none. */
  readonly query: string;
  /** Names in lower case, sorted. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly grpc: boolean;
  /** Size of the body; absent where nobody has said. */
  readonly bodyBytes?: number;
  /** Of the token that the proxy which routes it has believed; absent: of none. */
  readonly claims?: PlainMap;
}

/** Splits `/a?b=c` at the question mark; an empty path is `/`. Fragments are dropped. */
export function splitPath(text: string): { readonly path: string; readonly query: string } {
  const whole = text.split('#')[0]!;
  const mark = whole.indexOf('?');
  const path = mark < 0 ? whole : whole.slice(0, mark);
  const absolute = path.startsWith('/') ? path : `/${path}`;
  return { path: absolute, query: mark < 0 ? '' : whole.slice(mark + 1) };
}

/** Headers in the order and writing of a class. Names that differ only in case are joined, as in HTTP. */
export function normalHeaders(headers: Readonly<Record<string, string>>): RequestClass['headers'] {
  const byName = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) append(byName, name.toLowerCase(), value);
  return sorted(byName);
}

export function headerValue(headers: RequestClass['headers'], name: string): string | null {
  return headers.find(([key]) => key === name)?.[1] ?? null;
}

/** A browser's question before a request to another origin (CORS). */
export function isPreflight({ method, headers }: RequestClass): boolean {
  return (
    method === 'OPTIONS' &&
    (headerValue(headers, 'origin') ?? '') !== '' &&
    (headerValue(headers, 'access-control-request-method') ?? '') !== ''
  );
}

/** Host of an authority: `web.b:8080` → `web.b`. */
export function authorityHost(authority: string): string {
  return authority.replace(/:\d+$/, '').toLowerCase().replace(/\.$/, '');
}

/** `POST /cart/checkout`. */
export function requestLabel(request: RequestClass): string {
  return `${request.method} ${request.path}`;
}

/** Applies `remove`, then `set`, then `add`, as Envoy does; a `host` or `:authority` that is set replaces the authority. */
export function applyHeaderOperations(request: RequestClass, operations: HeaderOperations): RequestClass {
  const headers = new Map<string, string>(request.headers);
  let authority = request.authority;
  for (const name of operations.remove) headers.delete(name.toLowerCase());
  for (const [name, value] of Object.entries(operations.set)) {
    if (isAuthority(name)) authority = value;
    else if (!name.startsWith(':')) headers.set(name.toLowerCase(), value);
  }
  for (const [name, value] of Object.entries(operations.add)) {
    if (isAuthority(name)) authority = value;
    else if (!name.startsWith(':')) append(headers, name.toLowerCase(), value);
  }
  return { ...request, authority, headers: sorted(headers) };
}

function isAuthority(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === 'host' || lower === ':authority' || lower === 'authority';
}

function append(headers: Map<string, string>, name: string, value: string): void {
  const before = headers.get(name);
  headers.set(name, before === undefined ? value : `${before},${value}`);
}

function sorted(headers: ReadonlyMap<string, string>): RequestClass['headers'] {
  return [...headers].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Gives each distinct class a number, in the order in which they are met. */
export class RequestClasses {
  private readonly numbers = new Map<string, number>();

  number(request: RequestClass): number {
    const key = JSON.stringify([
      request.scheme,
      request.method,
      request.authority,
      request.path,
      request.query,
      request.headers,
      request.grpc,
      request.bodyBytes,
    ]);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.numbers.size);
    return this.numbers.size - 1;
  }

  get size(): number {
    return this.numbers.size;
  }
}
