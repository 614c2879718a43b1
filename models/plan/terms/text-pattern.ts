// The patterns of AuthorizationPolicies: exact text, `abc*`, `*abc`, `*` for "is there"; and templates of paths.
// istio: pilot/pkg/security/authz/matcher/string.go; envoy: source/extensions/path/uri_template_lib.
import { isPathTemplate } from '../../config/kinds/authorization-policy.js';
import { samplePath } from './match.js';

export function matchesText(pattern: string, text: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return text === pattern;
}

/** `path` may have `{variables}` of the scenario: something stands for each of them. */
export function matchesPath(pattern: string, path: string): boolean {
  const text = samplePath(path);
  return isPathTemplate(pattern) ? matchesSegments(pattern.split('/'), text.split('/')) : matchesText(pattern, text);
}

/** `{*}` is one segment that is not empty, `{**}` any number of them. */
function matchesSegments(pattern: readonly string[], path: readonly string[]): boolean {
  const open = pattern.indexOf('{**}');
  const head = open < 0 ? pattern : pattern.slice(0, open);
  const tail = open < 0 ? [] : pattern.slice(open + 1);
  if (open < 0 ? path.length !== pattern.length : path.length < head.length + tail.length) return false;
  const end = path.length - tail.length;
  return (
    head.every((segment, i) => matchesSegment(segment, path[i]!)) &&
    tail.every((segment, i) => matchesSegment(segment, path[end + i]!))
  );
}

function matchesSegment(pattern: string, segment: string): boolean {
  return pattern === '{*}' ? segment !== '' : pattern === segment;
}
