// Which endpoints a client prefers by where they are: priorities by distance or labels, weights of localities.
// istio: pilot/pkg/networking/core/loadbalancer/loadbalancer.go (GetLocalityLbSetting, ApplyLocalityLoadBalancer), cluster_traffic_policy.go
// (applyLocalityLoadBalancer), pkg/networking/util/util.go (LocalityMatch, LbPriority).
import { lookup } from '../../../sim/lookup.js';
import type { LocalityLbSetting, PortPolicy, ZoneAwareLbSetting } from '../../config/kinds/destination-rule.js';
import { type LocalityPlan, type LocalityViewPlan, NONE } from '../contract/plan.js';
import type { Service } from '../registry/service.js';
import { NETWORK_LABEL } from '../settings/network-label.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import { EXTERNAL_LOCALITY } from '../terms/locality.js';

type Labels = Readonly<Record<string, string>>;

/** What applies to one cluster for one kind of client. `weighted`: a locality is drawn by its weight, and an endpoint of the locality then. */
export type LocalityRule =
  | { readonly kind: 'weighted' }
  | { readonly kind: 'distribute'; readonly entries: LocalityLbSetting['distribute'] }
  | {
      readonly kind: 'failover';
      readonly failover: LocalityLbSetting['failover'];
      /** Labels in the order of their weight, with the value that the client has or the setting names. */
      readonly labels: readonly { readonly label: string; readonly value: string }[];
      /** Localities of a priority share by weight: where failover was asked for explicitly. */
      readonly weighted: boolean;
    }
  | {
      /** By region, and by zone as the proxies themselves see fit. */
      readonly kind: 'zone-aware';
      readonly failover: LocalityLbSetting['failover'];
      readonly labels: readonly { readonly label: string; readonly value: string }[];
      readonly minClusterSize: number;
    };

const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';
const SUBZONE = 'topology.istio.io/subzone';
/** Labels that the client has from where it runs, not from its pod. */
const TOPOLOGY: readonly string[] = [REGION, ZONE];
const PREFER_CLOSE: readonly string[] = [NETWORK_LABEL, REGION, ZONE, SUBZONE];

const NO_PRIORITIES: readonly string[] = [];
/** envoy: api/envoy/extensions/load_balancing_policies/common/v3/common.proto, min_cluster_size. */
const MIN_CLUSTER_SIZE = 6;

/**
 * The rule that is in force; null: all endpoints are alike. A setting of the DestinationRule comes before the Service's own wish, that before
 * the mesh's default, which is failover by distance wherever outliers are detected.
 */
export function localityRule(
  policy: PortPolicy,
  service: Service,
  clientLabels: Labels,
  release: ReleaseDefaults,
  mesh: LocalityLbSetting | null = null,
): LocalityRule | null {
  if (service.discovery === 'original-dst' || policy.loadBalancer?.simple === 'PASSTHROUGH') return null;
  const own = policy.loadBalancer?.localityLbSetting ?? null;
  const zones = release.zoneAwareSetting ? (policy.loadBalancer?.zoneAwareLbSetting ?? null) : null;
  if (zones !== null) return zones.enabled === false ? null : zoneRule(zones, clientLabels);
  const detects = policy.outlierDetection !== null;
  if (own === null && release.trafficDistribution && service.prefersClose) return nearRule(service, clientLabels);
  const setting = own ?? mesh;
  // Up to 1.23 localities are weighted wherever the setting is not switched off, and it is on by default.
  const weighs = release.weighsLocalities;
  const unranked: LocalityRule | null = weighs ? { kind: 'weighted' } : null;
  if (setting === null) {
    return detects ? failoverRule([], NO_PRIORITIES, clientLabels, weighs) : unranked;
  }
  if (setting.enabled === false) return null;
  if (setting.distribute.length > 0) return { kind: 'distribute', entries: setting.distribute };
  if (!detects) return unranked;
  const isRanked = service.discovery !== 'dns' || release.ranksDnsByLabels;
  const byLabels = isRanked && setting.failoverPriority.length > 0;
  const rule = failoverRule(
    setting.failover,
    byLabels ? setting.failoverPriority : NO_PRIORITIES,
    clientLabels,
    weighs,
  );
  if (!isRanked && setting.failoverPriority.length > 0 && setting.failover.length === 0) return unranked;
  return rule;
}

/** Near endpoints first, where a Service asks for them; null: it does not. */
export function nearRule(service: Service, clientLabels: Labels): LocalityRule | null {
  return service.prefersClose && service.discovery !== 'original-dst'
    ? failoverRule([], PREFER_CLOSE, clientLabels)
    : null;
}

function zoneRule(setting: ZoneAwareLbSetting, clientLabels: Labels): LocalityRule {
  const { failover, failoverPriority, minClusterSize } = setting;
  return {
    kind: 'zone-aware',
    failover,
    labels: labelsOf(failoverPriority, clientLabels),
    minClusterSize: minClusterSize ?? MIN_CLUSTER_SIZE,
  };
}

function labelsOf(priorities: readonly string[], clientLabels: Labels): { label: string; value: string }[] {
  return priorities.map((text) => {
    const parts = text.split('=');
    const label = parts[0]!;
    return { label, value: parts.length === 2 ? `=${parts[1]!}` : (lookup(clientLabels, label) ?? '') };
  });
}

function failoverRule(
  failover: LocalityLbSetting['failover'],
  priorities: readonly string[],
  clientLabels: Labels,
  weighs = false,
): LocalityRule {
  return {
    kind: 'failover',
    failover,
    labels: labelsOf(priorities, clientLabels),
    weighted: weighs || failover.length > 0 || priorities.length > 0,
  };
}

/** The pods of one workload behind a cluster. */
export interface LocatedGroup {
  readonly labels: Labels;
  readonly weight: number;
  /** One entry a pod: index of its locality. */
  readonly localities: readonly number[];
}

/** The views of callers in each of the localities; null where a caller sees all endpoints alike. */
export function localityViews(
  rule: LocalityRule,
  groups: readonly LocatedGroup[],
  localities: readonly LocalityPlan[],
): (LocalityViewPlan | null)[] {
  return localities.map((client) => viewOf(rule, client, groups, localities));
}

function viewOf(
  rule: LocalityRule,
  client: LocalityPlan,
  groups: readonly LocatedGroup[],
  localities: readonly LocalityPlan[],
): LocalityViewPlan | null {
  switch (rule.kind) {
    case 'weighted':
      return weightedView(groups, localities);
    case 'distribute':
      return distributedView(rule.entries, client, groups, localities);
    case 'failover':
      return failoverView(rule, client, groups, localities);
    case 'zone-aware':
      return zonesView(rule, client, groups, localities);
  }
}

/** Endpoints of one locality are alike. */
function weightedView(groups: readonly LocatedGroup[], localities: readonly LocalityPlan[]): LocalityViewPlan | null {
  const weights = weightsByLocality(groups, localities.length);
  if (weights.filter((weight) => weight > 0).length < 2) return null;
  const priorities = groups.map((group) =>
    localities.map((_, locality) => (group.localities.includes(locality) ? 0 : NONE)),
  );
  return { priorities, weights: [weights] };
}

/** Endpoints in localities that are not listed are not used; the others share by weight. */
function distributedView(
  entries: LocalityLbSetting['distribute'],
  client: LocalityPlan,
  groups: readonly LocatedGroup[],
  localities: readonly LocalityPlan[],
): LocalityViewPlan | null {
  const weights = weightsByLocality(groups, localities.length);
  const entry = entries.find(({ from }) => localityMatches(client, from));
  const chosen = entry === undefined ? weights : distribute(entry.to, weights, localities);
  const priorities = groups.map((group) =>
    localities.map((_, locality) => (group.localities.includes(locality) && chosen[locality]! > 0 ? 0 : NONE)),
  );
  return { priorities, weights: [chosen] };
}

/** Each wish is divided among the localities that it matches, by what they weigh; 0 = unlisted. */
function distribute(
  to: Readonly<Record<string, number>>,
  weights: readonly number[],
  localities: readonly LocalityPlan[],
): number[] {
  const chosen = weights.map(() => 0);
  const left = new Set(weights.keys());
  for (const [pattern, wish] of Object.entries(to)) {
    const matched = [...left].filter((locality) => localityMatches(localities[locality]!, pattern));
    const total = matched.reduce((sum, locality) => sum + weights[locality]!, 0);
    for (const locality of matched) {
      left.delete(locality);
      if (weights[locality]! > 0) chosen[locality] = Math.ceil((weights[locality]! * wish) / total);
    }
  }
  return chosen;
}

function weightsByLocality(groups: readonly LocatedGroup[], localities: number): number[] {
  const weights = new Array<number>(localities).fill(0);
  for (const group of groups) for (const locality of group.localities) weights[locality]! += group.weight;
  return weights;
}

function failoverView(
  rule: Extract<LocalityRule, { kind: 'failover' }>,
  client: LocalityPlan,
  groups: readonly LocatedGroup[],
  localities: readonly LocalityPlan[],
): LocalityViewPlan | null {
  const byDistance = rule.labels.length === 0 || rule.failover.length > 0;
  const labelled = labelledPriorities(rule.labels, client, groups, localities);
  const priorities = !byDistance
    ? labelled
    : refined(labelled, 5, (locality) => distance(client, localities[locality]!, rule.failover));
  const last = Math.max(0, ...priorities.flat());
  if (last === 0 && !rule.weighted) return null;
  return { priorities, weights: rule.weighted ? weightsByPriority(priorities, groups, last) : null };
}

/** The own region, then the one that it fails over to, then the others; by labels before that. Within the first the proxies weigh the zones. */
function zonesView(
  rule: Extract<LocalityRule, { kind: 'zone-aware' }>,
  client: LocalityPlan,
  groups: readonly LocatedGroup[],
  localities: readonly LocalityPlan[],
): LocalityViewPlan | null {
  const target = rule.failover.find(({ from }) => from === client.region)?.to;
  const priorities = refined(labelledPriorities(rule.labels, client, groups, localities), 3, (locality) => {
    const { region } = localities[locality]!;
    return region === client.region ? 0 : region === target ? 1 : 2;
  });
  return Math.max(0, ...priorities.flat()) === 0 ? null : { priorities, weights: null };
}

function labelledPriorities(
  labels: Extract<LocalityRule, { kind: 'failover' }>['labels'],
  client: LocalityPlan,
  groups: readonly LocatedGroup[],
  localities: readonly LocalityPlan[],
): number[][] {
  return compacted(
    groups.map((group) =>
      localities.map((locality, index) =>
        group.localities.includes(index) ? labelPriority(labels, group.labels, client, locality) : NONE,
      ),
    ),
  );
}

/** Each priority is split into as many as there are levels. */
function refined(
  priorities: readonly (readonly number[])[],
  levels: number,
  levelOf: (locality: number) => number,
): number[][] {
  return compacted(
    priorities.map((row) =>
      row.map((priority, locality) => (priority === NONE ? NONE : priority * levels + levelOf(locality))),
    ),
  );
}

/** Weights of localities are the sums of their endpoints'. */
function weightsByPriority(
  priorities: readonly (readonly number[])[],
  groups: readonly LocatedGroup[],
  last: number,
): number[][] {
  const localities = priorities[0]?.length ?? 0;
  const weights = Array.from({ length: last + 1 }, () => new Array<number>(localities).fill(0));
  groups.forEach((group, index) => {
    for (const locality of group.localities) weights[priorities[index]![locality]!]![locality]! += group.weight;
  });
  return weights;
}

/** Priorities from 0 on without gaps. */
function compacted(levels: readonly (readonly number[])[]): number[][] {
  const used = [...new Set(levels.flat())].filter((level) => level !== NONE).sort((a, b) => a - b);
  return levels.map((row) => row.map((level) => (level === NONE ? NONE : used.indexOf(level))));
}

/** 0: same zone; 2: same region; 3: elsewhere; 4: elsewhere, and not where the client's region fails over to. Sub-zones are not told apart. */
function distance(client: LocalityPlan, endpoint: LocalityPlan, failover: LocalityLbSetting['failover']): number {
  if (client.region === endpoint.region) return client.zone === endpoint.zone ? 0 : 2;
  const target = failover.find(({ from }) => from === client.region);
  return target !== undefined && target.to !== endpoint.region ? 4 : 3;
}

/** The earlier the first label that differs, the lower the priority; a difference of the network, if it comes first, weighs as much as all. */
function labelPriority(
  wanted: Extract<LocalityRule, { kind: 'failover' }>['labels'],
  endpointLabels: Labels,
  client: LocalityPlan,
  endpoint: LocalityPlan,
): number {
  let base = 0;
  for (const [index, { label, value }] of wanted.entries()) {
    const own = value.startsWith('=') ? value.slice(1) : TOPOLOGY.includes(label) ? placeOf(label, client) : value;
    const theirs = TOPOLOGY.includes(label) ? placeOf(label, endpoint) : (lookup(endpointLabels, label) ?? '');
    if (own === theirs) continue;
    if (index > 0 || label !== NETWORK_LABEL) return base + wanted.length - index;
    base = wanted.length;
  }
  return base;
}

function placeOf(label: string, locality: LocalityPlan): string {
  if (isNowhere(locality)) return '';
  return label === REGION ? locality.region : locality.zone;
}

/** `region/zone/subzone`; what is left out or `*` matches anything. */
export function localityMatches(locality: LocalityPlan, pattern: string): boolean {
  const [region = '', zone = ''] = pattern.split('/');
  const place = isNowhere(locality) ? { region: '', zone: '' } : locality;
  return (region === '*' || region === place.region) && (zone === '*' || zone === '' || zone === place.zone);
}

/** Endpoints that nobody gave a locality. */
function isNowhere(locality: LocalityPlan): boolean {
  return locality.region === EXTERNAL_LOCALITY.region && locality.zone === EXTERNAL_LOCALITY.zone;
}
