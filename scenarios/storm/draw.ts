// A random timeline for a mesh. The number of the storm and the seed say all of it: another number of storms changes none of them.
import { Draws } from '../../sim/random/draws.js';
import type { ScenarioTimelineEntry } from '../document/schema-timeline.js';
import type { StormTargets } from './targets.js';

/** Things that a storm does at most. */
const ENTRIES_MAX = 4;
/** Of the run: the first part is calm, so that there is something to come back to; all is over when the last part begins. */
const CALM_SHARE = 0.25;
const OVER_SHARE = 0.7;
/** An entry lasts such a part of the time between. */
const LASTS_LEAST = 0.1;
const LASTS_MOST = 0.6;
const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;

/** Numbers in (0, 1), one after the other. */
type Next = () => number;

/** Draws what is done, without its time; null: there is nothing here that it can be done to. */
type Action = (targets: StormTargets, next: Next) => ScenarioTimelineEntry | null;

/** What can be done, and how often it is drawn. */
const ACTIONS: readonly { readonly weight: number; readonly draw: Action }[] = [
  { weight: 3, draw: ({ workloads }, next) => ({ kill: somePods(workloads, next) }) },
  { weight: 2, draw: ({ workloads }, next) => ({ crash: somePods(workloads, next) }) },
  { weight: 2, draw: ({ workloads }, next) => ({ hang: somePods(workloads, next) }) },
  { weight: 1, draw: ({ workloads }, next) => ({ refuse: somePods(workloads, next) }) },
  {
    weight: 2,
    draw: ({ workloads }, next) => ({
      fail: { ...somePods(workloads, next), share: oneOf(['10%', '50%', '100%'], next), status: 503 },
    }),
  },
  {
    weight: 3,
    draw: ({ workloads }, next) => ({
      slow: { ...somePods(workloads, next), by: oneOf(['50ms', '200ms', '1s'], next) },
    }),
  },
  {
    weight: 2,
    draw: ({ workloads }, next) => ({
      stealCpu: { ...somePods(workloads, next), share: oneOf(['50%', '80%', '95%'], next) },
    }),
  },
  {
    weight: 1,
    draw: ({ workloads }, next) => ({
      pause: { ...somePods(workloads, next), length: oneOf(['100ms', '500ms'], next), every: '2s' },
    }),
  },
  {
    weight: 3,
    draw: ({ traffic }, next) => ({ traffic: { name: oneOf(traffic, next), rate: oneOf(['1.5x', '2x', '4x'], next) } }),
  },
  { weight: 2, draw: ({ zones }, next) => (zones.length === 0 ? null : { kill: { zone: oneOf(zones, next) } }) },
  { weight: 2, draw: ({ zones }, next) => ofZones(zones, next, (between) => ({ partition: { between } })) },
  {
    weight: 1,
    draw: ({ zones }, next) =>
      ofZones(zones, next, (between) => ({ delay: { between, by: oneOf(['20ms', '100ms'], next) } })),
  },
  { weight: 1, draw: ({ links }, next) => ofLink(links, next, (ends) => ({ partition: ends })) },
  {
    weight: 2,
    draw: ({ links }, next) =>
      ofLink(links, next, (ends) => ({ delay: { ...ends, by: oneOf(['20ms', '200ms'], next) } })),
  },
  {
    weight: 2,
    draw: ({ links }, next) =>
      ofLink(links, next, (ends) => ({ loss: { ...ends, share: oneOf(['1%', '10%'], next) } })),
  },
  { weight: 1, draw: ({ hasIstiod }) => (hasIstiod ? { istiod: 'down' } : null) },
  {
    weight: 2,
    draw: ({ restartable }, next) =>
      restartable.length === 0 ? null : { restart: { workload: oneOf(restartable, next) } },
  },
  { weight: 1, draw: ({ autoscaled }, next) => (autoscaled.length === 0 ? null : { scale: fewer(autoscaled, next) }) },
  { weight: 2, draw: ({ hasNodes }, next) => (hasNodes ? { loseNode: { nodes: oneOf([1, 1, '50%'], next) } } : null) },
  { weight: 1, draw: ({ hasNodes }, next) => (hasNodes ? { drainNode: { nodes: oneOf([1, '50%'], next) } } : null) },
  {
    weight: 1,
    draw: ({ resolvedHosts }, next) =>
      resolvedHosts.length === 0
        ? null
        : { dns: { host: oneOf(resolvedHosts, next), answers: oneOf(['fails' as const, 0], next), ttl: '5s' } },
  },
];

/** @param number from 0. @param durationNs of the run. Returns at least one entry, ordered by time; nothing where nothing can be hit. */
export function drawStorm(
  targets: StormTargets,
  seed: string,
  number: number,
  durationNs: number,
): ScenarioTimelineEntry[] {
  if (targets.workloads.length === 0 || targets.traffic.length === 0) return [];
  const draws = new Draws(seed, 'storms');
  let drawn = 0;
  const next: Next = () => draws.uniform(number, drawn++);
  const count = 1 + Math.floor(next() * ENTRIES_MAX);
  const entries = Array.from({ length: count }, () => timed(drawAction(targets, next), durationNs, next));
  return entries.sort((a, b) => a.atNs - b.atNs).map(({ entry }) => entry);
}

function drawAction(targets: StormTargets, next: Next): ScenarioTimelineEntry {
  const total = ACTIONS.reduce((sum, { weight }) => sum + weight, 0);
  for (;;) {
    let at = next() * total;
    const action = ACTIONS.find(({ weight }) => {
      at -= weight;
      return at < 0;
    });
    const entry = action?.draw(targets, next) ?? null;
    if (entry !== null) return entry;
  }
}

function timed(
  action: ScenarioTimelineEntry,
  durationNs: number,
  next: Next,
): { readonly entry: ScenarioTimelineEntry; readonly atNs: number } {
  const fromNs = CALM_SHARE * durationNs;
  const roomNs = OVER_SHARE * durationNs - fromNs;
  const lastsNs = roomNs * (LASTS_LEAST + (LASTS_MOST - LASTS_LEAST) * next());
  const atNs = fromNs + (roomNs - lastsNs) * next();
  const at = spelt(atNs);
  const isAtOnce = action.kill !== undefined || action.restart !== undefined || action.scale !== undefined;
  return { entry: isAtOnce ? { at, ...action } : { at, for: spelt(lastsNs), ...action }, atNs };
}

/** In whole seconds, or tenths of a second below ten, or milliseconds below one. */
export function spelt(timeNs: number): string {
  if (timeNs >= 10 * NS_PER_SECOND) return `${Math.round(timeNs / NS_PER_SECOND)}s`;
  if (timeNs >= NS_PER_SECOND) return `${Math.round(timeNs / NS_PER_SECOND / 0.1) / 10}s`;
  return `${Math.max(1, Math.round(timeNs / NS_PER_MS))}ms`;
}

/** Of a workload one pod, half of them or all. */
function somePods(workloads: StormTargets['workloads'], next: Next): { workload: string; pods?: number | string } {
  const { name, pods } = oneOf(workloads, next);
  const size = next();
  if (pods === 1 || size < 1 / 3) return { workload: name };
  return { workload: name, pods: size < 2 / 3 && pods > 2 ? '50%' : 1 };
}

/** One pod, or half as many: what a file says that knows nothing of the autoscaler, which goes on from there. */
function fewer(autoscaled: StormTargets['autoscaled'], next: Next): { workload: string; replicas: number } {
  const { name, pods } = oneOf(autoscaled, next);
  return { workload: name, replicas: oneOf([1, Math.max(1, Math.ceil(pods / 2))], next) };
}

function ofZones(
  zones: readonly string[],
  next: Next,
  make: (between: string[]) => ScenarioTimelineEntry,
): ScenarioTimelineEntry | null {
  if (zones.length < 2) return null;
  const first = oneOf(zones, next);
  const second = oneOf(
    zones.filter((zone) => zone !== first),
    next,
  );
  return make([`zone ${first}`, `zone ${second}`]);
}

function ofLink(
  links: StormTargets['links'],
  next: Next,
  make: (ends: { from: string; to: string }) => ScenarioTimelineEntry,
): ScenarioTimelineEntry | null {
  if (links.length === 0) return null;
  const { from, to } = oneOf(links, next);
  return make({ from: `workload ${from}`, to: `workload ${to}` });
}

function oneOf<Item>(items: readonly Item[], next: Next): Item {
  return items[Math.floor(next() * items.length)];
}
