// The timeline with its names settled to numbers of the plan.
import type { TimelineAction, TimelineEntryPlan } from '../contract/timeline-plan.js';
import type { TimelineInput } from '../settings/timeline-input.js';
import { dnsAction } from './dns-action.js';
import { linkEnd } from './link-end.js';
import { nodeAction } from './node-target.js';
import { indicesOf, type TimelineParts } from './parts.js';
import { podTarget } from './pod-target.js';
import { rolloutPlan } from './rollout.js';
import { workloadsOutside } from './served.js';
import { sourcesOf, trafficAction } from './traffic-action.js';

/**
 * The entries in the order in which they are written; those that never happen are left out. An entry that matches no pod, no traffic or no host is
 * an error at its place.
 */
export function timelinePlan(entries: readonly TimelineInput[], parts: TimelineParts): TimelineEntryPlan[] {
  return entries.flatMap((entry) => {
    const action = actionOf(entry, parts);
    if (action === null || entry.startsNs?.length === 0) return [];
    const { name, at, startsNs, durationNs, rampNs } = entry;
    return [{ name, position: at, startsNs: startsNs ?? [], durationNs, rampNs, action }];
  });
}

function actionOf(entry: TimelineInput, parts: TimelineParts): TimelineAction | null {
  const { action } = entry;
  switch (action.kind) {
    case 'pods': {
      const target = podTarget(action.target, action.fault, entry, parts);
      return target === null ? null : { kind: 'pods', target, fault: action.fault };
    }
    case 'link': {
      const from = linkEnd(action.from, parts);
      const to = linkEnd(action.to, parts);
      if (from === null || to === null) return null;
      return { kind: 'link', from, to, bothWays: action.bothWays, fault: action.fault };
    }
    case 'down': {
      const found = workloadsOutside(action.host, parts);
      if (found === null) return null;
      return {
        kind: 'link',
        from: { workloads: null, localities: null },
        to: { workloads: indicesOf(found), localities: null },
        bothWays: true,
        fault: { kind: 'partition' },
      };
    }
    case 'istiod':
      if (!parts.hasIstio) parts.findings.warning('no-istiod', entry.at, ...NO_ISTIOD);
      return action;
    case 'nodes':
      return nodeAction(action, entry.at, parts);
    case 'restart':
    case 'scale':
      return rolloutPlan(action, parts);
    case 'configuration':
      return { kind: 'configuration' };
    case 'traffic':
      return trafficAction(action, parts);
    case 'dns':
      return dnsAction(action, parts);
    case 'clients': {
      const traffic = sourcesOf(action.name, parts);
      return traffic === null ? null : { kind: 'clients', traffic, sharePerSecond: action.sharePerSecond };
    }
  }
}

const NO_ISTIOD = ['no proxy of this mesh hears of istiod: the entry does nothing', 'remove it'] as const;
