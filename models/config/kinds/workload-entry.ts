// WorkloadEntry: one endpoint outside of Kubernetes (istio api: networking/v1alpha3/workload_entry.proto; istio:
// pkg/config/validation/validation.go validateWorkloadEntry). Labels of the metadata come before those of the spec
// (pilot/pkg/serviceregistry/serviceentry/conversion.go ConvertWorkloadEntry).
import { domainProblem, isDnsLabel, isIpAddress } from '../names.js';
import type { Place } from '../place.js';
import { mapped, type Schema } from '../schema.js';
import type { KindContext } from './kind.js';
import { endpoint, type ServiceEntryEndpoint } from './service-entry.js';

export type WorkloadEntrySpec = ServiceEntryEndpoint;

export function workloadEntrySchema(context: KindContext): Schema<WorkloadEntrySpec> {
  return mapped(endpoint, (found, place) => {
    checkAddress(found, place);
    for (const name of Object.keys(found.ports)) {
      if (!isDnsLabel(name))
        place.down('ports', name).rejectedByIstio(`"${name}" is not a name for a port`, 'use letters, digits and "-"');
    }
    return { ...found, labels: { ...found.labels, ...context.labels } };
  });
}

function checkAddress({ address, network, ports }: WorkloadEntrySpec, place: Place): void {
  const at = place.child('address');
  if (address === '') {
    if (network === '') at.rejectedByIstio('the entry needs an address', 'add address');
  } else if (address.startsWith('unix://')) {
    if (Object.keys(ports).length > 0)
      place.child('ports').rejectedByIstio('a Unix socket has no ports', 'delete ports');
    at.notModelled('a Unix socket is simulated as an endpoint on the network');
  } else if (!isIpAddress(address) && domainProblem(address) !== null) {
    at.rejectedByIstio(`"${address}" is no host name or IP address`, 'correct it');
  }
}
