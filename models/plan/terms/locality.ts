// Where a pod runs: region and zone from its labels and node selector, else round robin over the zones of the scenario.
// istio: pilot/pkg/model/network.go, pkg/model/proxy.go (GetLocalityLabel); kubernetes: well-known labels topology.kubernetes.io/*.
import type { LocalityPlan } from '../contract/plan.js';
import type { Numbering } from './numbering.js';

/** Where clients outside the mesh, and services outside it, are. */
export const EXTERNAL_LOCALITY: LocalityPlan = { region: 'external', zone: 'external' };

export class Localities {
  /** Those of all versions. */
  readonly all: LocalityPlan[];
  private readonly numbers: Numbering['localities'];

  constructor(
    readonly placement: readonly LocalityPlan[],
    numbering: Numbering,
  ) {
    this.all = numbering.places;
    this.numbers = numbering.localities;
    for (const locality of placement) this.number(locality);
  }

  number(locality: LocalityPlan): number {
    const number = this.numbers.of(`${locality.region}/${locality.zone}`);
    this.all[number] ??= { region: locality.region, zone: locality.zone };
    return number;
  }

  /** One locality a pod, round robin over the places. */
  ofPods(places: readonly LocalityPlan[], pods: number): number[] {
    return Array.from({ length: pods }, (_, pod) => this.number(places[pod % places.length]!));
  }

  /** The locality that labels pin pods to, or null. `zone` alone takes its region from the placement or from the zone's name. */
  pinned(
    labels: Readonly<Record<string, string>>,
    nodeSelector: Readonly<Record<string, string>>,
  ): LocalityPlan | null {
    const label = labels['topology.istio.io/locality'] ?? labels['istio-locality'];
    if (label !== undefined) return parseLocality(label);
    const zone = nodeSelector['topology.kubernetes.io/zone'] ?? labels['topology.kubernetes.io/zone'];
    const region = nodeSelector['topology.kubernetes.io/region'] ?? labels['topology.kubernetes.io/region'];
    if (zone !== undefined) return region === undefined ? this.ofZone(zone) : { region, zone };
    if (region === undefined) return null;
    const inRegion = this.placement.find((place) => place.region === region);
    return inRegion ?? { region, zone: region };
  }

  /** The zone with its region: that of the placement, or what its name says. */
  ofZone(zone: string): LocalityPlan {
    return { region: this.regionOf(zone), zone };
  }

  /** A place of which only the zone is known has the region of the zone. */
  whole(place: LocalityPlan): LocalityPlan {
    return place.region === '' && place.zone !== '' ? this.ofZone(place.zone) : place;
  }

  private regionOf(zone: string): string {
    const place = this.placement.find((candidate) => candidate.zone === zone);
    return place === undefined ? regionByName(zone) : place.region;
  }
}

/** The region that the name of a zone has in it: `us-east-1` of `us-east-1a`; else the zone is a region of its own. */
export function regionByName(zone: string): string {
  const named = /^(.*\d)-?[a-z]$/.exec(zone);
  return named === null ? zone : named[1]!;
}

/** `region/zone/subzone`; dots separate where there is no slash. A locality without a zone has one zone, named like its region. */
export function parseLocality(text: string): LocalityPlan {
  const [region, zone] = text.includes('/') ? text.split('/') : text.split('.');
  return { region: region!, zone: zone === undefined || zone === '' ? region! : zone };
}
