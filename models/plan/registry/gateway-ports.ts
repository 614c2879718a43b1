// The ports of a gateway's pods: a connection to a port of its Service comes out at the targetPort, and the server of a Gateway that has the
// Service's port listens there. istio: pilot/pkg/model/gateway.go (mergeGateways, resolvePorts).
import { INGRESS_PORTS } from './assumed-gateways.js';
import type { Registry } from './registry.js';
import type { Workload } from './workload.js';

export class GatewayPorts {
  private readonly known = new Map<Workload, ReadonlyMap<number, number>>();

  constructor(private readonly registry: Registry) {}

  /** The port of a gateway's pods behind a port of its Services; null where none of them has such a port. */
  targetOf(workload: Workload, port: number): number | null {
    const known = this.known.get(workload) ?? this.targetsOf(workload);
    this.known.set(workload, known);
    if (workload.pod === null && known.size === 0) return INGRESS_PORTS.get(port) ?? null;
    return known.get(port) ?? null;
  }

  /** The port on which a Gateway's server of this number listens: behind the first Service with the port, else the number itself. */
  listens(workload: Workload, serverPort: number): number {
    return this.targetOf(workload, serverPort) ?? serverPort;
  }

  /** By the ports of the Services; of several Services with one port the first counts. */
  private targetsOf(workload: Workload): ReadonlyMap<number, number> {
    const targets = new Map<number, number>();
    for (const service of this.registry.behind(workload)) {
      for (const { number, target } of service.ports) {
        const found = typeof target === 'number' ? target : namedPort(workload, target);
        if (found !== null && !targets.has(number)) targets.set(number, found);
      }
    }
    return targets;
  }
}

function namedPort({ pod }: Workload, name: string): number | null {
  const ports = pod?.containers.flatMap((container) => container.ports) ?? [];
  return ports.find((candidate) => candidate.name === name)?.containerPort ?? null;
}
