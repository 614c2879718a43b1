// Words of `retryOn` that do nothing, or less than they say, for the requests of a class.
// envoy: source/common/router/retry_state_impl.cc (wouldRetryFromHeaders: gRPC words look at grpc-status alone, which gRPC servers send with HTTP
// status 200; wouldRetryFromReset); istio: pilot/pkg/networking/core/route/retry/retry.go (no field names headers for retriable-headers).
import type { ClusterPlan } from '../contract/plan.js';
import { isKnownStatus } from '../routes/retry.js';
import type { RequestClass } from '../terms/request-class.js';
import type { RouteView } from './explanation.js';

type Inert = RouteView['retry']['inert'][number];

const STATUS_WORDS: readonly string[] = ['retriable-4xx', 'retriable-status-codes'];
const STATUS_AND_RESET_WORDS: readonly string[] = ['5xx', 'gateway-error'];
const GRPC_WORDS: readonly string[] = [
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];
const OTHER_WORDS: readonly string[] = ['reset', 'reset-before-request', 'connect-failure', 'envoy-ratelimited'];

const ARRIVES_AS_200 = 'failures of gRPC arrive as HTTP 200 with a grpc-status';

/** @param protocols of the clusters that the route may send to */
export function inertTokens(
  words: readonly string[],
  { grpc }: RequestClass,
  protocols: readonly ClusterPlan['protocol'][],
): Inert[] {
  const listsCodes = words.some((word) => /^\d{3}$/.test(word) && isKnownStatus(Number(word)));
  return [...new Set(words)].flatMap((token): Inert[] => {
    const never = (why: string): Inert[] => [{ token, never: true, why }];
    if (/^\d+$/.test(token)) {
      if (!isKnownStatus(Number(token))) return never('it is no registered status');
      return grpc && token !== '200' ? never(ARRIVES_AS_200) : [];
    }
    if (STATUS_AND_RESET_WORDS.includes(token))
      return grpc ? [{ token, never: false, why: `only resets and failed connections: ${ARRIVES_AS_200}` }] : [];
    if (STATUS_WORDS.includes(token)) {
      if (grpc) return never(ARRIVES_AS_200);
      return token === 'retriable-status-codes' && !listsCodes ? never('no status codes are listed beside it') : [];
    }
    if (GRPC_WORDS.includes(token))
      return grpc ? [] : never('answers to requests that are not gRPC have no grpc-status');
    if (OTHER_WORDS.includes(token)) return [];
    switch (token) {
      case 'refused-stream':
        return protocols.length > 0 && protocols.every((protocol) => protocol === 'http1')
          ? never('connections of HTTP/1.1 have no streams to refuse')
          : [];
      case 'retriable-headers':
        return never('no field of a VirtualService names the headers');
      case 'http3-post-connect-failure':
        return never('nothing is reached by HTTP/3');
      default:
        return never('Envoy knows no such word');
    }
  });
}
