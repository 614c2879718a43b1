// One input of the control plane's kind: a mesh, calls into it, and what becomes of them, with the source that says so.
import type { ScenarioSpec } from '../../../scenarios/library.js';

export interface Case {
  readonly title: string;
  /** Why this is right, and the original source. */
  readonly why: string;
  readonly mesh: readonly string[];
  /** Calls by name. */
  readonly traffic: readonly {
    readonly name: string;
    readonly from?: string;
    readonly to: string;
    readonly path?: string;
  }[];
  readonly scenario?: Pick<ScenarioSpec, 'zones' | 'network' | 'services'>;
  readonly istioVersion?: string;
  /** The one answer that all calls of a name get, as its client sees it. */
  readonly answers: Readonly<Record<string, string>>;
  /** All services, hosts and gateways that requests arrive at. */
  readonly called: readonly string[];
  /** The warnings, in any order. */
  readonly says: readonly RegExp[];
}

export const namespace = (name: string, labels = 'istio-injection: enabled'): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { ${labels} } }\n`;

/** A Deployment of one pod and its Service on port 80, which its pods serve at 8080. */
export const app = (name: string, inNamespace: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${inNamespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: app, image: app }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${inNamespace} ${more} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
`;

/** Any object of Istio, with `spec` in flow style; `metadata` goes on after the name and the namespace. */
export const istio = (kind: string, name: string, inNamespace: string, spec: string, metadata = ''): string =>
  `apiVersion: ${kind === 'AuthorizationPolicy' ? 'security' : 'networking'}.istio.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${inNamespace}${metadata === '' ? '' : `, ${metadata}`} }
spec: ${spec}
`;

export const meshConfig = (text: string, name = 'istio'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: istio-system }\ndata:\n  mesh: |-\n    ${text}\n`;

export const created = (year: number): string => `creationTimestamp: "${year}-01-01T00:00:00Z"`;
