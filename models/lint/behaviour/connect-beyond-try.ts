// ST2112: a try that ends before its connection has failed.
import { formatDuration } from '../../config/duration.js';
import { nameOfHost } from '../hosts.js';
import { durationNsAt, textAt } from '../plain-access.js';
import { destinationsOf, httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import { retryPolicyOf } from './retry-words.js';

/** istio: pkg/config/mesh/mesh.go (connectTimeout). */
const DEFAULT_CONNECT_NS = 10e9;

export const connectBeyondTry: Rule = {
  code: 'ST2112',
  name: 'ConnectBeyondTry',
  title: 'a connection may take longer to fail than the call lasts',
  severity: 'info',
  why: 'Where a pod is gone without a word (a dead node, a dropped packet), the connection fails only after connectTimeout, 10 s by default. A call that times out before is answered with 504 and is not counted as a failure to connect; no retry is made.',
  help: 'set connectionPool.tcp.connectTimeout of the host below the time-out, e.g. 1s',
  source: 'envoy: source/common/conn_pool/conn_pool_base.cc (onConnectTimeout)',
  check(mesh, report) {
    const connect = new Map<string, number>();
    for (const rule of mesh.destinationRules) {
      const timeNs = durationNsAt(rule.value, 'spec', 'trafficPolicy', 'connectionPool', 'tcp', 'connectTimeout');
      if (timeNs !== null) connect.set(nameOfHost(textAt(rule.value, 'spec', 'host') ?? '', rule.namespace), timeNs);
    }
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const policy = retryPolicyOf(route);
      const timeoutNs = durationNsAt(route, 'timeout') ?? 0;
      const tryNs = policy?.perTryTimeoutNs ?? timeoutNs;
      if (policy === null || policy.attempts <= 0 || tryNs <= 0) continue;
      if (
        policy.perTryTimeoutNs !== null &&
        policy.words?.some((word) => ['5xx', 'gateway-error', 'reset'].includes(word)) === true
      )
        continue;
      const target = destinationsOf(object).find(
        (destination) => destination.routePath[1] === 'http' && destination.routePath[2] === path[2],
      );
      if (target === undefined) continue;
      const connectNs = connect.get(nameOfHost(target.host, object.namespace)) ?? DEFAULT_CONNECT_NS;
      if (connectNs <= tryNs) continue;
      report(
        object,
        [...path, 'retries'],
        `a connection to ${target.host} fails after ${formatDuration(connectNs)}, and a try ends after ${formatDuration(tryNs)}: a dead pod is not retried`,
      );
    }
  },
};
