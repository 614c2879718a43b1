// ST1118 and ST1150: Service ports whose names do not say which protocol they speak (istio: pkg/config/analysis/analyzers/service/
// portname.go; pkg/config/kube/conversion.go ConvertProtocol).
import { servicePortProtocol } from '../../plan/terms/protocol.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, numberAt, textAt } from '../plain-access.js';
import type { Report } from '../report.js';
import type { Rule } from '../rule.js';

const MANAGED: readonly string[] = [
  'istio.io-gateway-controller',
  'istio.io-mesh-controller',
  'istio.io-eastwest-controller',
];
const SOURCE = 'istio: pkg/config/analysis/analyzers/service/portname.go';

export const portName: Rule = {
  code: 'ST1118',
  alias: 'IST0118',
  name: 'PortNameIsNotUnderNamingConvention',
  title: 'a Service port that does not say its protocol',
  severity: 'info',
  why: 'Istio then looks at the first bytes to tell. Protocols in which the server speaks first wait for the time-out of that look, and HTTP features are lost where it guesses TCP.',
  help: 'name it protocol-suffix, e.g. http-web, or set appProtocol',
  source: SOURCE,
  check: (mesh, report) => check(mesh, report, false),
};

export const externalNamePort: Rule = {
  code: 'ST1150',
  alias: 'IST0150',
  name: 'ExternalNameServiceTypeInvalidPortName',
  title: 'a port of an ExternalName Service that captures all of its port',
  severity: 'warning',
  why: 'Without a protocol that names hosts the proxy listens on the whole port number, and takes traffic to other hosts with it.',
  help: 'name the port http, https or tls',
  source: SOURCE,
  check: (mesh, report) => check(mesh, report, true),
};

function check(mesh: LintMesh, report: Report, external: boolean): void {
  for (const service of mesh.services) {
    if (isOfIstio(service) || (textAt(service.value, 'spec', 'type') === 'ExternalName') !== external) continue;
    listAt(service.value, 'spec', 'ports').forEach((port, index) => {
      const name = textAt(port, 'name') ?? '';
      const number = numberAt(port, 'port') ?? 0;
      const transport = textAt(port, 'protocol') === 'UDP' ? 'UDP' : 'TCP';
      const protocol = servicePortProtocol(name, textAt(port, 'appProtocol'), number, transport);
      if (protocol !== 'auto' && !(external && name === 'tcp')) return;
      report(service, ['spec', 'ports', index], messageOf(name, number));
    });
  }
}

function messageOf(name: string, number: number): string {
  if (name === '') return `the port ${number} has no name`;
  const what = name === 'tcp' ? 'names a protocol without hosts' : 'names no protocol';
  return `the name "${name}" of the port ${number} ${what}`;
}

function isOfIstio({ labels }: LintObject): boolean {
  return (
    labels.istio !== undefined ||
    labels.release === 'istio' ||
    MANAGED.includes(labels['gateway.istio.io/managed'] ?? '')
  );
}
