// A cluster in ambient mode for tests: a client and two versions of web, and documents that give it a waypoint.
import { deployment, namespace, service } from './plan/support.js';

export const AMBIENT = 'istio.io/dataplane-mode: ambient';

/** A Gateway of class istio-waypoint. */
export function waypoint(name: string, inNamespace: string, more: { labels?: string; allowed?: string } = {}): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: ${inNamespace}, labels: { ${more.labels ?? ''} } }
spec:
  gatewayClassName: istio-waypoint
  listeners: [{ name: mesh, port: 15008, protocol: HBONE${more.allowed === undefined ? '' : `, allowedRoutes: ${more.allowed}`} }]
`;
}

/** A Service `web` in b with these labels. */
export function labelledService(
  labels: string,
  ports = '{ name: http, port: 80, targetPort: 8080 }',
  more = '',
): string {
  return `apiVersion: v1
kind: Service
metadata: { name: web, namespace: b, labels: { ${labels} } }
spec: { selector: { app: web }, ports: [${ports}]${more} }
`;
}

/** Namespaces a (client) and b (web v1 and v2, two pods each), both ambient; `web` with the labels given. */
export function ambientCluster(serviceLabels = '', ...documents: readonly string[]): string {
  return [
    namespace('a', AMBIENT),
    namespace('b', AMBIENT),
    deployment('client', 'a', { app: 'client' }, 1),
    deployment('web-v1', 'b', { app: 'web', version: 'v1' }, 2),
    deployment('web-v2', 'b', { app: 'web', version: 'v2' }, 2),
    deployment('other', 'b', { app: 'other' }, 1),
    labelledService(serviceLabels),
    service('other', 'b', ['{ name: http, port: 80 }']),
    ...documents,
  ].join('---\n');
}

export const USES_WAYPOINT = 'istio.io/use-waypoint: waypoint';
