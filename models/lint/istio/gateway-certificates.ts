// Certificates of Gateways: ST1138 one for several (istio: pkg/config/analysis/analyzers/gateway/certificate.go), ST1907 a Secret that is not
// there (secret.go), ST1161 one that holds no certificate.

import type { FieldPath } from '../../config/resource.js';
import { ROOT_NAMESPACE, selects } from '../../plan/terms/visibility.js';
import type { LintMesh } from '../mesh.js';
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
    for (const { gateway, path, name, namespace, secret } of credentials(mesh)) {
      if (secret !== null || !certificates.some((other) => other.namespace === namespace)) continue;
      const isMade = mesh
        .all('cert-manager.io', 'Certificate')
        .some((object) => object.namespace === namespace && textAt(object.value, 'spec', 'secretName') === name);
      if (!isMade)
        report(gateway, path, `there is no Secret "${name}" in the namespace ${namespace} of the gateway's pods`);
    }
  },
};

export const invalidCredential: Rule = {
  code: 'ST1161',
  alias: 'IST0161',
  name: 'InvalidGatewayCredential',
  title: 'a Secret of a Gateway that holds no certificate',
  severity: 'error',
  why: 'Istio takes `tls.crt` with `tls.key`, or `cert` with `key`, and neither may be empty. From any other Secret it takes nothing, and every TLS handshake fails.',
  help: 'put the certificate under tls.crt and its key under tls.key',
  source:
    'istio: pkg/config/analysis/analyzers/gateway/secret.go; pilot/pkg/credentials/kube/secrets.go (ExtractCertInfo)',
  check(mesh, report) {
    for (const { gateway, path, secret } of credentials(mesh)) {
      const data = secret === null ? {} : { ...mapAt(secret.value, 'data'), ...mapAt(secret.value, 'stringData') };
      // A manifest without data is a place for what is filled in elsewhere.
      if (secret === null || Object.keys(data).length === 0) continue;
      const isWhole = PAIRS.some((pair) => pair.every((key) => (textAt(data, key) ?? '') !== ''));
      if (!isWhole) report(gateway, path, `the Secret ${secret.fullName} holds no certificate with its key`);
    }
  },
};

/** Keys of a certificate and of its key in a Secret. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['cert', 'key'],
  ['tls.crt', 'tls.key'],
];

interface Credential {
  readonly gateway: LintObject;
  readonly path: FieldPath;
  readonly name: string;
  /** That of the gateway's pods, where the Secret has to be. */
  readonly namespace: string;
  readonly secret: LintObject | null;
}

/** The Secrets that servers of Gateways name, where it is known in which namespace they have to be. */
function credentials(mesh: LintMesh): readonly Credential[] {
  const secrets = new Map(mesh.all('', 'Secret').map((secret) => [secret.fullName, secret]));
  return mesh.gateways.flatMap((gateway) => {
    const isDefault = isDefaultGateway(mesh, gatewaySelector(gateway));
    const namespace = isDefault ? ROOT_NAMESPACE : gatewayPods(mesh, gateway)[0]?.namespace;
    if (namespace === undefined) return [];
    return listAt(gateway.value, 'spec', 'servers').flatMap((server, index): Credential[] => {
      const name = textAt(server, 'tls', 'credentialName') ?? '';
      const path = ['spec', 'servers', index, 'tls', 'credentialName'];
      const secret = secrets.get(`${namespace}/${name}`) ?? null;
      return name === '' ? [] : [{ gateway, path, name, namespace, secret }];
    });
  });
}
