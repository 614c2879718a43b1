// ST2406: a certificate that is renewed as soon as it is made, or a wish that is ignored.
import { formatDuration } from '../../config/duration.js';
import { durationNsAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const DEFAULT_NS = 2160 * 3600 * 1e9;

export const renewsNever: Rule = {
  code: 'ST2406',
  name: 'IgnoredRenewal',
  title: 'renewBefore as long as the certificate lasts',
  severity: 'warning',
  why: 'renewBefore counts only where it is shorter than the life of the certificate. Else cert-manager renews after two thirds of it, which may be later than was meant.',
  help: 'set renewBefore to a third of duration, or leave it out',
  source: 'cert-manager: pkg/util/pki/renewaltime.go',
  check(mesh, report) {
    for (const certificate of mesh.all('cert-manager.io', 'Certificate')) {
      const before = durationNsAt(certificate.value, 'spec', 'renewBefore');
      const lasts = durationNsAt(certificate.value, 'spec', 'duration') ?? DEFAULT_NS;
      if (before === null || before < lasts) continue;
      report(
        certificate,
        ['spec', 'renewBefore'],
        `renewBefore ${formatDuration(before)} is not shorter than the ${formatDuration(lasts)} that it lasts: it is ignored`,
      );
    }
  },
};
