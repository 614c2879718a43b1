// What connections to pods with Linkerd's proxy meet there: nothing of it on ports that skip it, an end where its policies refuse a connection that it
// does not read. linkerd: proxy-init; linkerd2-proxy: linkerd/app/inbound/src/policy/tcp.rs.
import { type ClusterPlan, type EndpointTlsPlan, wayTo } from '../contract/cluster-plan.js';
import type { FieldSource } from '../contract/sources.js';
import { podPort } from '../filters/on-the-way.js';
import { skipsProxy } from '../registry/linkerd-ports.js';
import type { Workload } from '../registry/workload.js';
import type { Target } from '../routes/route-decision.js';
import type { Findings } from '../terms/findings.js';
import type { LinkerdAuthorization, Verdict } from './authorization.js';

export class LinkerdReach {
  constructor(
    private readonly authorization: LinkerdAuthorization,
    private readonly findings: Findings,
  ) {}

  /** A cluster of a caller as its endpoints with Linkerd's proxy let it be. */
  reached<Plan extends Omit<ClusterPlan, 'groups'>>(
    plan: Plan,
    target: Target,
    client: Workload | undefined,
    servers: readonly { readonly workload: Workload }[],
  ): Plan {
    if (client === undefined || !servers.some(({ workload }) => workload.linkerd !== undefined)) return plan;
    const before = servers.map((_, group) => wayOf(plan, group));
    const ways = servers.map(({ workload }, group) => this.way(before[group]!, target, client, workload));
    if (JSON.stringify(ways) === JSON.stringify(before)) return plan;
    const [first] = ways;
    const alike = ways.every((way) => JSON.stringify(way) === JSON.stringify(first));
    return alike ? { ...plan, ...first! } : { ...plan, ...first!, endpointTls: ways };
  }

  /** Who closes the connections of a client to a server. */
  sources(target: Target, client: Workload, server: Workload, mutualTls: boolean): readonly FieldSource[] {
    const source = this.verdict(target, client, server, mutualTls)?.source ?? null;
    return source === null ? [] : [source];
  }

  private verdict(target: Target, client: Workload, server: Workload, mutualTls: boolean): Verdict | null {
    const { port } = podPort(server, target);
    const peer = { workload: client, authenticated: mutualTls && client.linkerd !== undefined };
    return this.authorization.verdict(server, peer, port, null);
  }

  private way(before: EndpointTlsPlan, target: Target, client: Workload, server: Workload): EndpointTlsPlan {
    if (server.linkerd === undefined) return before;
    const { port, opaque } = podPort(server, target);
    if (skipsProxy(server.linkerd, 'inbound', port))
      return { ...before, tls: { mode: 'none', roundTrips: 0 }, skipsProxy: true };
    if (!opaque || before.reachable !== 'yes') return before;
    const verdict = this.verdict(target, client, server, before.tls.mode === 'mtls');
    if (verdict === null || verdict.status === 0) return before;
    this.findings.warning(
      'connection-refused-by-policy',
      verdict.position,
      `${client.name}.${client.namespace} may not connect to port ${port} of ${server.resource}: ${verdict.by}; its connections are closed`,
      'name it in an AuthorizationPolicy, or give the Server another accessPolicy',
    );
    return { ...before, reachable: 'denied' };
  }
}

function wayOf(plan: Omit<ClusterPlan, 'groups'>, group: number): EndpointTlsPlan {
  const { tls, reachable, skipsProxy: skips } = wayTo(plan, group);
  return { tls, reachable, skipsProxy: skips };
}
