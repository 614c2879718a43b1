// ST2402: a certificate that is good for longer than the one that signed it.
import { formatDuration, parseDuration } from '../../config/duration.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { dig, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const CERT_MANAGER = 'cert-manager.io';
const DEFAULT_NS = 2160 * 3600 * 1e9;

export const outlivesIssuer: Rule = {
  code: 'ST2402',
  name: 'OutlivesIssuer',
  title: 'a certificate that outlives its issuer',
  severity: 'warning',
  why: 'Clients check the whole chain: when the CA ends, every certificate that it signed is worth nothing, whatever date it bears. cert-manager renews by the date of the certificate, and so too late.',
  help: 'make the duration of the CA several times that of its certificates',
  source:
    'cert-manager: pkg/apis/certmanager/v1/types_certificate.go (duration, default 2160h), pkg/util/pki/renewaltime.go',
  check(mesh, report) {
    const certificates = mesh.all(CERT_MANAGER, 'Certificate');
    for (const certificate of certificates) {
      const authority = authorityOf(mesh, certificate, certificates);
      if (authority === null || authority === certificate) continue;
      const [own, issuer] = [durationOf(certificate), durationOf(authority)];
      if (own < issuer) continue;
      report(
        certificate,
        ['spec', 'duration'],
        `it is good for ${formatDuration(own)}, and its CA ${authority.fullName} for ${formatDuration(issuer)}`,
      );
    }
  },
};

function durationOf(certificate: LintObject): number {
  return parseDuration(textAt(certificate.value, 'spec', 'duration') ?? '') ?? DEFAULT_NS;
}

/** The Certificate of the CA behind `issuerRef`, where it is made by cert-manager too. */
function authorityOf(mesh: LintMesh, certificate: LintObject, all: readonly LintObject[]): LintObject | null {
  const name = textAt(certificate.value, 'spec', 'issuerRef', 'name');
  const kind = textAt(certificate.value, 'spec', 'issuerRef', 'kind') ?? 'Issuer';
  const issuer = mesh
    .all(CERT_MANAGER, kind)
    .find((object) => object.name === name && (kind === 'ClusterIssuer' || object.namespace === certificate.namespace));
  const secret = issuer === undefined ? null : textAt(issuer.value, 'spec', 'ca', 'secretName');
  if (issuer === undefined || secret === null) return null;
  return (
    all.find(
      ({ value, namespace }) =>
        dig(value, 'spec', 'isCA') === true &&
        textAt(value, 'spec', 'secretName') === secret &&
        (kind === 'ClusterIssuer' || namespace === issuer.namespace),
    ) ?? null
  );
}
