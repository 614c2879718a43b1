// A result whose names are all hostile, each different from the others, and still fitting together: edges lead to the services they name.
import type { RunResult } from '../../../scenarios/result/run-result.js';

export const PAYLOADS = [
  '</script><script>window.hacked=1</script>',
  '<img src=x onerror="window.hacked=1">',
  '"><svg onload=window.hacked=1>',
  "' onmouseover='window.hacked=1' x='",
  '</title></style></textarea><iframe src="javascript:window.hacked=1">',
  '<!--<script>',
  '=HYPERLINK("http://evil.example","x")',
  '@SUM(1)',
  '\u202egnp.exe\u2066',
  '\u0000\u001b[31mred\u0007\u009b',
  '\ud800 alone',
  "\\'];window.hacked=1;//",
  '{{constructor.constructor("window.hacked=1")()}}',
  `datum['x'] + toString()`,
  '__proto__',
  'javascript:window.hacked=1',
  `${'a-very-long-name-'.repeat(20)}end`,
] as const;

/** Fields whose texts come from YAML. */
const NAMES = new Set([
  'name',
  'from',
  'to',
  'request',
  'workload',
  'version',
  'host',
  'subset',
  'traffic',
  'scenario',
  'seed',
  'subject',
  'text',
  'message',
  'hint',
  'resource',
  'path',
  'meaning',
  'file',
]);

/** The same name becomes the same hostile name everywhere. */
export function hostile(result: RunResult, payloads: readonly string[] = PAYLOADS): RunResult {
  const known = new Map<string, string>();
  const rename = (name: string): string => {
    const old = known.get(name);
    if (old !== undefined) return old;
    const renamed = `${payloads[known.size % payloads.length]}${known.size < payloads.length ? '' : known.size}`;
    known.set(name, renamed);
    return renamed;
  };
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return NAMES.has(key) && value !== '' ? rename(value) : value;
    if (Array.isArray(value)) return value.map((item) => walk(item, ''));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([own, field]) => [own, walk(field, own)]));
  };
  return walk(result, '') as RunResult;
}
