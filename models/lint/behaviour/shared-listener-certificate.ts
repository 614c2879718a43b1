// ST2702: HTTPS listeners of a Gateway with different hosts and one certificate.
import { GATEWAY_API } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, numberAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { isIngressOfIstio } from './authorization.js';

export const sharedListenerCertificate: Rule = {
  code: 'ST2702',
  name: 'SharedListenerCertificate',
  title: 'listeners with different hosts and one certificate',
  severity: 'warning',
  why: 'A browser with HTTP/2 sends requests for all hosts of a certificate over one connection. The connection belongs to the listener of its first host, whose routes do not know the other one: 404. Istio does not answer 421, which would make the browser open a second connection.',
  help: 'use one listener for all hosts of the certificate, or a certificate for each listener',
  source:
    'gateway-api: apis/v1/gateway_types.go (Listener.hostname), geps/gep-3567; istio: pilot/pkg/networking/core/gateway.go (a filter chain and a route configuration for each server)',
  check(mesh, report) {
    for (const gateway of mesh.all(GATEWAY_API, 'Gateway')) {
      if (!isIngressOfIstio(mesh, gateway)) continue;
      const listeners = secured(gateway);
      listeners.forEach((listener, at) => {
        const other = listeners
          .slice(0, at)
          .find(
            ({ port, host, certificates }) =>
              port === listener.port &&
              host !== listener.host &&
              certificates.some((name) => listener.certificates.includes(name)),
          );
        if (other === undefined) return;
        report(
          gateway,
          ['spec', 'listeners', listener.index, 'tls', 'certificateRefs'],
          `"${listener.name}" (${listener.host}) has the certificate of "${other.name}" (${other.host}) on one port: requests of one come in over connections of the other, and get 404`,
        );
      });
    }
  },
};

interface Secured {
  readonly index: number;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly certificates: readonly string[];
}

/** Listeners that end TLS and speak HTTP. */
function secured(gateway: LintObject): Secured[] {
  return listAt(gateway.value, 'spec', 'listeners').flatMap((listener, index) => {
    if (textAt(listener, 'protocol') !== 'HTTPS') return [];
    const certificates = listAt(listener, 'tls', 'certificateRefs').map(
      (ref) =>
        `${textAt(ref, 'kind') ?? 'Secret'} ${textAt(ref, 'namespace') ?? gateway.namespace}/${textAt(ref, 'name') ?? ''}`,
    );
    return [
      {
        index,
        name: textAt(listener, 'name') ?? '',
        host: textAt(listener, 'hostname') ?? '*',
        port: numberAt(listener, 'port') ?? 0,
        certificates,
      },
    ];
  });
}
