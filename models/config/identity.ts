// What sets an object of a cluster apart from all others: group, kind, namespace and name (kubernetes:
// staging/src/k8s.io/apimachinery/pkg/runtime/schema/group_version.go).
import { fieldOf, type PlainMap, type PlainValue } from './document.js';

export interface ObjectIdentity {
  /** `` for the core group. */
  readonly group: string;
  readonly kind: string;
  /** `default` where the manifest gives none; `` for kinds without namespaces. */
  readonly namespace: string;
  readonly name: string;
}

/** Kinds of the built-in and the Gateway API that have no namespace. */
const CLUSTER_KINDS = new Set([
  'APIService',
  'CertificateSigningRequest',
  'ClusterIssuer',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

/** @param apiVersion, kind those of the object, or what a list says of its items */
export function identityOf(value: PlainMap, apiVersion: string, kind: string): ObjectIdentity {
  const metadata = fieldOf(value, 'metadata');
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    kind,
    namespace: CLUSTER_KINDS.has(kind) ? '' : textOf(fieldOf(metadata, 'namespace'), 'default'),
    name: textOf(fieldOf(metadata, 'name'), ''),
  };
}

/** As the key of a map. */
export function identityKey({ group, kind, namespace, name }: ObjectIdentity): string {
  return JSON.stringify([group, kind, namespace, name]);
}

function textOf(value: PlainValue | undefined, otherwise: string): string {
  return value === undefined || value === null || value === '' ? otherwise : String(value);
}
