// Zones and regions by their names, as far as pods run there.
import type { LocalityPlan } from '../contract/plan.js';
import type { Workload, Workloads } from '../registry/workload.js';
import type { Named } from '../settings/timeline-input.js';
import type { Findings } from '../terms/findings.js';
import { EXTERNAL_LOCALITY } from '../terms/locality.js';
import { suggestion } from '../terms/nearest.js';

interface Place extends LocalityPlan {
  readonly index: number;
}

export class Places {
  private known: readonly Place[] | null = null;

  constructor(
    private readonly workloads: Workloads,
    private readonly localities: readonly LocalityPlan[],
    private readonly podsOf: (workload: Workload) => readonly number[],
    private readonly findings: Findings,
  ) {}

  /** Indices of the localities that a zone (`zone` or `region/zone`) stands for; none, with an error, where no pod runs there. */
  ofZone(zone: Named): number[] {
    return this.found(zone, 'zone', (place) => [place.zone, `${place.region}/${place.zone}`]);
  }

  /** Indices of the localities of a region; none, with an error, where no pod runs there. */
  ofRegion(region: Named): number[] {
    return this.found(region, 'region', (place) => [place.region]);
  }

  /** The zones in which pods of these workloads run, in the order of the alphabet. */
  zonesOf(workloads: readonly Workload[]): string[] {
    const indices = new Set(workloads.flatMap(this.podsOf));
    return [...indices].map((index) => this.localities[index]!.zone).sort();
  }

  private found(
    { name, at }: Named,
    what: 'zone' | 'region',
    namesOf: (place: LocalityPlan) => readonly string[],
  ): number[] {
    this.known ??= this.inhabited();
    const found = this.known.filter((place) => namesOf(place).includes(name));
    if (found.length === 0) {
      const names = this.known.map((place) => place[what]);
      this.findings.error('locality-not-found', at, `no pod runs in a ${what} named ${name}`, suggestion(name, names));
    }
    return found.map(({ index }) => index);
  }

  /** What is outside has no zone that anybody could name. */
  private inhabited(): Place[] {
    const indices = [...new Set(this.workloads.all.flatMap(this.podsOf))].sort((a, b) => a - b);
    return indices
      .map((index) => ({ ...this.localities[index]!, index }))
      .filter(({ region }) => region !== EXTERNAL_LOCALITY.region);
  }
}
