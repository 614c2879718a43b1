// ST1128 and ST1129: TLS that does not check who answers (istio: pkg/config/analysis/analyzers/destinationrule/ca-certificates.go).

import type { PlainValue } from '../../config/document.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { dig, listAt, mapAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const SOURCE = 'istio: pkg/config/analysis/analyzers/destinationrule/ca-certificates.go';
const WHY =
  'Before Istio 1.21 a proxy without CA certificates takes any certificate: traffic is encrypted to whoever answers. Later releases check against those of the operating system, and nothing is said. (`credentialName` brings the CA with it, on rules with a workloadSelector and at gateways.)';

/** The first release that checks against the CA certificates of the operating system where none are named (istio: release notes of 1.21). */
const CHECKS_SINCE_MINOR = 21;

function rulesIn({ minor, destinationRules }: LintMesh): readonly LintObject[] {
  return minor < CHECKS_SINCE_MINOR ? destinationRules : [];
}

/** The mode, where a block of TLS has no way to check the server. */
function uncheckedMode(rule: LintObject, tls: PlainValue | undefined): string | null {
  const mode = textAt(tls, 'mode');
  if (mode !== 'SIMPLE' && mode !== 'MUTUAL') return null;
  const byCredential =
    (textAt(tls, 'credentialName') ?? '') !== '' && mapAt(rule.value, 'spec', 'workloadSelector') !== null;
  return (textAt(tls, 'caCertificates') ?? '') === '' && !byCredential ? mode : null;
}

export const serverCertificate: Rule = {
  code: 'ST1128',
  alias: 'IST0128',
  name: 'NoServerCertificateVerificationDestinationLevel',
  title: 'TLS to a host whose certificate nobody checks',
  severity: 'warning',
  why: WHY,
  help: 'set caCertificates, e.g. /etc/ssl/certs/ca-certificates.crt, or system',
  source: SOURCE,
  check(mesh, report) {
    for (const rule of rulesIn(mesh)) {
      const mode = uncheckedMode(rule, dig(rule.value, 'spec', 'trafficPolicy', 'tls'));
      if (mode === null) continue;
      const host = textAt(rule.value, 'spec', 'host');
      report(
        rule,
        ['spec', 'trafficPolicy', 'tls', 'mode'],
        `mode ${mode} without caCertificates: the certificate of ${host} is not checked`,
      );
    }
  },
};

export const serverCertificateOfPort: Rule = {
  code: 'ST1129',
  alias: 'IST0129',
  name: 'NoServerCertificateVerificationPortLevel',
  title: 'TLS to a port whose certificate nobody checks',
  severity: 'warning',
  why: WHY,
  help: 'set caCertificates, e.g. /etc/ssl/certs/ca-certificates.crt, or system',
  source: SOURCE,
  check(mesh, report) {
    for (const rule of rulesIn(mesh)) {
      listAt(rule.value, 'spec', 'trafficPolicy', 'portLevelSettings').forEach((setting, index) => {
        const mode = uncheckedMode(rule, dig(setting, 'tls'));
        if (mode === null) return;
        const path = ['spec', 'trafficPolicy', 'portLevelSettings', index, 'tls', 'mode'];
        report(rule, path, `mode ${mode} without caCertificates: the certificate of this port is not checked`);
      });
    }
  },
};
