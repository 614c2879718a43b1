// What the JWT filter of a proxy makes of a request: its token is found, believed or refused. No token is no fault.
// istio: pilot/pkg/security/authn/policy_applier.go (convertToEnvoyJwtConfig); envoy: source/extensions/filters/http/jwt_authn/
// {extractor,authenticator,verifier}.cc. Signatures and expiry are not checked: a token that is well formed is genuine.
import { fieldOf, type PlainMap, type PlainValue } from '../../config/document.js';
import type { JwtRule } from '../../config/kinds/request-authentication.js';
import { headerValue, isPreflight, type RequestClass } from '../terms/request-class.js';
import { decodeToken } from '../terms/token.js';

export interface Authentication {
  /** The answer; 0 = the request passes. */
  readonly status: 0 | 401 | 403;
  /** Whether a token was found, and so had to be checked. */
  readonly checked: boolean;
  /** Why it answers; null where it passes. */
  readonly failure: 'unknown-issuer' | 'malformed' | 'audience' | null;
  /** Index of the rule that believed the token, or that found it wrong; -1: none was looked at. */
  readonly rule: number;
  /** Claims of the token that was believed. */
  readonly claims: PlainMap | null;
  /** The request as it goes on: without its token, unless a rule forwards it. */
  readonly request: RequestClass;
}

type Failure = 'missing' | 'unknown-issuer' | 'malformed' | 'audience';

/** All rules of all policies for a workload at once: one of them has to believe the token. */
export function authenticate(rules: readonly JwtRule[], request: RequestClass): Authentication {
  const passes = { status: 0, failure: null, claims: null, request } as const;
  if (rules.length === 0 || isPreflight(request)) return { ...passes, checked: false, rule: -1 };
  let failure: Failure = 'missing';
  let failing = -1;
  for (const [index, rule] of rules.entries()) {
    const outcome = verify(rule, request);
    if (typeof outcome === 'object') {
      const { claims, location } = outcome;
      return {
        ...passes,
        checked: true,
        rule: index,
        claims,
        request: rule.forwardOriginalToken ? request : without(request, location),
      };
    }
    // What a provider finds wrong counts for more than that the token is none of its own.
    if (weightOf(outcome) < weightOf(failure)) continue;
    failure = outcome;
    failing = index;
  }
  if (failure === 'missing') return { ...passes, checked: false, rule: -1 };
  return { ...passes, status: failure === 'audience' ? 403 : 401, checked: true, failure, rule: failing };
}

function weightOf(failure: Failure): number {
  switch (failure) {
    case 'missing':
      return 0;
    case 'unknown-issuer':
      return 1;
    case 'malformed':
    case 'audience':
      return 2;
  }
}

function verify(rule: JwtRule, request: RequestClass): Failure | { claims: PlainMap; location: Location } {
  let failure: Failure = 'missing';
  for (const location of locationsOf(rule)) {
    const token = tokenAt(location, request);
    if (token === null) continue;
    const claims = decodeToken(token);
    if (claims === null) failure = 'malformed';
    else if (rule.issuer !== '' && fieldOf(claims, 'iss') !== rule.issuer) failure = 'unknown-issuer';
    else if (!hasAudience(rule, claims)) failure = 'audience';
    else return { claims: normalised(claims, rule), location };
  }
  return failure;
}

/** istio: pilot/pkg/security/authn/policy_applier.go, buildSpaceDelimitedClaims: these are lists, written in one text. */
const SPACE_DELIMITED: readonly string[] = ['scope', 'permission'];

/** The claims as policies see them (envoy: source/extensions/filters/http/jwt_authn/authenticator.cc, setPayloadMetadata). */
function normalised(claims: PlainMap, { spaceDelimitedClaims }: JwtRule): PlainMap {
  const lists = [...SPACE_DELIMITED, ...spaceDelimitedClaims].flatMap((name) => {
    const value = fieldOf(claims, name);
    return typeof value === 'string' ? [[name, value.split(' ')] as const] : [];
  });
  return { ...claims, ...Object.fromEntries(lists) };
}

function hasAudience({ audiences }: JwtRule, claims: PlainMap): boolean {
  return audiences.length === 0 || textsOf(fieldOf(claims, 'aud')).some((audience) => audiences.includes(audience));
}

/** A claim as texts: of a list its elements. */
export function textsOf(claim: PlainValue | undefined): string[] {
  const values: readonly PlainValue[] = Array.isArray(claim) ? claim : [claim ?? null];
  return values.flatMap((value) => (value === null || typeof value === 'object' ? [] : [String(value)]));
}

type Location =
  | { readonly kind: 'header'; readonly name: string; readonly prefix: string }
  | { readonly kind: 'parameter' | 'cookie'; readonly name: string };

function locationsOf({ fromHeaders, fromParams, fromCookies }: JwtRule): Location[] {
  const own: Location[] = [
    ...fromHeaders.map(({ name, prefix }) => ({ kind: 'header', name: name.toLowerCase(), prefix }) as const),
    ...fromParams.map((name) => ({ kind: 'parameter', name }) as const),
    ...fromCookies.map((name) => ({ kind: 'cookie', name }) as const),
  ];
  if (own.length > 0) return own;
  return [
    { kind: 'header', name: 'authorization', prefix: 'Bearer ' },
    { kind: 'parameter', name: 'access_token' },
  ];
}

function tokenAt(location: Location, request: RequestClass): string | null {
  switch (location.kind) {
    case 'header': {
      const value = headerValue(request.headers, location.name);
      if (value === null) return null;
      const at = value.indexOf(location.prefix);
      return at < 0 ? null : value.slice(at + location.prefix.length).trim();
    }
    case 'parameter':
      return pairOf(request.query, '&', location.name);
    case 'cookie':
      return pairOf(headerValue(request.headers, 'cookie') ?? '', ';', location.name);
  }
}

function pairOf(text: string, separator: string, name: string): string | null {
  const pair = text
    .split(separator)
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  return pair === undefined ? null : pair.slice(name.length + 1);
}

/** Only headers lose their token: a query or a cookie is passed on as it is. */
function without(request: RequestClass, location: Location): RequestClass {
  if (location.kind !== 'header') return request;
  return { ...request, headers: request.headers.filter(([name]) => name !== location.name) };
}
