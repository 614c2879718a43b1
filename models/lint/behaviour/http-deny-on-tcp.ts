// ST2409: HTTP conditions of a DENY, which fall away on TCP ports.
import { servicePortProtocol } from '../../plan/terms/protocol.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, numberAt, textAt, textsAt } from '../plain-access.js';
import { portOfPods } from '../pod-ports.js';
import type { Rule } from '../rule.js';
import { enforcingPods, httpField, operationsOf, policiesWith, rulesOf, type WrittenRule } from './authorization.js';

export const httpDenyOnTcp: Rule = {
  code: 'ST2409',
  name: 'HttpDenyOnTcp',
  title: 'HTTP conditions of a DENY for a TCP port',
  severity: 'warning',
  why: 'A proxy of TCP knows no methods, paths, hosts or tokens. ALLOW rules with such conditions are dropped there; of DENY rules only the conditions are dropped, so that the rest denies more: with nothing left every connection.',
  help: 'name the HTTP ports of the pods in operation.ports, or select the pods of the HTTP services alone',
  source: 'istio: pilot/pkg/security/authz/model/model.go (Generate), builder/testdata/tcp/deny-both-http-tcp-in.yaml',
  check(mesh, report) {
    for (const policy of policiesWith(mesh, 'DENY')) {
      const ports = tcpPorts(mesh, policy);
      for (const rule of rulesOf(policy)) {
        const path = httpField(rule);
        const hit = path === null ? undefined : ports.find(({ target }) => reaches(rule, target));
        if (path === null || hit === undefined) continue;
        report(
          policy,
          path,
          `on the TCP port ${hit.target} of ${hit.service.title} this condition falls away, and the rest of the rule denies`,
        );
      }
    }
  },
};

interface TcpPort {
  readonly service: LintObject;
  /** Of the pods. */
  readonly target: number;
}

/** Ports of the pods of a policy that their Services call TCP or TLS. */
function tcpPorts(mesh: LintMesh, policy: LintObject): TcpPort[] {
  const pods = enforcingPods(mesh, policy).filter((pod) => mesh.isInMesh(pod));
  return mesh.services.flatMap((service) => {
    const behind = mesh.podsBehind(service).filter((pod) => pods.includes(pod));
    return listAt(service.value, 'spec', 'ports').flatMap((port): TcpPort[] => {
      const number = numberAt(port, 'port') ?? 0;
      const transport = textAt(port, 'protocol') === 'UDP' ? 'UDP' : 'TCP';
      const protocol = servicePortProtocol(textAt(port, 'name') ?? '', textAt(port, 'appProtocol'), number, transport);
      const target = portOfPods(port, behind)[0];
      return target === undefined || (protocol !== 'tcp' && protocol !== 'tls') ? [] : [{ service, target }];
    });
  });
}

/** Whether what is left of the rule is about this port: no `to`, or an operation that does not leave it out. */
function reaches(rule: WrittenRule, port: number): boolean {
  const operations = operationsOf(rule);
  return (
    operations.length === 0 ||
    operations.some(({ value }) => {
      const ports = textsAt(value, 'ports');
      return (ports.length === 0 || ports.includes(String(port))) && !textsAt(value, 'notPorts').includes(String(port));
    })
  );
}
