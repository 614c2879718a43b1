// Who answers behind the name of a service: of Kubernetes, of a ServiceEntry, or a host that nobody has registered.
import { noService, oneService } from '../registry/named.js';
import type { Workload } from '../registry/workload.js';
import type { Named } from '../settings/timeline-input.js';
import { suggestion } from '../terms/nearest.js';
import type { TimelineParts } from './parts.js';

/** The workloads behind a service; null, with an error, where there is no such service, or more than one. */
export function workloadsBehind(
  service: Named,
  { registry, outside, workloads, findings }: TimelineParts,
): Workload[] | null {
  if (registry.named(service.name).length === 0) {
    const unregistered = workloads.named(service.name).filter((workload) => outside.hostOf(workload) === service.name);
    if (unregistered.length > 0) return unregistered;
    noService(service, registry, findings);
    return null;
  }
  const found = oneService(service, registry, findings);
  return found === null ? null : found.endpoints.map(({ workload }) => workload);
}

/** What answers for a host outside of the cluster; null, with an error, where nothing does, or where the host is inside. */
export function workloadsOutside(
  host: Named,
  { registry, outside, workloads, findings }: TimelineParts,
): Workload[] | null {
  const named = registry.named(host.name);
  const entries = named.filter(({ source }) => source === 'entry');
  const unregistered = workloads.named(host.name).filter((workload) => outside.hostOf(workload) === host.name);
  const found = [...entries.flatMap(({ endpoints }) => endpoints.map(({ workload }) => workload)), ...unregistered];
  if (found.length > 0) return found;
  if (entries.length === 0 && named.length > 0) {
    findings.error(
      'host-not-found',
      host.at,
      `${host.name} is a Service of the cluster, not a host outside`,
      `write \`refuse: { service: ${host.name} }\`, or \`partition: { to: service ${host.name} }\``,
    );
    return null;
  }
  const known = [
    ...registry.services.filter(({ source }) => source === 'entry').map((service) => service.host),
    ...workloads.all.flatMap((workload) => outside.hostOf(workload) ?? []),
  ];
  const problem =
    entries.length === 0 ? 'no ServiceEntry has, and nobody calls, the host' : 'nothing answers for the host';
  findings.error('host-not-found', host.at, `${problem} ${host.name}`, suggestion(host.name, known));
  return null;
}
