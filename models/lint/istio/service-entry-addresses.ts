// ST1134: a ServiceEntry for TCP that has no address to be told by.
import { dig, listAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

export const serviceEntryAddresses: Rule = {
  code: 'ST1134',
  alias: 'IST0134',
  name: 'ServiceEntryAddressesRequired',
  title: 'a ServiceEntry for TCP without addresses',
  severity: 'warning',
  why: 'TCP carries no host name: without an address the proxy listens on the whole port number and takes the traffic of others.',
  help: 'add addresses, name the protocol of the port, or let the mesh allocate addresses',
  source: 'istio: pkg/config/analysis/analyzers/serviceentry/protocoladdresses.go',
  check(mesh, report) {
    const metadata = (name: string): boolean => mesh.setting('defaultConfig', 'proxyMetadata', name) === 'true';
    const isAllocated =
      metadata('ISTIO_META_DNS_CAPTURE') &&
      (metadata('ISTIO_META_DNS_AUTO_ALLOCATE') || metadata('PILOT_ENABLE_IP_AUTOALLOCATE'));
    if (isAllocated) return;
    for (const entry of mesh.serviceEntries) {
      const addresses = dig(entry.value, 'spec', 'addresses');
      if ((addresses !== undefined && addresses !== null) || listAt(entry.value, 'status', 'addresses').length > 0)
        continue;
      listAt(entry.value, 'spec', 'ports').forEach((port, index) => {
        const protocol = (textAt(port, 'protocol') ?? '').toUpperCase();
        if (protocol !== '' && protocol !== 'TCP') return;
        report(
          entry,
          ['spec', 'ports', index, 'protocol'],
          `${protocol === '' ? 'a port without a protocol' : 'a TCP port'} needs addresses`,
        );
      });
    }
  },
};
