// ST2408: hosts of an AuthorizationPolicy that forget the port in the Host header.
import { servicePortProtocol } from '../../plan/terms/protocol.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, numberAt, textAt, textsAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { enforcingPods, operationsOf, policiesWith, rulesOf, selectedGateways } from './authorization.js';

export const hostWithoutPort: Rule = {
  code: 'ST2408',
  name: 'HostWithoutPort',
  title: 'hosts of a policy that leave out the port',
  severity: 'warning',
  why: 'hosts are compared with the whole Host header, port included. Clients write the port where it is not the one of the scheme: ALLOW then refuses them. Any client may write the port: DENY then lets it through.',
  help: 'name the host twice: shop.example.com and shop.example.com:*',
  source:
    'istio: pilot/pkg/security/authz/matcher/header.go (HostMatcher); istio.io: docs/reference/config/security/authorization-policy (Operation.hosts)',
  check(mesh, report) {
    for (const action of ['ALLOW', 'DENY'] as const) {
      for (const policy of policiesWith(mesh, action)) {
        for (const { value, path } of rulesOf(policy).flatMap(operationsOf)) {
          const hosts = textsAt(value, 'hosts');
          hosts.forEach((host, index) => {
            if (!isBare(host, hosts)) return;
            if (action === 'DENY') {
              report(policy, [...path, 'hosts', index], `a request for ${host}:PORT is not denied`);
              return;
            }
            const port = oddPort(mesh, policy, host);
            if (port === null) return;
            report(
              policy,
              [...path, 'hosts', index],
              `clients of port ${port} ask for ${host}:${port}, which is refused`,
            );
          });
        }
      }
    }
  },
};

/** A whole name without a port, and no entry beside it that takes the name with one. */
function isBare(host: string, hosts: readonly string[]): boolean {
  if (host.includes('*') || host.includes(':')) return false;
  return !hosts.some(
    (other) => other.startsWith(`${host}:`) || (other.endsWith('*') && host.startsWith(other.slice(0, -1))),
  );
}

/** A port by which clients reach the host and which they write into its name; null where none is known. */
function oddPort(mesh: LintMesh, policy: LintObject, host: string): number | null {
  for (const gateway of selectedGateways(mesh, policy)) {
    for (const server of listAt(gateway.value, 'spec', 'servers')) {
      const port = numberAt(server, 'port', 'number') ?? 80;
      const usual = usualPort((textAt(server, 'port', 'protocol') ?? '').toUpperCase());
      const names = textsAt(server, 'hosts').map((name) => name.slice(name.indexOf('/') + 1));
      if (usual !== null && port !== usual && names.some((name) => isNamed(name, host))) return port;
    }
  }
  const pods = enforcingPods(mesh, policy);
  for (const service of mesh.services) {
    const { name } = service;
    const namespace = service.namespace || 'default';
    const own = [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
    if (!own.includes(host) || !mesh.podsBehind(service).some((pod) => pods.includes(pod))) continue;
    for (const port of listAt(service.value, 'spec', 'ports')) {
      const number = numberAt(port, 'port') ?? 80;
      const protocol = servicePortProtocol(textAt(port, 'name') ?? '', textAt(port, 'appProtocol'), number, 'TCP');
      if (number !== 80 && (protocol === 'http' || protocol === 'http2' || protocol === 'grpc')) return number;
    }
  }
  return null;
}

function usualPort(protocol: string): number | null {
  if (protocol === 'HTTPS') return 443;
  return protocol === 'HTTP' || protocol === 'HTTP2' || protocol === 'GRPC' ? 80 : null;
}

function isNamed(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
}
