// ST2113: retries on statuses of HTTP, in front of a server that speaks gRPC.
import { entryPortProtocol, type PortProtocol, servicePortProtocol } from '../../plan/terms/protocol.js';
import type { LintMesh } from '../mesh.js';
import { listAt, numberAt, textAt, textsAt } from '../plain-access.js';
import { destinationsOf, httpRoutes, type NamedDestination } from '../routes.js';
import type { Rule } from '../rule.js';
import { retriesAnswers, retryPolicyOf } from './retry-words.js';

const OF_GRPC: readonly string[] = ['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'];

export const grpcStatusNotRetried: Rule = {
  code: 'ST2113',
  name: 'GrpcStatusNotRetried',
  title: 'retries on 5xx in front of a gRPC server',
  severity: 'warning',
  why: 'A gRPC server answers every call with HTTP 200 and puts its failure into grpc-status. 5xx and gateway-error see connections that fail and tries that time out, and no failure of the server; retryOn that is written down takes the place of the default, which retries unavailable and cancelled.',
  help: 'add the words of gRPC: retryOn: connect-failure,refused-stream,unavailable,cancelled',
  source:
    'envoy: source/common/router/retry_state_impl.cc (wouldRetryFromHeaders: grpc-status); istio: pilot/pkg/networking/core/route/retry/retry.go',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const policy = retryPolicyOf(route);
      if (policy === null || policy.attempts <= 0 || policy.words === null) continue;
      if (!retriesAnswers(policy.words) || policy.words.some((word) => OF_GRPC.includes(word))) continue;
      const exportTo = textsAt(object.value, 'spec', 'exportTo');
      const own = destinationsOf(object).filter(
        ({ isMirror, routePath }) => !isMirror && routePath.join('.') === path.join('.'),
      );
      const hit = own.find((destination) => protocolOf(mesh, destination, object.namespace, exportTo) === 'grpc');
      if (hit === undefined) continue;
      report(
        object,
        [...path, 'retries', 'retryOn'],
        `${hit.host} speaks gRPC: its failures are HTTP 200 with a grpc-status, which "${policy.words.join(',')}" does not retry`,
      );
    }
  },
};

/** What the port of a destination speaks; null where it is not in the input, or the host has several ports and none is named. */
function protocolOf(
  mesh: LintMesh,
  destination: NamedDestination,
  namespace: string,
  exportTo: readonly string[],
): PortProtocol | null {
  const owner = mesh.hosts.find(destination.host, namespace, exportTo)?.object;
  if (owner === undefined) return null;
  const isService = owner.kind === 'Service';
  const ports = listAt(owner.value, 'spec', 'ports').filter(
    (port) => destination.port === null || numberAt(port, isService ? 'port' : 'number') === destination.port,
  );
  const port = ports[0];
  if (port === undefined || ports.length > 1) return null;
  if (!isService) return entryPortProtocol(textAt(port, 'protocol') ?? '', numberAt(port, 'number') ?? 0);
  return servicePortProtocol(
    textAt(port, 'name') ?? '',
    textAt(port, 'appProtocol'),
    numberAt(port, 'port') ?? 0,
    'TCP',
  );
}
