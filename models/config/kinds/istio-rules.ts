// Checks that Istio's validation makes on several kinds (istio: pkg/config/validation/validation.go, agent/validation.go).
import { RE2JS } from 're2js';
import { formatDuration } from '../duration.js';
import { isDnsLabel, isIpAddress, wildcardDomainProblem } from '../names.js';
import type { Place } from '../place.js';
import { duration } from '../scalars.js';
import { checked, type Schema } from '../schema.js';
import type { StringMap } from './common.js';

const NS_PER_MS = 1_000_000;
const MAX_REGEX_BYTES = 1024;

/** A duration of at least 1 ms in whole milliseconds; nanoseconds. */
export const istioDuration: Schema<number> = checked(duration, checkDuration);

/** As `istioDuration`, but 0 is read as "none": real configurations say it, although Istio's validation asks for 1 ms. */
export const istioDurationOrZero: Schema<number> = checked(duration, (ns, place) => {
  if (ns !== 0) checkDuration(ns, place);
});

function checkDuration(ns: number, place: Place): void {
  if (ns < NS_PER_MS) place.rejectedByIstio(`${formatDuration(ns)} is less than 1ms`, 'use at least 1ms');
  else if (ns % NS_PER_MS !== 0)
    place.rejectedByIstio(`${formatDuration(ns)} is not in whole milliseconds`, 'round it to 1ms');
}

export function checkHost(host: string, place: Place): void {
  const problem = wildcardDomainProblem(host);
  if (problem !== null)
    place.rejectedByIstio(problem, 'use a host name such as reviews or reviews.shop.svc.cluster.local');
}

export function checkHostOrIp(host: string, place: Place): void {
  if (!isIpAddress(host)) checkHost(host, place);
}

export function checkSubsetName(name: string, place: Place): void {
  if (!isDnsLabel(name)) {
    place.rejectedByIstio(`"${name}" is not a name for a subset`, 'use letters, digits and "-", at most 63 characters');
  }
}

/** RE2 syntax and at most 1,024 bytes. */
export function checkRegex(regex: string, place: Place): void {
  if (regex === '') {
    place.rejectedByIstio('the regular expression is empty', 'use .* to match everything');
    return;
  }
  const bytes = new TextEncoder().encode(regex).length;
  if (bytes > MAX_REGEX_BYTES) {
    place.rejectedByIstio(
      `the regular expression has ${bytes} bytes, more than ${MAX_REGEX_BYTES}`,
      'split it into several matches',
    );
    return;
  }
  const problem = regexProblem(regex);
  if (problem !== null)
    place.rejectedByIstio(
      `not a regular expression of RE2: ${problem}`,
      'RE2 has no look-around and no back-references',
    );
}

export function regexProblem(regex: string): string | null {
  try {
    RE2JS.compile(regex);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\s+/g, ' ') : 'it cannot be compiled';
  }
}

/** `exportTo` names each namespace once, and `*` and `~` alone. */
export function checkExportTo(exportTo: readonly string[], namespace: string, place: Place): void {
  const resolved = exportTo.map((entry) => (entry === '.' ? namespace : entry));
  if (new Set(resolved).size < resolved.length)
    place.rejectedByIstio('exportTo names a namespace twice', 'name it once');
  const alone = exportTo.find((entry) => entry === '*' || entry === '~');
  if (alone !== undefined && exportTo.length > 1) {
    place.rejectedByIstio(`exportTo cannot hold "${alone}" and other namespaces`, `keep "${alone}" or the others`);
  }
}

/** One of several destinations needs a positive weight; none may be negative. */
export function checkWeights(weights: readonly number[], place: Place): void {
  weights.forEach((weight, index) => {
    if (weight < 0)
      place.down(index, 'weight').rejectedByIstio(`a weight of ${weight} is less than 0`, 'use 0 or more');
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.length > 1 && total === 0) {
    place.rejectedByIstio('the weights of all destinations are 0 or absent', 'give at least one destination a weight');
  }
}

/** Labels of a workload selector: Istio has no wildcards there. */
export function checkSelector(labels: StringMap, place: Place): void {
  for (const [name, value] of Object.entries(labels)) {
    const at = place.child(name);
    if (name === '') at.rejectedByIstio('a label needs a name', 'delete it');
    if (name.includes('*') || value.includes('*'))
      at.rejectedByIstio('a selector has no wildcards', 'write the whole label');
  }
}

const PROTOCOLS = [
  'HTTP',
  'HTTP2',
  'HTTPS',
  'GRPC',
  'GRPC-WEB',
  'HTTP_PROXY',
  'MONGO',
  'REDIS',
  'MYSQL',
  'TCP',
  'TLS',
  'UDP',
  'HBONE',
  'DOUBLE_HBONE',
];
const HTTP_PROTOCOLS = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTP_PROXY'];

export function isIstioProtocol(protocol: string): boolean {
  return PROTOCOLS.includes(protocol.toUpperCase());
}

export function isHttpProtocol(protocol: string): boolean {
  return HTTP_PROTOCOLS.includes(protocol.toUpperCase());
}

export function isTlsProtocol(protocol: string): boolean {
  return ['HTTPS', 'TLS'].includes(protocol.toUpperCase());
}

export const PROTOCOLS_HINT = 'use HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, TCP, TLS, MONGO, REDIS or MYSQL';

/** A header that may be changed; only requests may have their authority rewritten. */
export function checkHeaderName(name: string, mayRewriteHost: boolean, place: Place): void {
  if (isAuthority(name) && mayRewriteHost) return;
  if (name === '' || /\s/.test(name))
    place.rejectedByIstio(`${JSON.stringify(name)} is not a header name`, 'use a name without blanks');
  else if (name.startsWith(':') || isAuthority(name))
    place.rejectedByIstio(`the header "${name}" cannot be changed here`, 'delete it');
}

/** `:authority` and its HTTP/1 name. */
export function isAuthority(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === ':authority' || lower === 'host';
}
