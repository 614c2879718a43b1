// Retries and time-outs that annotations of a Service or of a route ask of Linkerd's proxies.
// linkerd.io: reference/{retries,timeouts}; linkerd: policy-controller/k8s/index/src/outbound/index.rs (parse_http_retry, parse_timeouts).

import { lookup } from '../../../sim/lookup.js';
import { ACTING_MAX_NS } from '../../config/duration.js';
import type { RetryPlan } from '../contract/plan.js';
import type { FieldSource, SiteSources } from '../contract/sources.js';
import type { Annotated, AnnotationNames } from '../registry/linkerd-service.js';
import type { RouteDecision } from '../routes/route-decision.js';
import { NO_SITE_SOURCES } from '../routes/site-sources.js';
import type { Findings } from '../terms/findings.js';
import type { RequestClass } from '../terms/request-class.js';
import { linkerdRetries, MAX_REPLAYED_BYTES } from './retries.js';

const DEFAULT_LIMIT = 1;

/** Which annotations speak for a class. */
export function speaking(from: Annotated, request: RequestClass, findings: Findings): AnnotationNames {
  const shortest = timeoutNs(from, findings);
  const retry = retryAnnotation(request);
  return {
    timeout: TIMEOUTS.find((name) => shortest > 0 && durationNs(from, name, findings) === shortest) ?? null,
    retry: lookup(from.annotations, retry) === undefined ? null : retry,
  };
}

const TIMEOUTS = ['request', 'response', 'idle'].map((name) => `timeout.linkerd.io/${name}`);

function retryAnnotation({ grpc }: RequestClass): string {
  return `retry.linkerd.io/${grpc ? 'grpc' : 'http'}`;
}

/** Nothing of a response is seen before all of it: of several time-outs the shortest holds for the call. 0 = none. */
export function timeoutNs(from: Annotated, findings: Findings): number {
  const all = TIMEOUTS.map((name) => durationNs(from, name, findings));
  const given = all.filter((ns) => ns > 0);
  return given.length === 0 ? 0 : Math.min(...given);
}

/** Null where nothing is retried for a class. */
export function annotatedRetries(from: Annotated, request: RequestClass, findings: Findings): RetryPlan | null {
  const name = retryAnnotation(request);
  const text = lookup(from.annotations, name);
  if (text === undefined || (request.bodyBytes ?? 0) > MAX_REPLAYED_BYTES) return null;
  const statuses = new Set<number>();
  for (const word of text.split(',').map((part) => part.trim())) {
    const range = request.grpc ? grpcStatus(word) : httpStatuses(word);
    if (range === null) wrong(from, name, word, findings);
    else for (let status = range[0]; status <= range[1]; status++) statuses.add(status);
  }
  if (statuses.size === 0) return null;
  const limit = from.annotations['retry.linkerd.io/limit'] ?? '';
  if (limit !== '' && !/^\d{1,5}$/.test(limit)) wrong(from, 'retry.linkerd.io/limit', limit, findings);
  const retries = /^\d{1,5}$/.test(limit) ? Number(limit) : DEFAULT_LIMIT;
  return {
    ...linkerdRetries(
      retries,
      [...statuses].sort((a, b) => a - b),
      { budget: null },
    ),
    onRefusedStream: true,
    perTryTimeoutNs: durationNs(from, 'retry.linkerd.io/timeout', findings),
  };
}

function httpStatuses(word: string): readonly [number, number] | null {
  if (word === '5xx') return [500, 599];
  if (word === 'gateway-error') return [502, 504];
  const found = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(word);
  return found === null ? null : [Number(found[1]), Number(found[2] ?? found[1])];
}

/** Statuses of gRPC by the HTTP code that they stand for. */
const GRPC_STATUSES: Readonly<Record<string, number>> = {
  cancelled: 499,
  'deadline-exceeded': 504,
  internal: 500,
  'resource-exhausted': 429,
  unavailable: 503,
};

function grpcStatus(word: string): readonly [number, number] | null {
  const status = lookup(GRPC_STATUSES, word);
  return status === undefined ? null : [status, status];
}

const UNIT_NS: Readonly<Record<string, number>> = {
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
};

export function durationNs(from: Annotated, name: string, findings: Findings): number {
  const text = lookup(from.annotations, name);
  if (text === undefined) return 0;
  const found = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  if (found === null) wrong(from, name, text, findings);
  return found === null ? 0 : Math.min(ACTING_MAX_NS, Number(found[1]) * lookup(UNIT_NS, found[2]!)!);
}

export function wrong(
  { resource, at }: Annotated,
  name: string,
  value: string,
  findings: Findings,
  hint: string = hintFor(name),
): void {
  findings.warning(
    'annotation-not-understood',
    at(name),
    `${resource}: ${name} has "${value}", which Linkerd does not understand: it has no effect`,
    hint,
  );
}

function hintFor(name: string): string {
  if (name.endsWith('/http')) return 'write 5xx, gateway-error, 503 or 500-504';
  if (name.endsWith('/grpc')) return 'write cancelled, deadline-exceeded, internal, resource-exhausted or unavailable';
  return name.endsWith('/limit') ? 'write a number' : 'write a whole number with ms, s, m, h or d';
}

export type AnnotationSources = Pick<SiteSources, 'timeout' | 'attempts' | 'perTryTimeout'>;

/** Who asks for the time-out and the retries of a class. */
export function annotationSources(from: Annotated, request: RequestClass, findings: Findings): AnnotationSources {
  const { timeout, retry } = speaking(from, request, findings);
  const source = (name: string | null): FieldSource | null => {
    const value = name === null ? undefined : lookup(from.annotations, name);
    return name === null || value === undefined
      ? null
      : { object: from.resource, field: name, value, position: from.at(name) };
  };
  return {
    timeout: source(timeout),
    attempts: retry === null ? null : (source('retry.linkerd.io/limit') ?? source(retry)),
    perTryTimeout: retry === null ? null : source('retry.linkerd.io/timeout'),
  };
}

/** A decision with the policies of annotations; the time-out of the route itself is where these have none. */
export function withAnnotations(
  decision: RouteDecision,
  policies: Pick<RouteDecision, 'timeoutNs' | 'retry'>,
  annotations: AnnotationSources,
): RouteDecision {
  const before = decision.sources ?? NO_SITE_SOURCES;
  return {
    ...decision,
    ...policies,
    sources: { ...before, ...annotations, timeout: annotations.timeout ?? before.timeout },
  };
}
