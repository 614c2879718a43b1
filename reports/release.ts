// The mesh of a run in words: whose proxies play a part; Istio's release, and that of Envoy where it is another than Istio carries.
import type { Mesh } from '../models/plan/contract/plan.js';

export interface Releases {
  readonly istioVersion: string;
  readonly envoyVersion?: string | undefined;
  readonly meshes: readonly Mesh[];
  readonly assumedMesh?: Mesh | undefined;
}

/** `Istio 1.31`, `Istio 1.31 with Envoy 1.36`, `Linkerd 2`, `Istio 1.31 and Linkerd 2`, or `no mesh`. */
export function meshText({ istioVersion, envoyVersion, meshes, assumedMesh }: Releases): string {
  if (meshes.length === 0) return 'no mesh';
  const names = {
    istio: `Istio ${istioVersion}${envoyVersion === undefined ? '' : ` with Envoy ${envoyVersion}`}`,
    linkerd: 'Linkerd 2',
  };
  // Whose proxies pods have is said where the YAML does not say it.
  return meshes.map((mesh) => `${names[mesh]}${mesh === assumedMesh ? ' (proxies assumed)' : ''}`).join(' and ');
}
