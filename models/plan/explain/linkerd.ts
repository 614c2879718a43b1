// The way of a request through a proxy of Linkerd's: its listener, the routes that it tried, and the annotations and fields that its time-out and its
// retries come from. linkerd.io: reference/{retries,timeouts,service-profiles}.
import type { RequestCondition } from '../../config/kinds/linkerd/service-profile.js';
import { matches } from '../linkerd/profile.js';
import type { Dial } from '../routes/dial.js';
import type { RouteDecision } from '../routes/route-decision.js';
import type { RouteTrace } from '../routes/trace.js';
import type { RequestClass } from '../terms/request-class.js';
import { eventOf, servicePlace } from './events.js';
import type { ClusterSettings, Listener, Origin, Rule } from './explanation.js';
import { requestFailure } from './failure.js';
import { nothing } from './origin.js';
import { resourceName, ruleName } from './rules.js';

export function linkerdListener({ listenerPort, decision }: RouteTrace, dial: Dial & { kind: 'service' }): Listener {
  const { service } = dial;
  const common = { port: listenerPort, place: servicePlace(dial) };
  const target = decision?.action.kind === 'forward' ? decision.action.targets[0] : undefined;
  if (target?.skipsProxy === true)
    return { ...common, protocol: 'none', decidedBy: "it is one of the caller's skip-outbound-ports" };
  if (decision?.opaque === true)
    return {
      ...common,
      protocol: 'TCP',
      decidedBy: `opaque to Linkerd at ${service.resource}: connections are passed on`,
    };
  return {
    ...common,
    protocol: 'HTTP',
    decidedBy: `the address that was dialed (${service.resource}) counts, not the Host header`,
  };
}

/** The routes that were tried; null: there were none to try. */
export function linkerdRules(trace: RouteTrace): Rule[] | null {
  const { request } = trace;
  const profiled = eventOf(trace, 'profile');
  if (profiled !== null) {
    const { profile, index } = profiled;
    const resource = resourceName(profile);
    return profile.spec.routes.map(({ name, condition }, i): Rule => {
      const position = profile.source.at(['spec', 'routes', i]);
      const common = { name, place: { resource, position }, root: null };
      if (i === index) return { ...common, verdict: 'chosen', failure: null };
      if (index >= 0 && i > index) return { ...common, verdict: 'not-reached', failure: null };
      const text = `${request.method} ${request.path} is not ${words(condition, request)}`;
      return { ...common, verdict: 'failed', failure: { field: 'condition', text, position } };
    });
  }
  const tried = eventOf(trace, 'linkerd-routes');
  if (tried === null) return null;
  const last = tried.selected === null ? tried.candidates.length : tried.candidates.indexOf(tried.selected);
  return tried.candidates.map((candidate, i): Rule => {
    const { owner, match, path, virtualService } = candidate;
    const position = owner.source.at(match === null ? path : [...path, 'match']);
    const common = { name: ruleName(candidate, match), place: { resource: resourceName(owner), position }, root: null };
    if (i === last) return { ...common, verdict: 'chosen', failure: null };
    if (i > last || match === null) return { ...common, verdict: 'not-reached', failure: null };
    return {
      ...common,
      verdict: 'failed',
      failure: requestFailure(candidate, virtualService.resource, match, request),
    };
  });
}

/** The first part of a condition that does not hold, in words. */
function words({ method, pathRegex, allOf, anyOf, not }: RequestCondition, request: RequestClass): string {
  if (method && method.toUpperCase() !== request.method.toUpperCase()) return method;
  const failing = allOf?.find((condition) => !matches(condition, request));
  if (failing !== undefined) return words(failing, request);
  if (anyOf !== null && !anyOf.some((condition) => matches(condition, request))) return 'any of its conditions';
  if (not !== null && matches(not, request)) return 'what is left by its not';
  return `of the path ${pathRegex ?? ''}`;
}

/** Where the time-out and the retries of the route come from. */
export function linkerdOrigins(
  trace: RouteTrace,
  { timeoutNs, retry }: Pick<RouteDecision, 'timeoutNs' | 'retry'>,
): { readonly timeout: Origin; readonly retry: Origin } {
  const profiled = eventOf(trace, 'profile');
  if (profiled !== null) {
    const { profile, index } = profiled;
    const field = (name: string): Origin => ({
      kind: 'yaml',
      field: name,
      resource: resourceName(profile),
      position: profile.source.at(['spec', 'routes', index, name]),
    });
    const why = nothing(
      index < 0
        ? `no route of ${resourceName(profile)} has the request`
        : `the route of ${resourceName(profile)} asks for none`,
    );
    return { timeout: timeoutNs > 0 ? field('timeout') : why, retry: retry === null ? why : field('isRetryable') };
  }
  const annotated = eventOf(trace, 'annotations');
  if (annotated === null) {
    const why = nothing("nothing of HTTP is Linkerd's here");
    return { timeout: why, retry: why };
  }
  const { from, names } = annotated;
  const selected = eventOf(trace, 'linkerd-routes')?.selected ?? null;
  const why = nothing(`no annotation of ${from.resource} asks for it`);
  const written = (name: string): Origin => ({
    kind: 'yaml',
    field: name,
    resource: from.resource,
    position: from.at(name),
  });
  const ofRoute: Origin | null =
    selected === null || timeoutNs === 0
      ? null
      : {
          kind: 'yaml',
          field: 'timeouts',
          resource: resourceName(selected.owner),
          position: selected.owner.source.at(selected.path),
        };
  return {
    timeout: names.timeout === null ? (ofRoute ?? why) : written(names.timeout),
    retry: names.retry === null || retry === null ? why : written(names.retry),
  };
}

/** Why each setting of a cluster is what it is, where Linkerd's proxy balances it. */
export const LINKERD_OWN = "Linkerd's own";

export function linkerdTlsReason(mode: ClusterSettings['tls']['mode'], isMixed: boolean): string {
  if (isMixed) return "some of its pods have Linkerd's proxy, and are reached by mTLS";
  return mode === 'mtls' ? "its pods have Linkerd's proxy" : "its pods have no proxy of Linkerd's";
}
