// ST2302: a queue of one in front of a connection.
import { numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies } from './policies.js';

const TINY = 3;

export const pendingLimit: Rule = {
  code: 'ST2302',
  name: 'TinyPendingQueue',
  title: 'hardly any request may wait for a connection',
  severity: 'warning',
  why: 'A request waits while its connection is being made, HTTP/2 too: with http1MaxPendingRequests 1 two requests at the same moment on a cold proxy are one answer and one 503 UO. The value comes from a demonstration of circuit breaking.',
  help: 'allow as many as may come within the time of a handshake, e.g. 100',
  source: 'envoy: source/common/conn_pool/conn_pool_base.cc (newStreamImpl: pending request overflow)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      const limit = numberAt(value, 'connectionPool', 'http', 'http1MaxPendingRequests') ?? 0;
      if (limit <= 0 || limit >= TINY) continue;
      report(
        rule,
        [...path, 'connectionPool', 'http', 'http1MaxPendingRequests'],
        `${limit === 1 ? 'one request' : `${limit} requests`} may wait for a connection, the next gets 503 UO at once`,
      );
    }
  },
};
