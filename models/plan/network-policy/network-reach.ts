// What network policies do to the connections of a caller: packets that no policy lets through are dropped, so that it waits until its connect
// time-out is over; requests that Cilium's rules for HTTP do not name are answered with 403 on the way.
// kubernetes: networking/v1 NetworkPolicy; cilium: Documentation/security/policy/{layer3,layer4,layer7}.rst.
import type { ResourceSet } from '../../config/load.js';
import { type ClusterPlan, type EndpointTlsPlan, type PassagePlan, wayTo } from '../contract/cluster-plan.js';
import type { Decision } from '../contract/decision.js';
import type { FilterPool } from '../filters/filter-pool.js';
import { podPort } from '../filters/on-the-way.js';
import type { Workload } from '../registry/workload.js';
import type { Target } from '../routes/route-decision.js';
import type { Findings } from '../terms/findings.js';
import { speaksHbone } from '../tls/cluster-tls.js';
import { type Decided, NetworkPolicies, type Verdict } from './network-policies.js';
import type { Peer } from './policy-rule.js';

/** Port of the ztunnels, and of pods that are reached through HBONE (istio: pkg/hbone). */
const HBONE_PORT = 15_008;
/** Until Linux gives up a connection: six repeated SYNs, after 1, 3, 7, 15, 31 and 63 s. */
const SYN_TIMEOUT_NS = 127_000_000_000;
const FORBIDDEN = 403;

export class NetworkReach {
  private readonly policies: NetworkPolicies;
  private readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;

  constructor(
    resources: ResourceSet,
    private readonly findings: Findings,
  ) {
    this.policies = new NetworkPolicies(resources);
    this.namespaces = new Map(resources.namespaces.map(({ name, labels }) => [name, labels]));
  }

  /** A cluster of a caller, with the connections that are dropped. */
  reached<Plan extends Omit<ClusterPlan, 'groups'>>(
    plan: Plan,
    target: Target,
    client: Workload | undefined,
    servers: readonly { readonly workload: Workload; readonly passage?: PassagePlan }[],
  ): Plan {
    if (this.policies.empty || client === undefined) return plan;
    const verdicts = servers.map(({ workload, passage }) =>
      // Policies about the addresses of gateways between networks are not looked at.
      passage === undefined ? this.decide(client, workload, target).verdict : 'allow',
    );
    if (!verdicts.includes('drop')) return plan;
    this.warn(client, target, verdicts);
    const ways = verdicts.map((verdict, group): EndpointTlsPlan => {
      const { tls, reachable, skipsProxy } = wayTo(plan, group);
      return { tls, reachable: verdict === 'drop' ? 'dropped' : reachable, skipsProxy };
    });
    const hasProxy = target.via !== 'kube-proxy' && target.via !== 'external';
    return {
      ...plan,
      ...ways[0]!,
      endpointTls: ways,
      connectTimeoutNs: hasProxy ? plan.connectTimeoutNs : SYN_TIMEOUT_NS,
    };
  }

  /** The filter that refuses a request on its way to a server; null: none does. */
  refusal(client: Workload, server: Workload, target: Target, pool: FilterPool): number | null {
    if (this.policies.empty) return null;
    const { verdict, policies } = this.decide(client, server, target);
    if (verdict !== 'forbid') return null;
    const decidedBy = { reason: 'no-http-rule', policies } as const;
    const refusal = { kind: 'rbac', cpuNs: 0, latencyNs: 0, status: FORBIDDEN, decidedBy } as const;
    return pool.number(`network policy ${server.namespace}/${server.name}`, refusal);
  }

  /** The policies that drop the packets of a connection; null: they arrive. */
  dropping(client: Workload, server: Workload, target: Target): Decision | null {
    if (this.policies.empty) return null;
    const { verdict, policies } = this.decide(client, server, target);
    return verdict === 'drop' ? { reason: 'network-policy', policies } : null;
  }

  private decide(client: Workload, server: Workload, target: Target): Decided {
    const number = this.portOf(client, server, target);
    const name = server.pod?.containers.flatMap(({ ports }) => ports).find((own) => own.containerPort === number)?.name;
    return this.policies.decide({
      client: this.peer(client),
      server: this.peer(server),
      port: { number, name: name ?? '' },
      services: target.service === null ? [] : [target.service],
      host: target.host,
      request: target.request,
    });
  }

  private portOf(client: Workload, server: Workload, target: Target): number {
    if (target.entry !== null) return target.entry.listenerPort;
    return speaksHbone(client) && speaksHbone(server) ? HBONE_PORT : podPort(server, target).port;
  }

  private peer({ kind, name, namespace, labels }: Workload): Peer {
    return {
      kind: kind === 'client' || kind === 'external' ? 'outside' : 'pod',
      name,
      namespace,
      labels,
      namespaceLabels: { 'kubernetes.io/metadata.name': namespace, ...this.namespaces.get(namespace) },
    };
  }

  private warn(client: Workload, { host, port, position }: Target, verdicts: readonly Verdict[]): void {
    const all = verdicts.every((verdict) => verdict === 'drop');
    this.findings.warning(
      'network-policy-drops',
      position,
      `network policies let ${client.name}.${client.namespace} reach ${all ? 'no pod' : 'only some pods'} of ${host}:${port}: packets to ${all ? 'them' : 'the others'} are dropped, and connections time out`,
      'the egress policies of the caller and the ingress policies of the server must both allow it',
    );
  }
}
