// The rate limit actions of routes and virtual hosts: what a request sends to a rate limiter as its descriptors.
// envoy: api/envoy/config/route/v3/route_components.proto (RateLimit.Action), source/common/router/router_ratelimit.cc.
import type { ProtoReader } from './proto-value.js';

/** One descriptor: an entry for each action; an action that yields none drops the whole descriptor. */
export type RateLimitActions = readonly RateLimitAction[];

export type RateLimitAction =
  | { readonly kind: 'generic-key'; readonly key: string; readonly value: string }
  | { readonly kind: 'request-header'; readonly header: string; readonly key: string; readonly skipIfAbsent: boolean }
  | {
      readonly kind: 'header-match';
      readonly key: string;
      readonly value: string;
      readonly expectMatch: boolean;
      readonly headers: readonly HeaderMatch[];
    }
  | { readonly kind: 'remote-address' }
  | { readonly kind: 'source-cluster' }
  | { readonly kind: 'destination-cluster' }
  /** One that is not understood. */
  | { readonly kind: 'unknown' };

export interface HeaderMatch {
  readonly name: string;
  readonly kind: 'present' | 'exact' | 'prefix' | 'suffix' | 'contains' | 'regex';
  readonly value: string;
  readonly ignoreCase: boolean;
  readonly invert: boolean;
}

export function readRateLimits(reader: ProtoReader): RateLimitActions[] {
  return reader.list('rate_limits').map((limit) => {
    limit.inert('stage', 'disable_key');
    return limit.list('actions').map(readAction);
  });
}

function readAction(action: ProtoReader): RateLimitAction {
  if (action.has('generic_key')) {
    const found = action.message('generic_key');
    return {
      kind: 'generic-key',
      key: found.text('descriptor_key') || 'generic_key',
      value: found.text('descriptor_value'),
    };
  }
  if (action.has('request_headers')) {
    const found = action.message('request_headers');
    const header = found.text('header_name').toLowerCase();
    const skipIfAbsent = found.boolean('skip_if_absent', false);
    return { kind: 'request-header', header, key: found.text('descriptor_key'), skipIfAbsent };
  }
  if (action.has('header_value_match')) {
    const found = action.message('header_value_match');
    return {
      kind: 'header-match',
      key: found.text('descriptor_key') || 'header_match',
      value: found.text('descriptor_value'),
      expectMatch: found.boolean('expect_match', true),
      headers: found.list('headers').map(readHeaderMatch),
    };
  }
  if (action.has('remote_address')) return { kind: 'remote-address' };
  if (action.has('source_cluster')) return { kind: 'source-cluster' };
  if (action.has('destination_cluster')) return { kind: 'destination-cluster' };
  return { kind: 'unknown' };
}

function readHeaderMatch(match: ProtoReader): HeaderMatch {
  const invert = match.boolean('invert_match', false);
  const name = match.text('name').toLowerCase();
  const old = [
    ['exact_match', 'exact'],
    ['prefix_match', 'prefix'],
    ['suffix_match', 'suffix'],
    ['contains_match', 'contains'],
  ] as const;
  for (const [field, kind] of old) {
    if (match.has(field)) return { name, kind, value: match.text(field), ignoreCase: false, invert };
  }
  if (match.has('safe_regex_match')) {
    const regex = match.message('safe_regex_match');
    regex.inert('google_re2');
    return { name, kind: 'regex', value: regex.text('regex'), ignoreCase: false, invert };
  }
  if (match.has('string_match')) {
    const text = match.message('string_match');
    const ignoreCase = text.boolean('ignore_case', false);
    for (const kind of ['exact', 'prefix', 'suffix', 'contains'] as const) {
      if (text.has(kind)) return { name, kind, value: text.text(kind), ignoreCase, invert };
    }
    const regex = text.message('safe_regex');
    regex.inert('google_re2');
    return { name, kind: 'regex', value: regex.text('regex'), ignoreCase, invert };
  }
  return {
    name,
    kind: 'present',
    value: '',
    ignoreCase: false,
    invert: invert !== !match.boolean('present_match', true),
  };
}
