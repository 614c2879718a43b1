// The simulated side of changes: harm to servers is a timeline of the plan, and the proxy hears of its hosts and of another configuration when a file tells
// the real one. No istiod says anything else to it.
import { type MembersChange, NO_CHANGE } from '../../models/mesh/balancing/assignments.js';
import type { MeshSimulation } from '../../models/mesh/index.js';
import { Configurations } from '../../models/mesh/life/configurations.js';
import type { ClusterState } from '../../models/mesh/state/cluster-state.js';
import type { Endpoint } from '../../models/mesh/state/endpoint.js';
import type { Pod } from '../../models/mesh/state/pod.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { TimelineAction, TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import { type LabCase, LETTERS } from '../case.js';
import { clientOf, letterOf } from '../mesh.js';
import { type Change, type FaultChange, firstHosts, type HostsChange, inOrder } from './change.js';

const MS = 1_000_000;

/** The plan with the harm that a case does to its servers. */
export function withFaults(plan: MeshPlan, { changes = [] }: LabCase): MeshPlan {
  const { configurations } = plan;
  // The driver tells the proxy, and nobody else.
  const told = configurations === null ? plan : { ...plan, configurations: { ...configurations, changes: [] } };
  const faults = changes.flatMap((change) => (change.kind === 'fault' ? [entryOf(plan, change, change.atMs)] : []));
  if (faults.length === 0) return told;
  const istiod: TimelineEntryPlan = {
    ...ENTRY,
    name: 'no istiod',
    startsNs: [],
    durationNs: null,
    action: { kind: 'istiod', isDown: true },
  };
  return { ...told, timeline: [istiod, ...faults] };
}

const ENTRY = { position: null, rampNs: 0 };

function entryOf(plan: MeshPlan, change: FaultChange, atMs: number): TimelineEntryPlan {
  const { host, fault, forMs } = change;
  return {
    ...ENTRY,
    name: `${fault} ${host}`,
    startsNs: [atMs * MS],
    durationNs: fault === 'kill' ? 0 : forMs === undefined ? null : forMs * MS,
    action: actionOf(workloadOf(plan, host), change),
  };
}

function actionOf(workload: number, { fault }: FaultChange): TimelineAction {
  const pods = (kind: 'kill' | 'hang'): TimelineAction => ({
    kind: 'pods',
    target: { workloads: [workload], localities: null, ordinals: null, pods: { kind: 'all' } },
    fault: { kind },
  });
  switch (fault) {
    case 'kill':
    case 'hang':
      return pods(fault);
    case 'fail':
      return {
        kind: 'pods',
        target: { workloads: [workload], localities: null, ordinals: null, pods: { kind: 'all' } },
        fault: { kind: 'fail', share: 1, status: 503 },
      };
    case 'silence':
      return {
        kind: 'link',
        from: { workloads: [workload], localities: null },
        to: { workloads: null, localities: null },
        bothWays: true,
        fault: { kind: 'partition' },
      };
  }
}

function workloadOf(plan: MeshPlan, letter: string): number {
  return plan.workloads.findIndex((workload) => letterOf(workload) === letter);
}

/** Endpoints come without a question. */
const NOBODY_ASKS = (): void => {};

/** Tells the proxy of the client in a run what the assignments of a case say. */
export class Driver {
  private readonly client: Pod;
  private readonly pods = new Map<string, Pod>();
  private readonly pending: Exclude<Change, { kind: 'fault' }>[];
  private version = 0;
  private readonly configurations: Configurations;
  private known: ReadonlySet<string>;
  private unready: ReadonlySet<string> = new Set();

  constructor(
    private readonly simulation: MeshSimulation,
    plan: MeshPlan,
    lab: LabCase,
  ) {
    const { versions, clusters, drains, pods } = simulation.world;
    const { of } = pods;
    this.configurations = new Configurations(versions, clusters, drains, NOBODY_ASKS);
    this.client = of[clientOf(plan)][0];
    const letters = LETTERS.slice(0, lab.hosts.length);
    for (const letter of letters) this.pods.set(letter, of[workloadOf(plan, letter)][0]);
    this.known = new Set(letters);
    this.pending = inOrder(lab.changes ?? []).flatMap((change) => (change.kind === 'fault' ? [] : [change]));
    if (lab.absent !== undefined) {
      this.forget(lab.absent);
      this.hear(firstHosts(letters, lab.absent));
    }
  }

  /** Hosts of clusters that there are from the start, because they are checked: they have passed no check. */
  private forget(letters: string): void {
    const { clusters } = this.simulation.world;
    const pods = [...letters].map((letter) => this.pods.get(letter));
    for (const state of clusters.states) {
      state.endpoints.forEach(({ pod }, index) => {
        if (pods.includes(pod)) clusters.host(state, index).failedCheck = true;
      });
    }
  }

  /** Lets the time pass, with what the proxy hears on the way. */
  until(tNs: number): void {
    for (;;) {
      const next = this.pending.at(0);
      if (next === undefined || next.atMs * MS > tNs) break;
      this.pending.splice(0, 1);
      this.simulation.runUntil(next.atMs * MS);
      if (next.kind === 'hosts') this.hear(next);
      else this.configure(++this.version);
    }
    this.simulation.runUntil(tNs);
  }

  /** The messages of a configuration, in the order in which the real Envoy reads them; endpoints are at hand. */
  private configure(version: number): void {
    const { configurations } = this;
    configurations.receive(this.client, { type: 'cds', version, isRequested: false, hasEndpoints: true });
    configurations.receive(this.client, { type: 'eds', version, isRequested: true, hasEndpoints: true });
    configurations.receive(this.client, { type: 'lds', version, isRequested: false, hasEndpoints: true });
    configurations.receive(this.client, { type: 'rds', version, isRequested: false, hasEndpoints: true });
  }

  private hear({ hosts, unready = '', weights }: HostsChange): void {
    const { clusters } = this.simulation.world;
    const { changes: log } = clusters.assignments;
    const now = new Set(hosts);
    const ill = new Set(unready);
    const changes = [...this.pods].flatMap(([letter, pod]) => this.changeOf(letter, pod, now, ill));
    log.push(...changes);
    this.client.heard = log.length;
    this.known = now;
    this.unready = ill;
    if (changes.length > 0) clusters.hear(this.client, changes);
    if (weights === undefined) return;
    for (const state of clusters.states) {
      if (state.caller === this.client) clusters.update(state, this.weighted(state, weights), []);
    }
  }

  private changeOf(
    letter: string,
    pod: Pod,
    now: ReadonlySet<string>,
    ill: ReadonlySet<string>,
  ): readonly MembersChange[] {
    const { known, unready } = this;
    const change = { ...NO_CHANGE, workload: pod.workload };
    if (!now.has(letter)) return known.has(letter) ? [{ ...change, removed: [pod] }] : [];
    const added = known.has(letter) ? [] : [{ ...change, added: [pod] }];
    if (ill.has(letter) && !(known.has(letter) && unready.has(letter)))
      return [...added, { ...change, unready: [pod] }];
    if (!ill.has(letter) && known.has(letter) && unready.has(letter)) return [{ ...change, ready: [pod] }];
    return added;
  }

  private weighted({ endpoints }: ClusterState, weights: Readonly<Record<string, number>>): readonly Endpoint[] {
    const letters = new Map([...this.pods].map(([letter, pod]) => [pod, letter]));
    return endpoints.flatMap((endpoint) => {
      const weight = weights[letters.get(endpoint.pod) ?? ''];
      return weight === undefined ? [] : [{ ...endpoint, weight }];
    });
  }
}
