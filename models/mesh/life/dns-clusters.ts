// Clusters whose hosts are what a name resolves to, while the timeline changes what it resolves to: each Envoy asks for itself, when its last answer has
// had its time (control-plane/dns-refresh.ts says when, and what an answer makes of the hosts). Before an entry is about a name all proxies have all
// addresses of it, and ask at times of their own. An address is a pod of what stands for the host.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { type DnsAnswer, DnsTarget, ISTIO_DNS } from '../../control-plane/dns-refresh.js';
import { S_NS } from '../../control-plane/time.js';
import type { DnsActionPlan } from '../../plan/contract/timeline-plan.js';
import { NO_CHANGE } from '../balancing/assignments.js';
import type { Clusters } from '../clusters/clusters.js';
import type { ClusterState } from '../state/cluster-state.js';
import { EVENT } from '../state/events.js';
import { LIFE, type Pod } from '../state/pod.js';

/** A name that the timeline is about. */
interface DnsName {
  readonly number: number;
  readonly workloads: readonly number[];
  readonly isLogical: boolean;
  /** Its addresses, each that of a pod, in their order. */
  readonly pods: readonly Pod[];
  /** When an entry was first about it. */
  readonly sinceNs: number;
  /** What holds now; the last one counts, and all addresses where there is none. */
  readonly actions: DnsActionPlan[];
  ttlSeconds: number;
}

/** One proxy that asks for one name. */
interface Resolver {
  readonly name: DnsName;
  readonly pod: Pod;
  readonly target: DnsTarget;
  queries: number;
}

export class DnsClusters {
  private readonly names: DnsName[] = [];
  private readonly resolvers: Resolver[] = [];
  private readonly byProxy = new Map<string, Resolver>();
  private readonly draws: Draws;

  /** @param podsOf by workload: the pods that are there */
  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly clusters: Clusters,
    private readonly podsOf: readonly (readonly Pod[])[],
  ) {
    this.draws = new Draws(seed, 'DNS');
    clusters.made = (state) => {
      for (const name of this.names) this.resolve(state, name);
    };
  }

  /** From now on the name resolves otherwise: whoever asks hears of it. */
  begin(action: DnsActionPlan): void {
    const name = this.nameOf(action);
    name.ttlSeconds = action.ttlSeconds;
    name.actions.push(action);
    for (const state of this.clusters.states) this.resolve(state, name);
  }

  end(action: DnsActionPlan): void {
    const { actions } = this.nameOf(action);
    actions.splice(actions.lastIndexOf(action), 1);
  }

  /** A proxy asks. @param number of who asks for what */
  query(number: number): void {
    const resolver = this.resolvers[number];
    const { name, pod, target } = resolver;
    if (pod.life !== LIFE.here) return;
    const { added, removed, nextQueryNs } = target.answered(
      this.calendar.nowNs,
      answerOf(name),
      this.draws.uniform((pod.key + name.number) | 0, ++resolver.queries),
    );
    const podsAt = (addresses: readonly string[]) => addresses.map((address) => name.pods[Number(address)]);
    this.hear(resolver, podsAt(added), podsAt(removed));
    this.calendar.schedule(Math.ceil(nextQueryNs), PHASE.control, EVENT.dnsQuery, number);
  }

  private hear({ name, pod }: Resolver, come: readonly Pod[], gone: readonly Pod[]): void {
    if (come.length + gone.length === 0) return;
    const changes = name.workloads.map((workload) => ({
      ...NO_CHANGE,
      workload,
      added: come.filter((one) => one.workload === workload),
      removed: gone.filter((one) => one.workload === workload),
    }));
    this.clusters.hear(pod, changes);
  }

  private nameOf({ workloads, isLogical, ttlSeconds }: DnsActionPlan): DnsName {
    const known = this.names.find((name) => name.workloads.join() === workloads.join());
    if (known !== undefined) return known;
    const name: DnsName = {
      number: this.names.length,
      workloads,
      isLogical,
      pods: workloads.flatMap((workload) => this.podsOf[workload]),
      sinceNs: this.calendar.nowNs,
      actions: [],
      ttlSeconds,
    };
    this.names.push(name);
    return name;
  }

  /** The proxy of a cluster asks for the name from now on, if the cluster is one of its, and nobody asks for that proxy yet. */
  private resolve({ caller, plan }: ClusterState, name: DnsName): void {
    const key = `${caller.id}/${name.number}`;
    if (!caller.hasProxy || caller.linkerd || plan.skipsOwnProxy) return;
    if (!plan.groups.some(({ workload }) => name.workloads.includes(workload))) return;
    const known = this.byProxy.get(key);
    if (known !== undefined) {
      // A cluster that comes later, or in the place of another, has the addresses that its proxy knows.
      const { addresses } = known.target;
      this.hear(
        known,
        [],
        name.pods.filter((_, place) => !addresses.includes(String(place))),
      );
      return;
    }
    const target = new DnsTarget({ ...ISTIO_DNS, kind: name.isLogical ? 'logical' : 'strict' });
    target.answered(this.calendar.nowNs, allOf(name), 0.5);
    const resolver = { name, pod: caller, target, queries: 0 };
    this.byProxy.set(key, resolver);
    const number = this.resolvers.push(resolver) - 1;
    // It has asked all the time: its next turn lies within the time that an answer has. A cluster that is used late may have had it by now.
    const firstNs = name.sinceNs + this.draws.uniform((caller.key + name.number) | 0, 0) * name.ttlSeconds * S_NS;
    const { nowNs } = this.calendar;
    this.calendar.schedule(Math.ceil(Math.max(nowNs, firstNs)), PHASE.control, EVENT.dnsQuery, number);
  }
}

function allOf({ pods, ttlSeconds }: DnsName): DnsAnswer {
  return { status: 'completed', records: pods.map((_, place) => ({ address: String(place), ttlSeconds })) };
}

function answerOf(name: DnsName): DnsAnswer {
  const all = allOf(name);
  const action = name.actions[name.actions.length - 1];
  if (action === undefined) return all;
  if (action.answers === 'fails') return { status: 'failed', records: [] };
  return { ...all, records: all.records.slice(0, action.answers) };
}
