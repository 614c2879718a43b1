// ST2306: a limit of requests that connections never get to.
import { numberAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { allPolicies } from './policies.js';

export const requestsBelowConnections: Rule = {
  code: 'ST2306',
  name: 'RequestsBelowConnections',
  title: 'http2MaxRequests below maxConnections',
  severity: 'info',
  why: 'In spite of its name http2MaxRequests limits active requests of HTTP/1.1 too. Below maxConnections it acts first, with 503 UO, where connections alone would let requests wait.',
  help: 'set http2MaxRequests at least as high as maxConnections',
  source: 'envoy: source/common/conn_pool/conn_pool_base.cc (attachStreamToClient: max_requests)',
  check(mesh, report) {
    for (const { rule, value, path } of allPolicies(mesh)) {
      const requests = numberAt(value, 'connectionPool', 'http', 'http2MaxRequests') ?? 0;
      const connections = numberAt(value, 'connectionPool', 'tcp', 'maxConnections') ?? 0;
      if (requests <= 0 || requests >= connections) continue;
      report(
        rule,
        [...path, 'connectionPool', 'http', 'http2MaxRequests'],
        `${requests} active requests are allowed and ${connections} connections: the requests end in 503 UO first`,
      );
    }
  },
};
