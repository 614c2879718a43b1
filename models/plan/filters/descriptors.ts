// What a request of one class sends to a rate limiter: one descriptor for each of the route's rate limits.
// envoy: source/common/router/router_ratelimit.cc (RateLimitPolicyEntryImpl::populateDescriptors), source/common/http/header_utility.cc.
import type { DescriptorEntry } from '../../config/kinds/envoy-http-filters.js';
import type { HeaderMatch, RateLimitAction, RateLimitActions } from '../../config/kinds/rate-limit-actions.js';
import { fullMatch } from '../terms/match.js';
import { headerValue, type RequestClass } from '../terms/request-class.js';

export type Descriptor = readonly DescriptorEntry[];

export interface DescriptorFacts {
  readonly request: RequestClass;
  readonly remoteAddress: string;
  /** `--service-cluster` of the proxy. */
  readonly sourceCluster: string;
  readonly destinationCluster: string;
}

/** An action that yields nothing drops its descriptor as a whole. */
export function descriptorsOf(limits: readonly RateLimitActions[], facts: DescriptorFacts): Descriptor[] {
  return limits.flatMap((actions) => {
    const entries: DescriptorEntry[] = [];
    for (const action of actions) {
      const outcome = entryOf(action, facts);
      if (outcome === 'drop') return [];
      if (outcome !== 'nothing') entries.push(outcome);
    }
    return entries.length === 0 ? [] : [entries];
  });
}

function entryOf(action: RateLimitAction, facts: DescriptorFacts): DescriptorEntry | 'drop' | 'nothing' {
  switch (action.kind) {
    case 'generic-key':
      return { key: action.key, value: action.value };
    case 'request-header': {
      const value = headerOf(facts.request, action.header);
      if (value === null) return action.skipIfAbsent ? 'nothing' : 'drop';
      return { key: action.key, value };
    }
    case 'header-match': {
      const met = action.headers.every((header) => headerMatches(header, facts.request));
      return met === action.expectMatch ? { key: action.key, value: action.value } : 'drop';
    }
    case 'remote-address':
      return { key: 'remote_address', value: facts.remoteAddress };
    case 'source-cluster':
      return { key: 'source_cluster', value: facts.sourceCluster };
    case 'destination-cluster':
      return { key: 'destination_cluster', value: facts.destinationCluster };
    case 'unknown':
      return 'drop';
  }
}

function headerOf(request: RequestClass, name: string): string | null {
  switch (name) {
    case ':authority':
    case 'host':
      return request.authority;
    case ':path':
      return request.query === '' ? request.path : `${request.path}?${request.query}`;
    case ':method':
      return request.method;
    case ':scheme':
      return request.scheme;
    default:
      return headerValue(request.headers, name);
  }
}

function headerMatches(match: HeaderMatch, request: RequestClass): boolean {
  const found = headerOf(request, match.name);
  if (match.kind === 'present') return (found !== null) !== match.invert;
  return found !== null && textMatches(match, found) !== match.invert;
}

function textMatches({ kind, value, ignoreCase }: HeaderMatch, found: string): boolean {
  const [wanted, text] = ignoreCase ? [value.toLowerCase(), found.toLowerCase()] : [value, found];
  switch (kind) {
    case 'present':
      return true;
    case 'exact':
      return text === wanted;
    case 'prefix':
      return text.startsWith(wanted);
    case 'suffix':
      return text.endsWith(wanted);
    case 'contains':
      return text.includes(wanted);
    case 'regex':
      return fullMatch(value, found);
  }
}

/** Whether a descriptor of a bucket is the one that a request sends: the same entries; an entry without a value takes any. */
export function sameDescriptor(configured: Descriptor, sent: Descriptor): boolean {
  return (
    configured.length === sent.length &&
    configured.every(({ key, value }, i) => key === sent[i]!.key && (value === '' || value === sent[i]!.value))
  );
}
