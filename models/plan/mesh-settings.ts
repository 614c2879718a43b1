// The settings of the mesh as a whole, with Istio's defaults filled in (istio: pkg/config/mesh/mesh.go).
import { ROOT_NAMESPACE } from './visibility.js';

export interface MeshSettings {
  /** Namespace of the mesh-wide policies. */
  readonly rootNamespace: string;
  readonly enableAutoMtls: boolean;
}

export const DEFAULT_MESH: MeshSettings = {
  rootNamespace: ROOT_NAMESPACE,
  enableAutoMtls: true,
};
