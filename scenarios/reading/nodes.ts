// Nodes: from the words of the scenario to the nodes that the plan is compiled with, and what the timeline does to them.
import { parseQuantity, quantityMilli } from '../../models/config/quantity.js';
import type { FieldPath } from '../../models/config/resource.js';
import type { NodeFaultPlan } from '../../models/plan/contract/timeline-plan.js';
import type { NodeInput } from '../../models/plan/settings/node-input.js';
import type { NodeTargetInput } from '../../models/plan/settings/timeline-input.js';
import type { ScenarioNode } from '../document/schema-nodes.js';
import type { ScenarioAction } from '../document/schema-timeline.js';
import { percent } from './phrases.js';
import { type ActionReading, readPods } from './pod-faults.js';
import { type ScenarioReader, stringsOf } from './reader.js';

/** In their order; nodes that are wrong are left out. */
export function readNodes(reader: ScenarioReader, nodes: readonly ScenarioNode[] | undefined): NodeInput[] {
  const taken = new Set<string>();
  return (nodes ?? []).flatMap((given, i): NodeInput[] => {
    const path = ['spec', 'nodes', i];
    const name = given.name ?? given.pool;
    if (name === undefined || (given.name !== undefined && given.pool !== undefined)) {
      reader.wrong(path, 'expected exactly one of name and pool', 'for example `pool: general`');
      return [];
    }
    if (taken.has(name)) {
      reader.wrong([...path, given.name === undefined ? 'pool' : 'name'], `the name ${name} is already taken`);
      return [];
    }
    taken.add(name);
    const { count = 1 } = given;
    if (given.name !== undefined && count > 1) {
      reader.wrong([...path, 'count'], 'several nodes have one name', 'write `pool` in place of `name`');
      return [];
    }
    const grows = readGrowth(reader, path, given, count);
    const cpuMilli = readCpu(reader, [...path, 'cpu'], given.cpu);
    const memoryBytes = reader.bytes([...path, 'memory'], given.memory, 0);
    const zones = given.zone === undefined ? [] : [given.zone].flat().map(placeOf);
    if (cpuMilli === null) return [];
    const labels = given.labels === undefined ? {} : stringsOf(given.labels);
    const taints = (given.taints ?? []).flatMap((word, k) => readTaint(reader, [...path, 'taints', k], word));
    return [{ name, at: reader.at(path), count, grows, cpuMilli, memoryBytes, zones, labels, taints }];
  });
}

/** As long as the FAQ of the Cluster Autoscaler says of its nodes (autoscaler: cluster-autoscaler/FAQ.md, 3 to 4 minutes). */
const BOOTS_NS = 180e9;

function readGrowth(
  reader: ScenarioReader,
  path: FieldPath,
  { pool, max, boots }: ScenarioNode,
  count: number,
): NodeInput['grows'] {
  const bootsNs = reader.durationNs([...path, 'boots'], boots, BOOTS_NS);
  if (max === undefined) {
    if (boots !== undefined) reader.wrong([...path, 'boots'], 'no node is added', 'say with `max` up to how many');
    return null;
  }
  if (pool === undefined) {
    reader.wrong([...path, 'max'], 'only a pool grows', 'write `pool` in place of `name`');
    return null;
  }
  if (max >= count) return { max, bootsNs };
  reader.wrong([...path, 'max'], `the pool has more nodes from the start: expected at least ${count}, found ${max}`);
  return null;
}

function placeOf(word: string): NodeInput['zones'][number] {
  const [region, zone] = word.includes('/') ? word.split('/') : ['', word];
  return { region: region ?? '', zone: zone ?? '' };
}

function readCpu(reader: ScenarioReader, path: FieldPath, word: string | number): number | null {
  const quantity = parseQuantity(String(word));
  const milli = quantity === null ? null : quantityMilli(quantity);
  if (milli !== null && milli > 0) return milli;
  reader.wrong(path, `expected CPUs such as 4 or 3920m, found ${JSON.stringify(word)}`);
  return null;
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

function readTaint(reader: ScenarioReader, path: FieldPath, word: string): NodeInput['taints'][number][] {
  const match = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(word.trim());
  const effect = EFFECTS.find((one) => one === match?.[3]);
  if (match !== null && effect !== undefined) return [{ key: match[1]!, value: match[2] ?? '', effect }];
  reader.wrong(path, `expected a taint such as dedicated=db:NoSchedule, found ${JSON.stringify(word)}`);
  return [];
}

type Target = ScenarioAction<'loseNode'>;

export function readNodeLoss(reader: ScenarioReader, path: FieldPath, given: Target): ActionReading | null {
  return action(reader, path, given, { kind: 'lose' }, (nodes) => `${nodes} lost`);
}

export function readDrain(reader: ScenarioReader, path: FieldPath, given: Target): ActionReading | null {
  return action(reader, path, given, { kind: 'drain' }, (nodes) => `drain ${nodes}`);
}

export function readSqueeze(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioAction<'squeezeNode'>,
): ActionReading | null {
  const share = reader.share([...path, 'share'], given.share, null);
  if (share === null) return null;
  if (share === 0 || share === 1) {
    reader.wrong([...path, 'share'], `expected a share above 0% and below 100%, found ${given.share}`);
  }
  return action(
    reader,
    path,
    given,
    { kind: 'squeeze', share },
    (nodes) => `${percent(share)} of the CPU of ${nodes} stolen`,
  );
}

function action(
  reader: ScenarioReader,
  path: FieldPath,
  given: Target,
  fault: NodeFaultPlan,
  sentence: (nodes: string) => string,
): ActionReading | null {
  const words = ['node', 'pool', 'zone', 'labels', 'nodes'] as const;
  if (words.every((word) => given[word] === undefined)) {
    const hint = 'for example `nodes: 1`';
    reader.wrong(path, `does not say which nodes: expected at least one of ${words.join(', ')}`, hint);
    return null;
  }
  const count = readPods(reader, [...path, 'nodes'], given.nodes, 'node');
  if (count === null) return null;
  const named = (['node', 'pool', 'zone'] as const).flatMap((word) => {
    const name = given[word];
    return name === undefined ? [] : [[word, { name, at: reader.at([...path, word]) }]];
  });
  const target: NodeTargetInput = {
    ...(Object.fromEntries(named) as Pick<NodeTargetInput, 'node' | 'pool' | 'zone'>),
    ...(given.labels === undefined
      ? {}
      : { labels: { labels: stringsOf(given.labels), at: reader.at([...path, 'labels']) } }),
    count,
  };
  return { action: { kind: 'nodes', target, fault }, sentence: sentence(nodeWords(target)) };
}

/** `node a`, `1 node in zone b`, `the nodes of the pool general`. */
function nodeWords({ node, pool, zone, labels, count }: NodeTargetInput): string {
  const more = [
    ...(pool === undefined ? [] : [`of the pool ${pool.name}`]),
    ...(zone === undefined ? [] : [`in zone ${zone.name}`]),
    ...(labels === undefined
      ? []
      : [
          `with ${Object.entries(labels.labels)
            .map(([key, value]) => `${key}=${value}`)
            .join(', ')}`,
        ]),
  ];
  const some =
    node !== undefined
      ? `node ${node.name}`
      : count.kind === 'count'
        ? `${count.count} node${count.count === 1 ? '' : 's'}`
        : count.kind === 'share'
          ? `${percent(count.share)} of the nodes`
          : 'the nodes';
  return [some, ...more].join(' ');
}
