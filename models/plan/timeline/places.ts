// Zones and regions by their names, as far as pods run there.
import type { LocalityPlan } from '../contract/plan.js';
import type { Named } from '../settings/timeline-input.js';
import { suggestion } from '../terms/nearest.js';
import type { TimelineParts } from './parts.js';

/** Indices of the localities that a zone (`zone` or `region/zone`) stands for; none, with an error, where no pod runs there. */
export function localitiesOfZone(zone: Named, parts: TimelineParts): number[] {
  return localitiesWhere(zone, 'zone', parts, (place) => [place.zone, `${place.region}/${place.zone}`]);
}

/** Indices of the localities of a region; none, with an error, where no pod runs there. */
export function localitiesOfRegion(region: Named, parts: TimelineParts): number[] {
  return localitiesWhere(region, 'region', parts, (place) => [place.region]);
}

function localitiesWhere(
  { name, at }: Named,
  what: 'zone' | 'region',
  { workloads, localities, podsOf, findings }: TimelineParts,
  namesOf: (place: LocalityPlan) => readonly string[],
): number[] {
  const inhabited = new Set(workloads.all.flatMap(podsOf));
  const known = localities.flatMap((place, index) => (inhabited.has(index) ? [{ index, names: namesOf(place) }] : []));
  const found = known.filter(({ names }) => names.includes(name));
  if (found.length === 0) {
    const names = known.flatMap((place) => place.names.slice(0, 1));
    findings.error('locality-not-found', at, `no pod runs in a ${what} named ${name}`, suggestion(name, names));
  }
  return found.map(({ index }) => index);
}
