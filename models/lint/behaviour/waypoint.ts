// The waypoint of a Service as its labels say (istio: pilot/pkg/serviceregistry/ambient/waypoints.go, fetchWaypointForTarget).
import { GATEWAY_API, type LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { textAt } from '../plain-access.js';

const USE_WAYPOINT = 'istio.io/use-waypoint';
const USE_WAYPOINT_NAMESPACE = 'istio.io/use-waypoint-namespace';
const WAYPOINT_FOR = 'istio.io/waypoint-for';

/** Whether the Service, or its namespace, names a waypoint, be that in the input or not. */
export function asksForWaypoint(mesh: LintMesh, service: LintObject): boolean {
  const { name } = wishOf(mesh, service);
  return name !== '' && name !== 'none';
}

/** The Gateway that the Service has for a waypoint; null where there is none in the input, or it is not for Services. */
export function waypointOf(mesh: LintMesh, service: LintObject): LintObject | null {
  const { name, namespace } = wishOf(mesh, service);
  if (name === '' || name === 'none') return null;
  const gateway = mesh
    .all(GATEWAY_API, 'Gateway')
    .find(
      (one) =>
        one.name === name &&
        one.namespace === namespace &&
        textAt(one.value, 'spec', 'gatewayClassName') === 'istio-waypoint',
    );
  const wanted = gateway?.labels[WAYPOINT_FOR] ?? 'service';
  return gateway === undefined || (wanted !== 'service' && wanted !== 'all') ? null : gateway;
}

function wishOf(mesh: LintMesh, service: LintObject): { readonly name: string; readonly namespace: string } {
  const own =
    service.labels[USE_WAYPOINT] === undefined ? (mesh.namespace(service.namespace)?.labels ?? {}) : service.labels;
  return { name: own[USE_WAYPOINT] ?? '', namespace: own[USE_WAYPOINT_NAMESPACE] ?? service.namespace };
}
