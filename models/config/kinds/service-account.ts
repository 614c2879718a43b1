// ServiceAccount: the identity of a workload is its name (kubernetes: staging/src/k8s.io/api/core/v1/types.go ServiceAccount).
import { inert } from '../schema.js';
import { metadataKind } from './kind.js';

/** A ServiceAccount is known by its name and namespace; its body (tokens, pull secrets) does not reach the mesh. */
export type ServiceAccountSpec = Readonly<Record<never, never>>;

export const serviceAccountKind = metadataKind(
  'ServiceAccount',
  true,
  inert('secrets', 'imagePullSecrets', 'automountServiceAccountToken'),
);
