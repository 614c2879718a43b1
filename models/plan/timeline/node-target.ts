// Which nodes something is done to: by their name, their pool, their labels and their zone; all that is asked for holds.
import type { NodePlan } from '../contract/node-plan.js';
import type { NodeActionPlan } from '../contract/timeline-plan.js';
import type { Named, NodeActionInput } from '../settings/timeline-input.js';
import { suggestion } from '../terms/nearest.js';
import { selects } from '../terms/visibility.js';
import type { TimelineParts } from './parts.js';

const HOW = 'add `nodes` to the scenario, for example `nodes: [{ pool: general, count: 3, cpu: 4, memory: 16Gi }]`';

/** null, with an error, where no node is meant. */
export function nodeAction(
  { target, fault }: NodeActionInput,
  at: Named['at'],
  { nodes, findings }: TimelineParts,
): NodeActionPlan | null {
  if (nodes.length === 0) {
    findings.error('no-node-matches', at, 'neither the scenario nor the YAML says which nodes there are', HOW);
    return null;
  }
  const { node, pool, zone, labels, count } = target;
  let found = [...nodes.entries()];
  const keep = (named: Named | undefined, what: string, of: (one: NodePlan) => readonly string[]): void => {
    if (named === undefined || found.length === 0) return;
    const known = [...new Set(found.flatMap(([, one]) => of(one)))];
    found = found.filter(([, one]) => of(one).includes(named.name));
    if (found.length > 0) return;
    findings.error(
      'no-node-matches',
      named.at,
      `no node that is meant ${what} ${named.name}`,
      suggestion(named.name, known),
    );
  };
  keep(pool, 'is of the pool', (one) => (one.pool === '' ? [] : [one.pool]));
  keep(zone, 'is in zone', (one) => zonesOf(one));
  keep(node, 'is named', (one) => [one.name]);
  if (found.length === 0) return null;
  if (labels !== undefined) {
    found = found.filter(([, one]) => selects(labels.labels, one.labels));
    if (found.length === 0) {
      const words = Object.entries(labels.labels).map(([key, value]) => `${key}=${value}`);
      findings.error('no-node-matches', labels.at, `no node that is meant has ${words.join(', ')}`);
      return null;
    }
  }
  return { kind: 'nodes', nodes: found.map(([index]) => index), count, fault };
}

function zonesOf({ labels }: NodePlan): string[] {
  const zone = labels['topology.kubernetes.io/zone'];
  const region = labels['topology.kubernetes.io/region'];
  return zone === undefined ? [] : [zone, `${region}/${zone}`];
}
