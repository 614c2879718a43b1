// ST1116 and ST1137: one Deployment behind several Services that disagree (istio: pkg/config/analysis/analyzers/deployment/services.go).

import { listIndex } from '../../list-index.js';
import { SelectorIndex } from '../../plan/terms/label-index.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { latestVersions } from '../object.js';
import { dig, listAt, numberAt, textAt, textMapAt } from '../plain-access.js';
import type { LintPod } from '../pods.js';
import type { Rule } from '../rule.js';

const SOURCE = 'istio: pkg/config/analysis/analyzers/deployment/services.go';

function meshDeployments(mesh: LintMesh): LintPod[] {
  return mesh.pods.filter(
    (pod) =>
      pod.object.kind === 'Deployment' &&
      pod.object.labels['gateway.istio.io/managed'] !== 'istio.io-mesh-controller' &&
      mesh.isInMesh(pod),
  );
}

/** A Service without a selector selects nothing. */
const bySelector = listIndex<LintObject, SelectorIndex>(
  (list) =>
    new SelectorIndex(
      list.map(({ namespace, value }) => {
        const labels = textMapAt(value, 'spec', 'selector');
        return Object.keys(labels).length === 0 ? null : { namespace, labels };
      }),
    ),
);

function servicesBefore(mesh: LintMesh, pod: LintPod): readonly LintObject[] {
  const { services } = mesh;
  const found = bySelector(services).metBy(pod.namespace, pod.labels);
  return latestVersions(found.map((position) => services[position]!));
}

export const multipleServices: Rule = {
  code: 'ST1116',
  alias: 'IST0116',
  name: 'DeploymentAssociatedToMultipleServices',
  title: 'one port of a Deployment with two protocols',
  severity: 'warning',
  why: 'Several Services offer the same port with different transport protocols; the sidecar can speak one of them.',
  help: 'give the Services ports of their own',
  source: SOURCE,
  check(mesh, report) {
    for (const pod of meshDeployments(mesh)) {
      const byPort = new Map<number, Map<string, string[]>>();
      for (const service of servicesBefore(mesh, pod)) {
        for (const port of listAt(service.value, 'spec', 'ports')) {
          const number = numberAt(port, 'port') ?? 0;
          const protocols = byPort.get(number) ?? new Map<string, string[]>();
          byPort.set(number, protocols);
          const protocol = textAt(port, 'protocol') ?? 'TCP';
          protocols.set(protocol, [...(protocols.get(protocol) ?? []), service.name]);
        }
      }
      for (const [number, protocols] of byPort) {
        if (protocols.size < 2) continue;
        const names = [...protocols.values()].flat().sort();
        report(
          pod.object,
          ['metadata', 'name'],
          `port ${number} has the protocols ${[...protocols.keys()].sort().join(', ')} in the Services ${names.join(', ')}`,
        );
      }
    }
  },
};

export const conflictingPorts: Rule = {
  code: 'ST1137',
  alias: 'IST0137',
  name: 'DeploymentConflictingPorts',
  title: 'one target port of a Deployment behind several Service ports',
  severity: 'warning',
  why: 'Several Service ports lead to the same container port; the server’s sidecar has one listener for it, with the settings of one of the ports.',
  help: 'use one port number for the target port in all Services',
  source: SOURCE,
  check(mesh, report) {
    for (const pod of meshDeployments(mesh)) {
      const byTarget = new Map<string, Map<number, string>>();
      for (const service of servicesBefore(mesh, pod)) {
        for (const port of listAt(service.value, 'spec', 'ports')) {
          const number = numberAt(port, 'port') ?? 0;
          const written = dig(port, 'targetPort');
          const target =
            written === undefined || written === null || written === 0 || written === '' ? number : written;
          const ports = byTarget.get(String(target)) ?? new Map<number, string>();
          byTarget.set(String(target), ports);
          ports.set(number, service.name);
        }
      }
      for (const [target, ports] of byTarget) {
        if (ports.size < 2) continue;
        const names = [...ports.values()].sort().join(', ');
        const numbers = [...ports.keys()].sort((a, b) => a - b).join(', ');
        report(
          pod.object,
          ['metadata', 'name'],
          `the ports ${numbers} of the Services ${names} all lead to the target port ${target}`,
        );
      }
    }
  },
};
