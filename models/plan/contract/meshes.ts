// Whose proxies play a part in a plan: what reports call the mesh.
import { MESHES, type Mesh, type MeshPlan } from './plan.js';

/** None, one or both, in the order of MESHES. */
export function meshesOf({ workloads }: Pick<MeshPlan, 'workloads'>): readonly Mesh[] {
  return MESHES.filter((mesh) => workloads.some(({ proxy }) => proxy?.product === mesh));
}

/** Whether anything in a plan goes by the defaults of a release of Istio: its proxies, and gateways of others that are simulated with them. */
export function hasIstioDefaults({ workloads }: Pick<MeshPlan, 'workloads'>): boolean {
  return workloads.some(({ proxy }) => proxy !== null && proxy.product !== 'linkerd');
}
