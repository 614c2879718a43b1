// Matches of routes on claims of the token of a request, which a gateway's RequestAuthentication has believed.
// istio: pkg/jwt/routing.go (ToRoutingClaim), pilot/pkg/networking/core/route/route.go (translateMetadataMatch): strings, and lists of strings.
import { fieldOf, type PlainMap, type PlainValue } from '../../config/document.js';
import type { StringMatch } from '../../config/kinds/string-match.js';

const CLAIMS = '@request.auth.claims';

/** The names of a claim, from the outside in, that a key of `headers` stands for; null: it is a header. */
export function claimNames(key: string): readonly string[] | null {
  if (!key.toLowerCase().startsWith(CLAIMS)) return null;
  const rest = key.slice(CLAIMS.length);
  if (rest.startsWith('.') && rest.length > 1) return rest.slice(1).split('.');
  if (rest.startsWith('[') && rest.endsWith(']') && rest.length > 2) return rest.slice(1, -1).split('][');
  return null;
}

/** Whether a claim, or an element of its list, matches. Without a token that was believed none does. */
export function matchesClaim(
  claims: PlainMap | undefined,
  names: readonly string[],
  matcher: StringMatch,
  matches: (matcher: StringMatch, value: string) => boolean,
): boolean {
  let found: PlainValue | undefined = claims;
  for (const name of names) found = fieldOf(found, name);
  const values: readonly PlainValue[] = Array.isArray(found) ? found : found === undefined ? [] : [found];
  return values.some((value) => typeof value === 'string' && matches(matcher, value));
}
