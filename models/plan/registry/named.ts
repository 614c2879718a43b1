// What the scenario means by a name: one service, or the workloads of one namespace. Names that do not exist, or that mean several, are errors.
import type { Named } from '../settings/timeline-input.js';
import type { Findings } from '../terms/findings.js';
import { suggestion } from '../terms/nearest.js';
import type { Registry } from './registry.js';
import type { Service } from './service.js';
import type { Workload, Workloads } from './workload.js';

/** The service of a name, those of Kubernetes before hosts of ServiceEntries; null, with an error, where there is none or more than one. */
export function oneService(named: Named, registry: Registry, findings: Findings): Service | null {
  const found = registry.named(named.name);
  const kubernetes = found.filter((service) => service.source === 'kubernetes');
  const candidates = kubernetes.length > 0 ? kubernetes : found;
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length === 0) {
    noService(named, registry, findings);
  } else {
    const names = candidates.map((service) => `${service.name}.${service.namespace}`);
    findings.error(
      'ambiguous-name',
      named.at,
      `${named.name} means several services: ${names.join(', ')}`,
      `write one of them with its namespace, e.g. ${names[0]}`,
    );
  }
  return null;
}

export function noService({ name, at }: Named, registry: Registry, findings: Findings): void {
  findings.error('service-not-found', at, `no service is named ${name}`, suggestion(name, registry.knownNames()));
}

/** All workloads of the name in one namespace (a Deployment and a StatefulSet may share it); none, with an error, where that cannot be said. */
export function namedWorkloads(named: Named, workloads: Workloads, findings: Findings): readonly Workload[] {
  const found = workloads.named(named.name).filter(isNoClient);
  if (found.length === 0) {
    findings.error(
      'workload-not-found',
      named.at,
      `no workload is named ${named.name}`,
      suggestion(named.name, workloadNames(workloads)),
    );
    return [];
  }
  const namespaces = [...new Set(found.map((workload) => workload.namespace))];
  if (namespaces.length === 1) return found;
  findings.error(
    'ambiguous-name',
    named.at,
    `${named.name} means workloads in several namespaces: ${namespaces.join(', ')}`,
    `write ${named.name}.${namespaces[0]}`,
  );
  return [];
}

export function workloadNames(workloads: Workloads): string[] {
  return workloads.all
    .filter(isNoClient)
    .map(({ name, namespace }) => (namespace === '' ? name : `${name}.${namespace}`));
}

/** Clients outside the mesh are called by the names of their traffic. */
function isNoClient({ kind }: Workload): boolean {
  return kind !== 'client';
}
