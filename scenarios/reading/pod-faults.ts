// Faults of pods: from the words of the timeline to which pods, what is wrong with them, and a sentence that says so.
import type { FieldPath } from '../../models/config/resource.js';
import type { PodFaultPlan, PodTargetPlan } from '../../models/plan/contract/timeline-plan.js';
import type { Named, PodTargetInput, TimelineActionInput } from '../../models/plan/settings/timeline-input.js';
import type { ScenarioAction, ScenarioOddPod } from '../document/schema-timeline.js';
import { describe } from '../document/validate.js';
import { percent, spaced, timesAsMuch } from './phrases.js';
import { type ScenarioReader, stringsOf } from './reader.js';

/** An action, and what reports call it. */
export interface ActionReading {
  readonly action: TimelineActionInput;
  readonly sentence: string;
}

/** What is wrong with pods, and the sentence about pods that `pods` and `whose` name: `the pods of cart`, `cart`. */
interface FaultReading {
  readonly fault: PodFaultPlan;
  readonly sentence: (pods: string, whose: string) => string;
}

type Target = ScenarioAction<'kill'>;

const NS_PER_SECOND = 1_000_000_000;

/** The actions of the timeline that are faults of pods. */
export const POD_ACTIONS = ['slow', 'kill', 'stop', 'crash', 'hang', 'refuse', 'fail', 'stealCpu', 'pause'] as const;
export type PodAction = (typeof POD_ACTIONS)[number];

/** null, with what is wrong, where it cannot be read. */
export function readPodAction<Word extends PodAction>(
  reader: ScenarioReader,
  path: FieldPath,
  word: Word,
  given: ScenarioAction<Word>,
): ActionReading | null {
  const read = readFault(reader, path, word, given);
  const target = readTarget(reader, path, given);
  if (read === null || target === null) return null;
  const { pods, whose } = podWords(target);
  return { action: { kind: 'pods', target, fault: read.fault }, sentence: read.sentence(pods, whose) };
}

/** The faults that pods of a workload have from the start on. */
export function readOddPod(
  reader: ScenarioReader,
  path: FieldPath,
  workload: Named,
  given: ScenarioOddPod,
): ActionReading[] {
  const { ordinal, ...faults } = given;
  const ordinals = readOrdinals(reader, path, ordinal);
  const target: PodTargetInput = { workload, ordinals, pods: { kind: 'all' } };
  const { pods, whose } = podWords(target);
  const words = (['slow', 'fail', 'stealCpu', 'pause'] as const).filter((word) => faults[word] !== undefined);
  if (words.length === 0) {
    const hint = 'for example `slow: {by: 20ms}`';
    reader.wrong(path, 'differs in nothing: expected slow, fail, stealCpu or pause', hint);
  }
  return words.flatMap((word) => {
    const read = readFault(reader, [...path, word], word, faults[word]!);
    if (read === null) return [];
    return [{ action: { kind: 'pods', target, fault: read.fault }, sentence: read.sentence(pods, whose) }];
  });
}

type Fault = Partial<ScenarioAction<'slow'> & ScenarioAction<'fail'> & Pick<ScenarioAction<'stop'>, 'grace'>> &
  Partial<Omit<ScenarioAction<'stealCpu'>, 'share'> & ScenarioAction<'pause'>>;

function readFault(reader: ScenarioReader, path: FieldPath, word: PodAction, given: Fault): FaultReading | null {
  switch (word) {
    case 'kill':
      return { fault: { kind: 'kill' }, sentence: (pods) => `kill ${pods}` };
    case 'stop':
      return readStop(reader, path, given);
    case 'crash':
      return { fault: { kind: 'crash' }, sentence: (pods) => `crash ${pods}` };
    case 'hang':
      return { fault: { kind: 'hang' }, sentence: (pods) => `hang ${pods}` };
    case 'refuse':
      return { fault: { kind: 'refuse' }, sentence: (_, whose) => `connections refused: ${whose}` };
    case 'fail':
      return readFail(reader, path, given);
    case 'slow':
      return readSlow(reader, path, given);
    case 'stealCpu':
      return readTheft(reader, path, given);
    case 'pause':
      return readPause(reader, path, given);
  }
}

function readStop(reader: ScenarioReader, path: FieldPath, given: Fault): FaultReading | null {
  const graceNs = given.grace === undefined ? null : reader.durationNs([...path, 'grace'], given.grace, 0);
  if (graceNs !== null && graceNs % NS_PER_SECOND !== 0) {
    reader.wrong([...path, 'grace'], `expected whole seconds, found ${given.grace}`, 'Kubernetes knows no others');
    return null;
  }
  const graceSeconds = graceNs === null ? null : graceNs / NS_PER_SECOND;
  return { fault: { kind: 'stop', graceSeconds }, sentence: (pods) => `stop ${pods}` };
}

function readFail(reader: ScenarioReader, path: FieldPath, given: Fault): FaultReading | null {
  const share = reader.share([...path, 'share'], given.share, 1);
  const status = given.status ?? 500;
  if (share === 0) reader.wrong([...path, 'share'], 'a share of 0 never fails anything');
  const which = share === 1 ? 'all requests' : `${percent(share)} of the requests`;
  return { fault: { kind: 'fail', share, status }, sentence: (_, whose) => `${which} fail with ${status}: ${whose}` };
}

function readSlow(reader: ScenarioReader, path: FieldPath, given: Fault): FaultReading | null {
  if (given.by === undefined && given.factor === undefined) {
    reader.wrong(path, 'does not say how slow: expected `by`, `factor` or both', 'for example `by: 400ms`');
    return null;
  }
  const addNs = reader.positiveNs([...path, 'by'], given.by, 0);
  const factor = reader.factor([...path, 'factor'], given.factor, null);
  if (factor !== null && factor <= 1) {
    reader.wrong([...path, 'factor'], `expected a factor above 1x, found ${given.factor}`);
  }
  const words = [
    ...(factor === null ? [] : [`work ${timesAsMuch(factor)} as long`]),
    ...(addNs === 0 ? [] : [`${spaced(addNs)} slower`]),
  ];
  return {
    fault: { kind: 'slow', factor: factor ?? 1, addNs },
    sentence: (_, whose) => `${words.join(' and ')}: ${whose}`,
  };
}

function readTheft(reader: ScenarioReader, path: FieldPath, given: Fault): FaultReading | null {
  const share = reader.share([...path, 'share'], given.share, null);
  if (share === null) return null;
  if (share === 0 || share === 1) {
    const hint = share === 1 ? '`hang` is for pods that do nothing any more' : undefined;
    reader.wrong([...path, 'share'], `expected a share above 0% and below 100%, found ${given.share}`, hint);
  }
  return { fault: { kind: 'steal', share }, sentence: (_, whose) => `${percent(share)} of the CPU stolen: ${whose}` };
}

function readPause(reader: ScenarioReader, path: FieldPath, given: Fault): FaultReading | null {
  const lengthNs = reader.positiveNs([...path, 'length'], given.length, null);
  const everyNs = reader.positiveNs([...path, 'every'], given.every, null);
  if (lengthNs === null || everyNs === null) return null;
  if (lengthNs >= everyNs) {
    const hint = '`hang` is for pods that do nothing any more';
    reader.wrong([...path, 'length'], `expected less than from one pause to the next: ${given.every}`, hint);
  }
  return {
    fault: { kind: 'pause', lengthNs, everyNs },
    sentence: (_, whose) => `${spaced(lengthNs)} pause every ${spaced(everyNs)}: ${whose}`,
  };
}

const WHICH = ['workload', 'service', 'namespace', 'labels', 'version', 'zone', 'region'] as const;

function readTarget(reader: ScenarioReader, path: FieldPath, given: Target): PodTargetInput | null {
  if (WHICH.every((word) => given[word] === undefined)) {
    const hint = 'for example `workload: cart`';
    reader.wrong(path, `does not say which pods: expected at least one of ${WHICH.join(', ')}`, hint);
    return null;
  }
  const pods = readPods(reader, [...path, 'pods'], given.pods);
  if (pods === null) return null;
  const named = (['workload', 'service', 'namespace', 'version', 'zone', 'region'] as const).flatMap((word) => {
    const name = given[word];
    return name === undefined ? [] : [[word, { name: String(name), at: reader.at([...path, word]) }]];
  });
  return {
    ...(Object.fromEntries(named) as Omit<PodTargetInput, 'pods' | 'labels' | 'ordinals'>),
    ...(given.labels === undefined
      ? {}
      : { labels: { labels: stringsOf(given.labels), at: reader.at([...path, 'labels']) } }),
    ...(given.ordinal === undefined ? {} : { ordinals: readOrdinals(reader, path, given.ordinal) }),
    pods,
  };
}

function readOrdinals(
  reader: ScenarioReader,
  path: FieldPath,
  given: number | readonly number[],
): NonNullable<PodTargetInput['ordinals']> {
  const at = [...path, 'ordinal'];
  if (typeof given === 'number') return [{ ordinal: given, at: reader.at(at) }];
  return given.map((ordinal, i) => ({ ordinal, at: reader.at([...at, i]) }));
}

/** null, with what is wrong, where it cannot be read. @param what there is a number of */
export function readPods(
  reader: ScenarioReader,
  path: FieldPath,
  given: string | number | undefined,
  what: 'pod' | 'node' = 'pod',
): PodTargetPlan['pods'] | null {
  if (given === undefined) return { kind: 'all' };
  if (typeof given === 'number') return { kind: 'count', count: given };
  if (/%\s*$/.test(given)) {
    const share = reader.share(path, given, null);
    if (share === 0) reader.wrong(path, `a share of 0 is no ${what}`);
    return share === null ? null : { kind: 'share', share };
  }
  const hint = /^\s*\d+\s*$/.test(given) ? `without quotes: ${given.trim()}` : undefined;
  reader.wrong(
    path,
    `expected a number of ${what}s such as 1, or a share of them such as 50%, found ${describe(given)}`,
    hint,
  );
  return null;
}

/** `pods`: the pods as the object of a verb; `whose`: the same, short where all pods are meant. */
function podWords(target: PodTargetInput): { readonly pods: string; readonly whose: string } {
  const { workload, service, namespace, labels, version, zone, region } = target;
  const owner = workload?.name ?? service?.name;
  const more = [
    ...(workload === undefined || service === undefined ? [] : [`behind ${service.name}`]),
    ...(version === undefined ? [] : [`of version ${version.name}`]),
    ...(labels === undefined
      ? []
      : [
          `with ${Object.entries(labels.labels)
            .map(([key, value]) => `${key}=${value}`)
            .join(', ')}`,
        ]),
    ...(namespace === undefined ? [] : [`in namespace ${namespace.name}`]),
    ...(zone === undefined ? [] : [`in zone ${zone.name}`]),
    ...(region === undefined ? [] : [`in region ${region.name}`]),
  ];
  const some = someOf(target);
  const pods = [some ?? 'the pods', ...(owner === undefined ? [] : [`of ${owner}`]), ...more].join(' ');
  const whose = some === null && owner !== undefined ? [owner, ...more].join(' ') : pods;
  return { pods, whose };
}

/** null: all of them. */
function someOf({ ordinals, pods }: PodTargetInput): string | null {
  const numbers = ordinals?.map(({ ordinal }) => String(ordinal));
  const listed =
    numbers === undefined
      ? null
      : numbers.length === 1
        ? `pod ${numbers[0]}`
        : `pods ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
  switch (pods.kind) {
    case 'all':
      return listed;
    case 'count': {
      const count = `${pods.count} ${pods.count === 1 ? 'pod' : 'pods'}`;
      return listed === null ? count : `${pods.count} of ${listed}`;
    }
    case 'share':
      return `${percent(pods.share)} of ${listed ?? 'the pods'}`;
  }
}
