// What the user is told about callers with Linkerd's proxy.
import type { Clusters } from '../clusters/clusters.js';
import type { Workload } from '../registry/workload.js';
import type { Dial } from '../routes/dial.js';
import type { VirtualServices } from '../routes/virtual-service.js';
import type { Findings } from '../terms/findings.js';

interface Parts {
  readonly clusters: Clusters;
  readonly virtualServices: VirtualServices;
  readonly findings: Findings;
}

/** Istio's objects mean nothing to a proxy of Linkerd's. */
export function noteLinkerdCall(caller: Workload, dial: Dial, { clusters, virtualServices, findings }: Parts): void {
  findings.approximated(
    caller.resource,
    '',
    caller.position,
    "its pods have Linkerd's proxy; endpoints that the balancer cannot reach are not set aside",
  );
  if (dial.kind !== 'service') return;
  const { service } = dial;
  const owner = virtualServices.ownerFor(service.host, caller.namespace)?.resource;
  const rule = clusters.ruleFor(service, { namespace: caller.namespace, labels: caller.labels })?.resource;
  for (const resource of [owner, rule]) {
    if (resource === undefined || !resource.apiVersion.startsWith('networking.istio.io/')) continue;
    const { kind, namespace, name, source } = resource;
    findings.notModelled(
      `${kind} ${namespace}/${name}`,
      'spec',
      source.at(['spec']),
      `Linkerd does not read it: requests of ${caller.name} go without it`,
    );
  }
}
