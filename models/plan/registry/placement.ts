// Which zones the pods of a workload may be in, and how many of them can run there: labels, node selector, affinities.
// kubernetes: pkg/scheduler/framework/plugins/{nodeaffinity,interpodaffinity}. Nothing is scheduled: where Nodes are not in the YAML, a zone stands
// for as many of them as are needed.
import { meets, type NodeTerm, type PodTerm } from '../../config/kinds/affinity.js';
import { matchesLabels } from '../../config/kinds/label-selector.js';
import type { ResourceSet } from '../../config/load.js';
import { ofName } from '../../list-index.js';
import type { LocalityPlan } from '../contract/plan.js';
import type { Findings } from '../terms/findings.js';
import type { Localities } from '../terms/locality.js';
import { selects } from '../terms/visibility.js';
import { REGION, ZONE } from './cluster-nodes.js';
import type { Workload, Workloads } from './workload.js';

const HOSTNAME = 'kubernetes.io/hostname';

export interface Placement {
  readonly places: readonly LocalityPlan[];
  /** null: no bound. */
  readonly maxPods: number | null;
}

export class Placements {
  private readonly known = new Map<number, readonly LocalityPlan[]>();

  constructor(
    private readonly resources: Pick<ResourceSet, 'nodes' | 'namespaces'>,
    private readonly workloads: Pick<Workloads, 'carrying'>,
    private readonly localities: Localities,
    private readonly findings: Findings,
  ) {}

  of(workload: Workload): Placement {
    const places = this.placesOf(workload);
    return { places, maxPods: this.boundOf(workload, places) };
  }

  private placesOf(workload: Workload): readonly LocalityPlan[] {
    const known = this.known.get(workload.index);
    if (known !== undefined) return known;
    const own = this.byNodes(workload);
    // Pods that want to be near each other's: what is found so far counts.
    this.known.set(workload.index, own);
    const found = this.nearOthers(workload, own);
    this.known.set(workload.index, found);
    return found;
  }

  private byNodes(workload: Workload): readonly LocalityPlan[] {
    const { localities } = this;
    const pinned = localities.pinned(workload.labels, workload.pod?.nodeSelector ?? {});
    if (pinned !== null) return [pinned];
    const terms = workload.pod?.affinity?.nodes ?? null;
    if (terms === null) return localities.placement;
    const all = unique([...localities.placement, ...terms.flatMap(zonesOf).map((zone) => localities.ofZone(zone))]);
    const allowed = all.filter((place) => this.isAllowed(place, terms, workload));
    if (allowed.length > 0) return allowed;
    this.warn(
      workload,
      'no zone meets its nodeAffinity: they would wait for a node for ever, and are simulated in all zones',
    );
    return localities.placement;
  }

  private isAllowed({ region, zone }: LocalityPlan, terms: readonly NodeTerm[], { pod }: Workload): boolean {
    const nodes = this.resources.nodes.filter(({ labels }) => labels[ZONE] === zone);
    const meetsAny = (labels: Readonly<Record<string, string>>, isKnown?: (key: string) => boolean): boolean =>
      terms.some((term) => term.length > 0 && meets(term, labels, isKnown));
    if (nodes.length === 0)
      return meetsAny({ [ZONE]: zone, [REGION]: region }, (key) => key === ZONE || key === REGION);
    return nodes.some(
      ({ labels, spec }) => spec.schedulable && selects(pod?.nodeSelector ?? {}, labels) && meetsAny(labels),
    );
  }

  /** Only zones in which pods of every term are; where these are its own alone, all are in the first. */
  private nearOthers(workload: Workload, own: readonly LocalityPlan[]): readonly LocalityPlan[] {
    let places = own;
    for (const term of workload.pod?.affinity?.near ?? []) {
      if (term.topologyKey !== ZONE && term.topologyKey !== HOSTNAME) continue;
      const others = this.workloads
        .carrying(term.selector.matchLabels)
        .filter((other) => this.isOf(term, other, workload));
      const elsewhere = others.filter((other) => other !== workload).flatMap((other) => this.placesOf(other));
      const isAlone = elsewhere.length === 0 && others.includes(workload);
      const near = isAlone ? places.slice(0, 1) : places.filter((place) => has(elsewhere, place));
      if (near.length > 0) places = near;
      else
        this.warn(
          workload,
          'no zone that they may be in has the pods that their podAffinity asks for: they would wait for a node for ever, and are simulated without it',
        );
    }
    return places;
  }

  private isOf({ selector, namespaces, namespaceSelector }: PodTerm, other: Workload, self: Workload): boolean {
    if (other.pod === null || !matchesLabels(selector, other.labels)) return false;
    if (namespaces.includes(other.namespace)) return true;
    if (namespaceSelector === null) return namespaces.length === 0 && other.namespace === self.namespace;
    const labels = ofName(this.resources.namespaces, other.namespace)?.labels ?? {};
    return matchesLabels(namespaceSelector, { 'kubernetes.io/metadata.name': other.namespace, ...labels });
  }

  /** Pods that must keep apart from their own kind: one a zone, or one a node. */
  private boundOf(workload: Workload, places: readonly LocalityPlan[]): number | null {
    const keys = (workload.pod?.affinity?.apart ?? [])
      .filter((term) => this.isOf(term, workload, workload))
      .map(({ topologyKey }) => topologyKey);
    const nodes = this.resources.nodes.filter(
      ({ labels, spec }) =>
        spec.schedulable &&
        selects(workload.pod?.nodeSelector ?? {}, labels) &&
        places.some(({ zone }) => zone === labels[ZONE]),
    ).length;
    // A single zone without nodes is the one that stands for all where nobody has said which there are.
    const knowsZones = this.localities.placement.length > 1 || this.resources.nodes.length > 0;
    const bounds = keys.flatMap((key): number[] => {
      if (key === ZONE) return knowsZones ? [places.length] : [];
      return key === HOSTNAME && nodes > 0 ? [nodes] : [];
    });
    return bounds.length === 0 ? null : Math.min(...bounds);
  }

  /** Says that fewer pods run than are asked for. */
  warnOfBound(workload: Workload, replicas: number, maxPods: number): void {
    this.warn(
      workload,
      `its podAntiAffinity lets ${maxPods} of ${replicas} run, one in each zone or on each node: the others would wait for a node`,
    );
  }

  private warn({ resource, position }: Workload, problem: string): void {
    this.findings.warning('pods-without-place', position, `the pods of ${resource}: ${problem}`);
  }
}

/** Values of zones that a term asks for by name. */
function zonesOf(term: NodeTerm): readonly string[] {
  return term.flatMap(({ key, operator, values }) => (key === ZONE && operator === 'In' ? values : []));
}

function has(places: readonly LocalityPlan[], { region, zone }: LocalityPlan): boolean {
  return places.some((place) => place.region === region && place.zone === zone);
}

function unique(places: readonly LocalityPlan[]): LocalityPlan[] {
  return places.filter((place, index) => places.findIndex((other) => has([other], place)) === index);
}
