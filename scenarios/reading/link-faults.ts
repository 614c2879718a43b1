// Faults of what lies between pods: from the words of the timeline to ends, what happens to messages, and a sentence that says so.
import type { FieldPath } from '../../models/config/resource.js';
import type { LinkFaultPlan } from '../../models/plan/contract/timeline-plan.js';
import type { LinkEndInput, TimelineActionInput } from '../../models/plan/settings/timeline-input.js';
import { nearestName } from '../../sim/nearest.js';
import type { ScenarioAction } from '../document/schema-timeline.js';
import { describe } from '../document/validate.js';
import { percent, spaced } from './phrases.js';
import type { ActionReading } from './pod-faults.js';
import type { ScenarioReader } from './reader.js';

type Ends = ScenarioAction<'partition'>;
type LinkInput = Extract<TimelineActionInput, { kind: 'link' }>;

export function readPartition(reader: ScenarioReader, path: FieldPath, given: Ends): ActionReading | null {
  return link(reader, path, given, { kind: 'partition' }, 'no messages');
}

export function readDelay(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioAction<'delay'>,
): ActionReading | null {
  const addNs = reader.positiveNs([...path, 'by'], given.by, null);
  const jitterNs = reader.durationNs([...path, 'jitter'], given.jitter, 0);
  if (addNs === null) return null;
  if (jitterNs > addNs) {
    reader.wrong([...path, 'jitter'], `expected at most \`by\`, ${given.by}: no message arrives before it is sent`);
  }
  return link(reader, path, given, { kind: 'delay', addNs, jitterNs }, `${spaced(addNs)} later: messages`);
}

export function readLoss(reader: ScenarioReader, path: FieldPath, given: ScenarioAction<'loss'>): ActionReading | null {
  const probability = reader.share([...path, 'share'], given.share, null);
  if (probability === null) return null;
  if (probability === 0 || probability === 1) {
    const hint = probability === 1 ? '`partition` lets nothing through' : undefined;
    reader.wrong([...path, 'share'], `expected a share above 0% and below 100%, found ${given.share}`, hint);
  }
  return link(reader, path, given, { kind: 'loss', probability }, `${percent(probability)} lose a packet: messages`);
}

export function readBandwidth(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioAction<'bandwidth'>,
): ActionReading | null {
  const bytesPerSecond = reader.bytesPerSecond([...path, 'limit'], given.limit, null);
  if (bytesPerSecond === null) return null;
  return link(reader, path, given, { kind: 'bandwidth', bytesPerSecond }, `at most ${given.limit}: messages`);
}

export function readDown(reader: ScenarioReader, path: FieldPath, given: ScenarioAction<'down'>): ActionReading {
  return {
    action: { kind: 'down', host: { name: given.host, at: reader.at([...path, 'host']) } },
    sentence: `${given.host} is down`,
  };
}

function link(
  reader: ScenarioReader,
  path: FieldPath,
  given: Ends,
  fault: LinkFaultPlan,
  what: string,
): ActionReading | null {
  const ends = readEnds(reader, path, given);
  if (ends === null) return null;
  return { action: { kind: 'link', ...ends, fault }, sentence: `${what} ${whereWords(ends)}` };
}

function readEnds(reader: ScenarioReader, path: FieldPath, given: Ends): Omit<LinkInput, 'kind' | 'fault'> | null {
  const { between, from, to } = given;
  if (between !== undefined) {
    for (const word of ['from', 'to'] as const) {
      if (given[word] !== undefined) {
        reader.wrong(
          [...path, word],
          'stands beside `between`',
          '`between` is both directions, `from` and `to` are one',
        );
      }
    }
    const [one, other] = between.map((word, i) => readEnd(reader, [...path, 'between', i], word));
    return one == null || other == null ? null : { from: one, to: other, bothWays: true };
  }
  if (from === undefined && to === undefined) {
    const hint = 'for example `between: [zone us-east-1a, zone us-east-1b]`';
    reader.wrong(path, 'does not say which messages: expected between, from or to', hint);
    return null;
  }
  const source = from === undefined ? null : readEnd(reader, [...path, 'from'], from);
  const target = to === undefined ? null : readEnd(reader, [...path, 'to'], to);
  if ((from !== undefined && source === null) || (to !== undefined && target === null)) return null;
  return { from: source, to: target, bothWays: false };
}

const KINDS = ['workload', 'service', 'pod', 'namespace', 'zone', 'region'] as const;
const EXPECTED =
  'expected `workload NAME`, `service NAME`, `pod NAME-0`, `namespace NAME`, `zone NAME`, `region NAME` or `outside`';

function readEnd(reader: ScenarioReader, path: FieldPath, word: string): LinkEndInput | null {
  const [kind, name, ...rest] = word.trim().split(/\s+/);
  const at = reader.at(path);
  if (kind === 'outside' && name === undefined) return { kind, at };
  const known = KINDS.find((one) => one === kind);
  if (known !== undefined && name !== undefined && rest.length === 0) {
    if (known !== 'pod') return { kind: known, name, at };
    const pod = podOf(name);
    if (pod !== null) return { kind: known, ...pod, at };
    reader.wrong(
      path,
      `expected a workload and the number of its pod, such as \`pod cart-0\`, found ${describe(word)}`,
    );
    return null;
  }
  const near = name === undefined ? null : nearestName(kind!, KINDS);
  const hint =
    near !== null && known === undefined
      ? `did you mean \`${near} ${name}\`?`
      : name === undefined && known === undefined && kind !== ''
        ? `write what it is: \`workload ${kind}\`, \`service ${kind}\`, \`zone ${kind}\``
        : undefined;
  reader.wrong(path, `${EXPECTED}, found ${describe(word)}`, hint);
  return null;
}

/** `cart-0`, `cart-0.shop` or `shop/cart-0`: the workload `cart` and its pod 0. */
function podOf(word: string): { readonly name: string; readonly ordinal: number } | null {
  const found = /^(.+)-(\d{1,9})(\..+)?$/.exec(word);
  return found === null ? null : { name: `${found[1]}${found[3] ?? ''}`, ordinal: Number(found[2]) };
}

function whereWords({ from, to, bothWays }: Omit<LinkInput, 'kind' | 'fault'>): string {
  if (bothWays && from !== null && to !== null) return `between ${endWords(from)} and ${endWords(to)}`;
  return [from === null ? '' : `from ${endWords(from)}`, to === null ? '' : `to ${endWords(to)}`].join(' ').trim();
}

function endWords(end: LinkEndInput): string {
  switch (end.kind) {
    case 'outside':
      return 'outside';
    case 'workload':
    case 'service':
      return end.name;
    case 'pod':
      return `pod ${end.ordinal} of ${end.name}`;
    case 'namespace':
    case 'zone':
    case 'region':
      return `${end.kind} ${end.name}`;
  }
}
