// ST2112: a try that ends before its connection has failed.

import type { PlainValue } from '../../config/document.js';
import { formatDuration } from '../../config/duration.js';
import { nameOfHost } from '../hosts.js';
import type { LintObject } from '../object.js';
import { dig, durationNsAt, listAt, mapAt, numberAt, textAt } from '../plain-access.js';
import { destinationsOf, httpRoutes, type NamedDestination } from '../routes.js';
import type { Rule } from '../rule.js';
import { retryPolicyOf } from './retry-words.js';

/** istio: pkg/config/mesh/mesh.go (connectTimeout). */
const DEFAULT_CONNECT_NS = 10e9;

/**
 * What holds for a destination: the settings of its port, in place of all others; else those of its subset, else those of the host (istio:
 * pilot/pkg/networking/util/util.go, MergeTrafficPolicy). Where the destination names no port the shortest time is taken.
 */
function connectTimeNs({ value }: LintObject, { subset, port }: NamedDestination): number {
  const host = mapAt(value, 'spec', 'trafficPolicy');
  const own = mapAt(
    listAt(value, 'spec', 'subsets').find((other) => textAt(other, 'name') === subset),
    'trafficPolicy',
  );
  const pick = (field: string): PlainValue | undefined => dig(own ?? undefined, field) ?? dig(host ?? undefined, field);
  const timeOf = (pool: PlainValue | undefined): number =>
    durationNsAt(pool, 'tcp', 'connectTimeout') ?? DEFAULT_CONNECT_NS;
  const ports = listAt(pick('portLevelSettings')).filter(
    (setting) => port === null || numberAt(setting, 'port', 'number') === port,
  );
  const ofPorts = ports.map((setting) => timeOf(dig(setting, 'connectionPool')));
  return ofPorts.length > 0 && port !== null ? ofPorts[0]! : Math.min(timeOf(pick('connectionPool')), ...ofPorts);
}

export const connectBeyondTry: Rule = {
  code: 'ST2112',
  name: 'ConnectBeyondTry',
  title: 'a connection may take longer to fail than the call lasts',
  severity: 'info',
  why: 'Where a pod is gone without a word (a dead node, a dropped packet), the connection fails only after connectTimeout, 10 s by default. A call that times out before is answered with 504 and is not counted as a failure to connect; no retry is made.',
  help: 'set connectionPool.tcp.connectTimeout of the host below the time-out, e.g. 1s',
  source: 'envoy: source/common/conn_pool/conn_pool_base.cc (onConnectTimeout)',
  check(mesh, report) {
    const rules = new Map(
      mesh.destinationRules.map((rule) => [nameOfHost(textAt(rule.value, 'spec', 'host') ?? '', rule.namespace), rule]),
    );
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
      const rule = rules.get(nameOfHost(target.host, object.namespace));
      const connectNs = rule === undefined ? DEFAULT_CONNECT_NS : connectTimeNs(rule, target);
      if (connectNs <= tryNs) continue;
      report(
        object,
        [...path, 'retries'],
        `a connection to ${target.host} fails after ${formatDuration(connectNs)}, and a try ends after ${formatDuration(tryNs)}: a dead pod is not retried`,
      );
    }
  },
};
