// The clusters of the plan, each once: one per distinct name, policy and endpoints, in the order in which they are met; and who wrote their policies.

import type { ClusterPlan, EndpointTlsPlan, PassagePlan } from '../contract/plan.js';
import type { ClusterSources, FieldSource } from '../contract/sources.js';
import { policySource } from '../filters/deciding-source.js';
import type { LinkerdReach } from '../linkerd/reach.js';
import type { NetworkReach } from '../network-policy/network-reach.js';
import type { Workload } from '../registry/workload.js';
import type { Target } from '../routes/route-decision.js';
import type { Localities } from '../terms/locality.js';
import type { Numbering } from '../terms/numbering.js';
import { portOf } from '../tls/cluster-tls.js';
import type { PeerAuthentications } from '../tls/peer-authentication.js';
import { type LocalityRule, localityViews } from './locality-lb.js';

/** A cluster and the workloads behind it, aligned with its groups. */
export interface ClusterRef {
  readonly index: number;
  readonly name: string;
  readonly groups: readonly Workload[];
  /** By group: what a gateway of another network chooses from, null where none is in between. Absent: nowhere. */
  readonly beyond?: readonly (ClusterRef | null)[];
}

/** A group of endpoints to be; those behind a gateway of another network are found at the locality of its passage. */
export interface Member {
  readonly workload: Workload;
  readonly weight: number;
  readonly passage?: PassagePlan;
  readonly labels?: Workload['labels'];
  readonly beyond?: ClusterRef;
}

/** Whose proxy looks; absent: that of nobody who is looked at. */
interface Client {
  readonly workload?: Workload;
}

export class ClusterPool {
  readonly plans: ClusterPlan[] = [];
  /** Aligned with the plans. */
  readonly sources: ClusterSources[] = [];
  private readonly numbers = new Map<string, number>();
  /** By cluster: how its endpoints are ranked by where they are, and who they are. */
  private readonly ranked = new Map<number, { readonly rule: LocalityRule; readonly members: readonly Member[] }>();

  constructor(
    private readonly podLocalities: (workload: Workload) => readonly number[],
    private readonly localities: Localities,
    private readonly peers: PeerAuthentications,
    private readonly reach: NetworkReach,
    private readonly linkerdReach: LinkerdReach,
    private readonly numbering: Numbering,
  ) {}

  /** @param sources asked for once for each cluster; what is unreachable of it is found here */
  intern(
    target: Target,
    client: Client,
    members: readonly Member[],
    wished: Omit<ClusterPlan, 'groups'>,
    sources: () => ClusterSources,
    ranks: LocalityRule | null = null,
  ): ClusterRef {
    const groups = members.map(({ workload, weight, passage }) => ({
      workload: workload.index,
      weight,
      ...(passage === undefined ? {} : { passage }),
    }));
    const { workload } = client;
    const reached = this.linkerdReach.reached(wished, target, workload, members);
    const { name, host, port, subset, ...policies } = this.reach.reached(reached, target, workload, members);
    const plan: ClusterPlan = { name, host, port, subset, groups, ...policies };
    const key = JSON.stringify([plan, ranks]);
    // Clients that see a cluster alike share its number. Where a later version tells them apart, the first of them keeps the number.
    const seen = `${plan.name} ${workload?.index ?? ''}`;
    const known = this.numbers.get(key);
    const index = known ?? this.numbering.clusters.oneOf(seen, (number) => this.plans[number] !== undefined);
    if (known === undefined) {
      this.numbers.set(key, index);
      this.plans[index] = plan;
      const own = sources();
      this.sources[index] = { ...own, unreachable: this.unreachable(plan, target, client, members, own.tls) };
      if (ranks !== null) this.ranked.set(index, { rule: ranks, members });
    } else this.numbering.clusters.alias(seen, index);
    return {
      index,
      name: plan.name,
      groups: members.map((member) => member.workload),
      ...(members.some(({ beyond }) => beyond !== undefined)
        ? { beyond: members.map(({ beyond }) => beyond ?? null) }
        : {}),
    };
  }

  /** By group: who lets connections to it fail. What a gateway between networks does is nobody's. */
  private unreachable(
    plan: ClusterPlan,
    target: Target,
    { workload: client }: Client,
    members: readonly Member[],
    tls: FieldSource | null,
  ): (readonly FieldSource[])[] {
    return members.map(({ workload, passage }, group) => {
      const way = plan.endpointTls?.[group] ?? plan;
      return passage !== undefined || client === undefined ? [] : this.failing(way, target, client, workload, tls);
    });
  }

  private failing(
    { reachable, tls: way }: EndpointTlsPlan,
    target: Target,
    client: Workload,
    server: Workload,
    tls: FieldSource | null,
  ): readonly FieldSource[] {
    switch (reachable) {
      case 'yes':
        return [];
      case 'dropped': {
        const decision = this.reach.dropping(client, server, target);
        return (decision?.policies ?? []).map((policy) => policySource(policy, 'network-policy'));
      }
      case 'denied':
        return this.linkerdReach.sources(target, client, server, way.mode === 'mtls');
      case 'reset':
      case 'tls-failure': {
        const port = target.service?.ports.find(({ number }) => number === target.port);
        const mode = port === undefined ? null : this.peers.sourceOf(server, portOf(server, port));
        return [mode, tls].filter((source) => source !== null);
      }
    }
  }

  /** The clusters, with their endpoints ranked by the localities of callers; asked for when all pods have their places. */
  finished(): readonly ClusterPlan[] {
    return this.plans.map((plan, index) => {
      const ranked = this.ranked.get(index);
      if (ranked === undefined) return plan;
      const groups = ranked.members.map(({ workload, weight, labels, passage }) => ({
        labels: labels ?? workload.labels,
        weight,
        localities: passage === undefined ? this.podLocalities(workload) : [passage.locality],
      }));
      const views = localityViews(ranked.rule, groups, this.localities.all);
      return views.every((view) => view === null) ? plan : { ...plan, localityViews: views };
    });
  }
}
