// The steps of a program, one after the other: work, calls, branches; with what they inherit from the behaviour around them.
import type { FieldPath } from '../../models/config/resource.js';
import type { CallInput, StepInput } from '../../models/plan/settings/input.js';
import { parseDialTarget } from '../../models/plan/terms/host.js';
import type { ScenarioBehaviour, ScenarioStep } from '../document/schema-behaviour.js';
import { listOf, type ScenarioReader, stringsOf } from './reader.js';

/** What steps inherit from the behaviour around them. */
export interface WorkDefaults {
  readonly cpuShare: number;
  /** Nobody said how much of `work` is CPU time. */
  readonly cpuShareIsGuess: boolean;
  readonly retryWork: 'fresh' | 'same';
}

export const WORK_DEFAULTS: WorkDefaults = { cpuShare: 1, cpuShareIsGuess: true, retryWork: 'fresh' };

/** Bound of the steps of one program after `repeat` is written out. */
const MAX_STEPS = 10_000;

/** What the steps inside inherit. */
export function inherit(
  reader: ScenarioReader,
  path: FieldPath,
  given: Pick<ScenarioBehaviour, 'cpuShare' | 'retryWork'>,
  outer: WorkDefaults,
): WorkDefaults {
  return {
    cpuShare: reader.share([...path, 'cpuShare'], given.cpuShare, outer.cpuShare),
    cpuShareIsGuess: given.cpuShare === undefined && outer.cpuShareIsGuess,
    retryWork: given.retryWork ?? outer.retryWork,
  };
}

/** `steps`, or the short form: `cpu`, `wait`, `work` of the behaviour itself. null where neither is given. */
export function readProgram(
  reader: ScenarioReader,
  path: FieldPath,
  given: Pick<ScenarioBehaviour, 'work' | 'cpu' | 'wait' | 'steps'>,
  defaults: WorkDefaults,
): readonly StepInput[] | null {
  const short = readWork(reader, path, given, defaults);
  if (given.steps === undefined) return short.length === 0 ? null : short;
  if (short.length > 0) {
    reader.wrong([...path, 'steps'], 'stands beside work, cpu or wait', 'put the work into the steps: `- work: …`');
  }
  const steps = readSteps(reader, [...path, 'steps'], given.steps, defaults);
  if (countSteps(steps) > MAX_STEPS) reader.wrong([...path, 'steps'], `more than ${MAX_STEPS} steps after \`repeat\``);
  return steps;
}

function countSteps(steps: readonly StepInput[]): number {
  let count = 0;
  for (const step of steps) {
    count += 1;
    if (step.kind === 'maybe') count += countSteps(step.steps);
    if (step.kind === 'parallel') for (const branch of step.branches) count += countSteps(branch);
    if (count > MAX_STEPS) return count;
  }
  return count;
}

function readSteps(
  reader: ScenarioReader,
  path: FieldPath,
  steps: readonly ScenarioStep[],
  defaults: WorkDefaults,
): StepInput[] {
  return steps.flatMap((step, i) => readStep(reader, [...path, i], step, defaults));
}

const ACTIONS = ['work', 'cpu', 'wait', 'call', 'parallel', 'steps'] as const;
const CALL_FIELDS = [
  'method',
  'path',
  'headers',
  'forwardHeaders',
  'timeout',
  'retries',
  'onError',
  'requestBytes',
] as const;

function readStep(reader: ScenarioReader, path: FieldPath, step: ScenarioStep, outer: WorkDefaults): StepInput[] {
  const actions = ACTIONS.filter((action) => step[action] !== undefined);
  if (actions.length !== 1) {
    const found = actions.length === 0 ? 'none' : actions.join(' and ');
    reader.wrong(path, `expected exactly one of ${ACTIONS.join(', ')}, found ${found}`);
    return [];
  }
  if (step.call === undefined) {
    for (const field of CALL_FIELDS) {
      if (step[field] !== undefined) reader.wrong([...path, field], `belongs to a call, not to ${actions[0]}`);
    }
  }
  const once = readAction(reader, path, step, inherit(reader, path, step, outer));
  const probability = reader.share([...path, 'probability'], step.probability, 1);
  const conditional: StepInput[] = probability < 1 ? [{ kind: 'maybe', probability, steps: once }] : once;
  const times = step.repeat ?? 1;
  if (conditional.length * times <= MAX_STEPS) return Array.from({ length: times }, () => conditional).flat();
  reader.wrong([...path, 'repeat'], `makes more than ${MAX_STEPS} steps`);
  return [];
}

function readAction(reader: ScenarioReader, path: FieldPath, step: ScenarioStep, defaults: WorkDefaults): StepInput[] {
  if (step.call !== undefined) return [readCall(reader, path, step, step.call)];
  if (step.steps !== undefined) return readSteps(reader, [...path, 'steps'], step.steps, defaults);
  if (step.parallel !== undefined) {
    const branches = step.parallel.map((branch, i) => readStep(reader, [...path, 'parallel', i], branch, defaults));
    return [{ kind: 'parallel', branches }];
  }
  return readWork(reader, path, step, defaults);
}

function readWork(
  reader: ScenarioReader,
  path: FieldPath,
  given: Pick<ScenarioStep, 'work' | 'cpu' | 'wait'>,
  { cpuShare, cpuShareIsGuess, retryWork }: WorkDefaults,
): StepInput[] {
  if (given.work !== undefined && cpuShareIsGuess) {
    reader.assumed(
      ['spec', 'defaults', 'cpuShare'],
      'all of `work` counts as CPU time where no cpuShare is given: too much for a service that waits for a disk or a database',
    );
  }
  const shares = { cpu: 1, wait: 0, work: cpuShare };
  return (['cpu', 'wait', 'work'] as const).flatMap((field): StepInput[] => {
    const word = given[field];
    if (word === undefined) return [];
    const duration = reader.distribution([...path, field], word);
    return duration === null ? [] : [{ kind: 'work', duration, cpuShare: shares[field], retryWork }];
  });
}

function readCall(reader: ScenarioReader, path: FieldPath, step: ScenarioStep, to: string): CallInput {
  const target = parseDialTarget(to);
  if (target === null) {
    reader.wrong([...path, 'call'], `expected a host or a URL such as catalog.shop:8080, found ${JSON.stringify(to)}`);
  }
  const failure = readOnError(reader, [...path, 'onError'], step.onError);
  return {
    kind: 'call',
    at: reader.at([...path, 'call']),
    to,
    method: step.method ?? 'GET',
    path: readPath(reader, [...path, 'path'], step.path, target?.path),
    headers: stringsOf(step.headers),
    forwardHeaders: listOf(step.forwardHeaders),
    timeoutNs: reader.durationNs([...path, 'timeout'], step.timeout, 0),
    retries: step.retries ?? 0,
    ...failure,
    ...(step.requestBytes === undefined
      ? {}
      : { requestBytes: reader.bytes([...path, 'requestBytes'], step.requestBytes, 0) }),
  };
}

/** The path as given, else that of the URL, else `/`. */
export function readPath(
  reader: ScenarioReader,
  path: FieldPath,
  given: string | undefined,
  ofUrl: string | undefined,
): string {
  if (given === undefined) return ofUrl === undefined || ofUrl === '' ? '/' : ofUrl;
  if (!given.startsWith('/')) reader.wrong(path, `expected a path that starts with /, found ${JSON.stringify(given)}`);
  return given;
}

function readOnError(
  reader: ScenarioReader,
  path: FieldPath,
  word: string | undefined,
): Pick<CallInput, 'onError' | 'failStatus'> {
  const match = /^(?:(ignore|pass)|fail(?:\((\d{3})\))?)$/.exec((word ?? 'fail').trim());
  const failStatus = Number(match?.[2] ?? 500);
  if (match === null || failStatus < 400 || failStatus > 599) {
    reader.wrong(path, `expected ignore, pass, fail or fail(status of 400 to 599), found ${JSON.stringify(word)}`);
    return { onError: 'fail', failStatus: 500 };
  }
  return { onError: (match[1] as 'ignore' | 'pass' | undefined) ?? 'fail', failStatus };
}
