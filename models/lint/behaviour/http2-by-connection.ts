// ST2220: HTTP/2 that nobody balances by request.
import { hostCount } from '../../plan/contract/arrivals.js';
import { servicePortProtocol } from '../../plan/terms/protocol.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, numberAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { boundsText, replicaBounds } from './policies.js';
import { asksForWaypoint } from './waypoint.js';

export const http2ByConnection: Rule = {
  code: 'ST2220',
  name: 'Http2ByConnection',
  title: 'HTTP/2 that is balanced by connection',
  severity: 'warning',
  why: 'HTTP/2 and gRPC clients keep one connection for all of their calls. Without a proxy that reads HTTP between them and the pods (kube-proxy alone, or ztunnel without a waypoint) the pod is chosen once for the connection: a client loads one pod, and pods that are added get nothing.',
  help: 'give the Service a waypoint or its callers sidecars, or let the clients balance themselves (a headless Service)',
  source: 'kubernetes: pkg/proxy/iptables/proxier.go; ztunnel: src/proxy/outbound.rs (an endpoint for each connection)',
  check(mesh, report) {
    for (const service of mesh.services) {
      const hit = ambientPods(mesh, service);
      if (hit === null) continue;
      listAt(service.value, 'spec', 'ports').forEach((port, index) => {
        const number = numberAt(port, 'port') ?? 0;
        const protocol = servicePortProtocol(textAt(port, 'name') ?? '', textAt(port, 'appProtocol'), number, 'TCP');
        if (protocol !== 'http2' && protocol !== 'grpc') return;
        report(
          service,
          ['spec', 'ports', index],
          `ztunnel chooses one of ${hit} pods for each connection, and there is no waypoint to choose for each request`,
        );
      });
    }
    byPlan(mesh, (cluster, text) => {
      report.at(cluster, text);
    });
  },
};

/** How many ambient pods a Service without a waypoint has; null where there are none, or one alone. */
function ambientPods(mesh: LintMesh, service: LintObject): string | null {
  if (textAt(service.value, 'spec', 'clusterIP') === 'None' || asksForWaypoint(mesh, service)) return null;
  const pods = mesh.podsBehind(service);
  if (pods.length === 0 || !pods.every((pod) => mesh.isLabelledAmbient(pod))) return null;
  const bounds = pods.map((pod) => replicaBounds(mesh, pod) ?? { min: 1, max: 1 });
  const all = bounds.reduce((sum, { min, max }) => ({ min: sum.min + min, max: sum.max + max }), { min: 0, max: 0 });
  return all.max < 2 ? null : boundsText(all);
}

/** Calls of the scenario by callers outside the mesh. */
function byPlan(
  mesh: LintMesh,
  tell: (position: Parameters<Parameters<Rule['check']>[1]['at']>[0], text: string) => void,
): void {
  const { plan, traffic } = mesh;
  if (plan === null || traffic === null) return;
  for (const { caller, cluster } of traffic.flows) {
    const from = plan.workloads[caller]!;
    const target = plan.clusters[cluster]!;
    const pods = hostCount(plan, target);
    if (from.kind !== 'app' || from.proxy !== null || from.ztunnel !== null) continue;
    if (target.protocol !== 'http2' || pods < 2 || !target.perConnection) continue;
    tell(
      target.position,
      `${from.name} has no sidecar: each of its connections to ${target.host} stays with one of ${pods} pods`,
    );
  }
}
