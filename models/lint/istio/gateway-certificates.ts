// Certificates of Gateways: ST1138 one for several (istio: pkg/config/analysis/analyzers/gateway/certificate.go), ST1907 a Secret that is not
// there (secret.go).

import { selects } from '../../plan/visibility.js';
import type { LintObject } from '../object.js';
import { listAt, mapAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { gatewayPods, gatewaySelector, isDefaultGateway } from './gateway-pods.js';

interface Certificate {
  readonly index: number;
  readonly key: string;
}

export const duplicateCertificate: Rule = {
  code: 'ST1138',
  alias: 'IST0138',
  name: 'GatewayDuplicateCertificate',
  title: 'two Gateways with one certificate',
  severity: 'warning',
  why: 'A browser with HTTP/2 uses one connection for all hosts of a certificate: requests for the host of the other Gateway come in here, and are answered with 404.',
  help: 'put the hosts into one Gateway, or give each its own certificate',
  source: 'istio: pkg/config/analysis/analyzers/gateway/certificate.go',
  check(mesh, report) {
    for (const gateway of mesh.gateways) {
      const own = certificatesOf(gateway);
      if (own.length === 0) continue;
      for (const other of mesh.gateways) {
        if (other.fullName === gateway.fullName || !selects(gatewaySelector(gateway), gatewaySelector(other))) continue;
        const keys = certificatesOf(other).map(({ key }) => key);
        const shared = own.find(({ key }) => keys.includes(key));
        if (shared === undefined) continue;
        report(
          gateway,
          ['spec', 'servers', shared.index, 'tls'],
          `the Gateway ${other.fullName} has the same certificate`,
        );
      }
    }
  },
};

/** A Secret with a certificate in it: the input holds such things. */
function holdsCertificate({ value }: LintObject): boolean {
  return (
    textAt(value, 'type') === 'kubernetes.io/tls' ||
    ['data', 'stringData'].some((field) => ['tls.crt', 'cert'].some((key) => textAt(value, field, key) !== null))
  );
}

function certificatesOf(gateway: LintObject): Certificate[] {
  return listAt(gateway.value, 'spec', 'servers').flatMap((server, index) => {
    const tls = mapAt(server, 'tls');
    const name = textAt(tls ?? undefined, 'credentialName') ?? '';
    if (name !== '') return [{ index, key: `credential ${name}` }];
    const [certificate, key] = ['serverCertificate', 'privateKey'].map(
      (field) => textAt(tls ?? undefined, field) ?? '',
    );
    return certificate === '' || key === '' ? [] : [{ index, key: `files ${certificate} ${key}` }];
  });
}

export const credentialNotFound: Rule = {
  code: 'ST1907',
  alias: 'IST0101',
  name: 'ReferencedResourceNotFound',
  title: 'a Gateway whose certificate is not there',
  severity: 'error',
  why: 'The listener is there and every TLS handshake fails. The Secret has to be in the namespace of the pods of the gateway, not in that of the Gateway.',
  help: 'put the Secret into the namespace of the pods of the gateway',
  source: 'istio: pkg/config/analysis/analyzers/gateway/secret.go',
  check(mesh, report) {
    const certificates = mesh.all('', 'Secret').filter(holdsCertificate);
    const secrets = new Set(mesh.all('', 'Secret').map(({ fullName }) => fullName));
    for (const gateway of mesh.gateways) {
      const isDefault = isDefaultGateway(mesh, gatewaySelector(gateway));
      const namespace = isDefault ? 'istio-system' : gatewayPods(mesh, gateway)[0]?.namespace;
      if (namespace === undefined || !certificates.some((secret) => secret.namespace === namespace)) continue;
      listAt(gateway.value, 'spec', 'servers').forEach((server, index) => {
        const name = textAt(server, 'tls', 'credentialName') ?? '';
        const made = mesh
          .all('cert-manager.io', 'Certificate')
          .some((object) => object.namespace === namespace && textAt(object.value, 'spec', 'secretName') === name);
        if (name === '' || made || secrets.has(`${namespace}/${name}`)) return;
        const path = ['spec', 'servers', index, 'tls', 'credentialName'];
        report(gateway, path, `there is no Secret "${name}" in the namespace ${namespace} of the gateway's pods`);
      });
    }
  },
};
