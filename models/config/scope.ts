// Which kinds have a namespace. Those that are read say so themselves (models/config/registry.ts); of the others the ones without a namespace are
// listed here (kubernetes: pkg/controlplane/storageversionhashdata; kubectl api-resources --namespaced=false).
import { findKind } from './registry.js';

/** The namespace of an object that names none. */
export const DEFAULT_NAMESPACE = 'default';

const WITHOUT_NAMESPACE: ReadonlySet<string> = new Set([
  'APIService',
  'CSIDriver',
  'CSINode',
  'CertificateSigningRequest',
  'ClusterPolicy',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterSecretStore',
  'ComponentStatus',
  'CustomResourceDefinition',
  'DeviceClass',
  'FlowSchema',
  'IPAddress',
  'IngressClass',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'RuntimeClass',
  'ServiceCIDR',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
  'VolumeAttributesClass',
]);

/** Whether objects of a kind live in namespaces. */
export function isNamespaced(apiVersion: string, kind: string): boolean {
  return findKind(apiVersion, kind)?.namespaced ?? !WITHOUT_NAMESPACE.has(kind);
}
