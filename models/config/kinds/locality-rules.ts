// What Istio refuses in a locality setting (istio: pkg/config/validation/agent/validation.go ValidateLocalityLbSetting, ValidateZoneAwareLbSetting,
// validateLocalities).
import type { Place } from '../place.js';
import type { LocalityLbSetting, ZoneAwareLbSetting } from './destination-rule.js';

const TOPOLOGY = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'];

export function checkLocalities(setting: LocalityLbSetting, place: Place): void {
  const { distribute, failover, failoverPriority } = setting;
  if (distribute.length > 0 && failover.length > 0) {
    place.rejectedByIstio('distribute and failover exclude each other', 'keep one of the two');
    return;
  }
  const clash = failover.length === 0 ? undefined : failoverPriority.find((label) => TOPOLOGY.includes(label));
  if (clash !== undefined) {
    place.rejectedByIstio(`failover excludes the label ${clash} in failoverPriority`, 'delete one of the two');
    return;
  }
  distribute.forEach(({ to }, index) => {
    checkWeights(to, place.down('distribute', index, 'to'));
  });
  checkOverlap(
    distribute.map(({ from }) => from),
    place.child('distribute'),
  );
  checkFailovers(failover, place);
}

/** Regions and zones are told apart in any case: labels must not name them. */
export function checkZones({ failover, failoverPriority }: ZoneAwareLbSetting, place: Place): void {
  failoverPriority.forEach((label, index) => {
    if (!TOPOLOGY.includes(label)) return;
    place
      .down('failoverPriority', index)
      .rejectedByIstio(`${label} is told apart by zone-aware balancing itself`, 'delete the label');
  });
  checkFailovers(failover, place);
}

function checkFailovers(failover: LocalityLbSetting['failover'], place: Place): void {
  failover.forEach(({ from, to }, index) => {
    const at = place.down('failover', index);
    if (from === to) at.rejectedByIstio('a region fails over to itself', 'name two regions');
    if (`${from}${to}`.includes('/')) at.rejectedByIstio('failover is between regions', 'leave the zones out');
    if (`${from}${to}`.includes('*')) at.rejectedByIstio('regions of a failover have no wildcard', 'name the regions');
  });
}

function checkWeights(to: Readonly<Record<string, number>>, place: Place): void {
  const weights = Object.values(to);
  if (weights.some((weight) => weight < 1 || weight > 100)) {
    place.rejectedByIstio('the weight of a locality is not in 1 to 100', 'leave out localities that get nothing');
    return;
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum !== 100) place.rejectedByIstio(`the weights sum up to ${sum}`, 'make them 100');
  checkOverlap(Object.keys(to), place);
}

/** No two may cover the same place; a wildcard stands once, at the end; no part is empty. */
function checkOverlap(localities: readonly string[], place: Place): void {
  localities.forEach((locality, index) => {
    const star = locality.indexOf('*');
    if (star >= 0 && star !== locality.length - 1) {
      place.rejectedByIstio(`the wildcard of "${locality}" is not at its end`, 'use region/*');
    } else if (locality.split('/').some((part) => part === '')) {
      place.rejectedByIstio(`"${locality}" has an empty part`, 'write region/zone/subzone');
    } else if (localities.slice(0, index).some((other) => overlap(other, locality))) {
      place.rejectedByIstio(`"${locality}" overlaps with another locality`, 'delete one of them');
    }
  });
}

function overlap(a: string, b: string): boolean {
  const one = a.split('/');
  const other = b.split('/');
  for (let i = 0; i < Math.min(one.length, other.length); i++) {
    if (one[i] === '*' || other[i] === '*') return true;
    if (one[i] !== other[i]) return false;
  }
  return true;
}
