// ST2705: routes of a gateway to a Service with a waypoint, which gateways go past unless they are told.
import type { FieldPath } from '../../config/resource.js';
import { nameOfHost } from '../hosts.js';
import { GATEWAY_API, type LintMesh, SECURITY, TELEMETRY } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, textAt, textsAt } from '../plain-access.js';
import { destinationsOf } from '../routes.js';
import type { Rule } from '../rule.js';
import { isIngressOfIstio, targetsOf } from './authorization.js';
import { waypointOf } from './waypoint.js';

const INGRESS_USE_WAYPOINT = 'istio.io/ingress-use-waypoint';

export const waypointPassedBy: Rule = {
  code: 'ST2705',
  name: 'WaypointPassedBy',
  title: 'a gateway that goes past a waypoint',
  severity: 'warning',
  why: 'Requests from inside the mesh go through the waypoint of a Service; those of a gateway go straight to its pods. Whatever is enforced at the waypoint (policies, routes of the Service) does not hold for requests from outside.',
  help: 'label the Service or its namespace istio.io/ingress-use-waypoint=true, or set the same policy at the gateway',
  source:
    'istio: pilot/pkg/networking/core/listener_waypoint.go (findServiceWaypoint), pilot/pkg/serviceregistry/ambient/services.go (ingressUseWaypointFromLabels)',
  check(mesh, report) {
    const told = new Set<string>();
    for (const { object, path, service } of ingressRoutes(mesh)) {
      const waypoint = waypointOf(mesh, service);
      const key = `${object.title} ${service.title}`;
      if (waypoint === null || told.has(key) || isAskedFor(mesh, service)) continue;
      const lost = enforcedAt(mesh, waypoint, service);
      if (lost === null) continue;
      told.add(key);
      report(
        object,
        path,
        `requests go to ${service.title} past the waypoint ${waypoint.name}, where ${lost.title} holds`,
      );
    }
  },
};

interface IngressRoute {
  readonly object: LintObject;
  readonly path: FieldPath;
  readonly service: LintObject;
}

function ingressRoutes(mesh: LintMesh): IngressRoute[] {
  const services = new Map(
    mesh.services.map((service) => [`${service.namespace || 'default'}/${service.name}`, service]),
  );
  const found: IngressRoute[] = [];
  for (const object of mesh.virtualServices) {
    if (textsAt(object.value, 'spec', 'gateways').every((name) => name === 'mesh')) continue;
    for (const { host, isMirror, path } of destinationsOf(object)) {
      const service = services.get(nameOfHost(host, object.namespace));
      if (service !== undefined && !isMirror) found.push({ object, path, service });
    }
  }
  for (const kind of ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute']) {
    for (const object of mesh.all(GATEWAY_API, kind)) {
      if (!listAt(object.value, 'spec', 'parentRefs').some((ref) => isGatewayRef(mesh, object, ref))) continue;
      listAt(object.value, 'spec', 'rules').forEach((rule, index) => {
        listAt(rule, 'backendRefs').forEach((ref, at) => {
          const namespace = (textAt(ref, 'namespace') ?? object.namespace) || 'default';
          const service = services.get(`${namespace}/${textAt(ref, 'name') ?? ''}`);
          const isService = (textAt(ref, 'kind') ?? 'Service') === 'Service';
          if (service !== undefined && isService)
            found.push({ object, path: ['spec', 'rules', index, 'backendRefs', at], service });
        });
      });
    }
  }
  return found;
}

function isGatewayRef(mesh: LintMesh, route: LintObject, ref: Parameters<typeof textAt>[0]): boolean {
  if ((textAt(ref, 'kind') ?? 'Gateway') !== 'Gateway') return false;
  const namespace = textAt(ref, 'namespace') ?? route.namespace;
  const gateway = mesh
    .all(GATEWAY_API, 'Gateway')
    .find((one) => one.namespace === namespace && one.name === textAt(ref, 'name'));
  return gateway !== undefined && isIngressOfIstio(mesh, gateway);
}

/** The label of the Service, else that of its namespace. */
function isAskedFor(mesh: LintMesh, service: LintObject): boolean {
  const label = service.labels[INGRESS_USE_WAYPOINT] ?? mesh.namespace(service.namespace)?.labels[INGRESS_USE_WAYPOINT];
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(label ?? '');
}

/** Something that holds at the waypoint for this Service; null where nothing is lost by going past. */
function enforcedAt(mesh: LintMesh, waypoint: LintObject, service: LintObject): LintObject | null {
  const policies = [
    ...mesh.all(SECURITY, 'AuthorizationPolicy'),
    ...mesh.all(SECURITY, 'RequestAuthentication'),
    ...mesh.all('extensions.istio.io', 'WasmPlugin'),
    ...mesh.all(TELEMETRY, 'Telemetry'),
  ];
  const policy = policies.find((object) =>
    targetsOf(object).some(
      ({ kind, name }) =>
        (kind === 'Service' && name === service.name && object.namespace === service.namespace) ||
        (kind === 'Gateway' && name === waypoint.name && object.namespace === waypoint.namespace),
    ),
  );
  return policy ?? routeOf(mesh, service);
}

/** Routes of the Service for callers inside the mesh. */
function routeOf(mesh: LintMesh, service: LintObject): LintObject | null {
  const own = `${service.namespace || 'default'}/${service.name}`;
  const virtualService = mesh.virtualServices.find(({ value, namespace }) => {
    const gateways = textsAt(value, 'spec', 'gateways');
    const isInside = gateways.length === 0 || gateways.includes('mesh');
    return isInside && textsAt(value, 'spec', 'hosts').some((host) => nameOfHost(host, namespace) === own);
  });
  const route = mesh
    .all(GATEWAY_API, 'HTTPRoute')
    .find(
      ({ value, namespace }) =>
        namespace === service.namespace &&
        listAt(value, 'spec', 'parentRefs').some(
          (ref) => textAt(ref, 'kind') === 'Service' && textAt(ref, 'name') === service.name,
        ),
    );
  return virtualService ?? route ?? null;
}
