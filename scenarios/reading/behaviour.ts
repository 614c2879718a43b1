// What a pod does with a request: from the words of the scenario to BehaviourSpec.
import type { FieldPath } from '../../models/config/resource.js';
import type {
  BehaviourSources,
  BehaviourSpec,
  NamedBehaviour,
  OperationInput,
} from '../../models/plan/settings/input.js';
import type { ScenarioBehaviour, ScenarioOperation } from '../document/schema-behaviour.js';
import { type ScenarioReader, stringsOf } from './reader.js';
import { inherit, readProgram, type WorkDefaults } from './steps.js';

export function readNamedBehaviours(
  reader: ScenarioReader,
  path: FieldPath,
  map: Readonly<Record<string, ScenarioBehaviour>> | undefined,
  defaults: WorkDefaults,
): NamedBehaviour[] {
  return Object.entries(map ?? {}).map(([name, behaviour]) => ({
    name,
    at: reader.at([...path, name]),
    spec: readBehaviour(reader, [...path, name], behaviour, defaults),
  }));
}

/** Only what is given: the plan inherits the rest. */
export function readBehaviour(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioBehaviour,
  outer: WorkDefaults,
): BehaviourSpec {
  const defaults = inherit(reader, path, given, outer);
  const steps = readProgram(reader, path, given, defaults);
  const errors = readErrors(reader, [...path, 'errors'], given.errors);
  return {
    ...(given.workers === undefined ? {} : { workers: given.workers === 'unlimited' ? null : given.workers }),
    ...(given.queue === undefined ? {} : { queue: given.queue === 'unlimited' ? null : given.queue }),
    ...(given.overflow === undefined ? {} : { overflow: overflowOf(given.overflow) }),
    ...(given.cancels === undefined ? {} : { cancels: given.cancels }),
    ...startupOf(reader, path, given),
    ...(given.onSigterm === undefined ? {} : { onSigterm: given.onSigterm }),
    ...(given.keepAlive === undefined
      ? {}
      : {
          keepAlive: {
            idleNs: reader.durationNs([...path, 'keepAlive', 'idle'], given.keepAlive.idle, 0),
            requests: given.keepAlive.requests ?? 0,
          },
        }),
    ...(given.connections === undefined
      ? {}
      : {
          connections: { idleNs: reader.durationNs([...path, 'connections', 'idle'], given.connections.idle, 0) },
        }),
    ...(given.memory === undefined
      ? {}
      : {
          memory: {
            baseBytes: reader.bytes([...path, 'memory', 'base'], given.memory.base, 0),
            perRequestBytes: reader.bytes([...path, 'memory', 'perRequest'], given.memory.perRequest ?? 0, 0),
          },
        }),
    ...(given.replicas === undefined ? {} : { replicas: given.replicas }),
    ...responseBytes(reader, path, given),
    ...(steps === null ? {} : { steps }),
    ...(errors === null ? {} : { errors }),
    ...(given.operations === undefined
      ? {}
      : {
          operations: given.operations.map((operation, i) =>
            readOperation(reader, [...path, 'operations', i], operation, defaults),
          ),
        }),
    sources: readSources(reader, path, given),
  };
}

function startupOf(
  reader: ScenarioReader,
  path: FieldPath,
  { startup }: ScenarioBehaviour,
): Pick<BehaviourSpec, 'startup'> {
  const spec = startup === undefined ? null : reader.distribution([...path, 'startup'], startup);
  return spec === null ? {} : { startup: spec };
}

/** Which words of the scenario say what; the work and the errors of operations stand for those of a service that has no others. */
const SOURCES: Readonly<Record<keyof BehaviourSources, readonly (keyof ScenarioBehaviour)[]>> = {
  workers: ['workers'],
  queue: ['queue'],
  replicas: ['replicas'],
  work: ['work', 'cpu', 'wait', 'steps', 'operations'],
  errors: ['errors'],
};

function readSources(reader: ScenarioReader, path: FieldPath, behaviour: ScenarioBehaviour): BehaviourSources {
  return Object.fromEntries(
    Object.entries(SOURCES).flatMap(([name, words]) => {
      const word = words.find((own) => behaviour[own] !== undefined);
      const source = word === undefined ? null : reader.source([...path, word]);
      return source === null ? [] : [[name, source]];
    }),
  );
}

function overflowOf(word: number | 'reset' | 'refuse' | 'drop'): NonNullable<BehaviourSpec['overflow']> {
  return typeof word === 'number' ? { kind: 'status', status: word } : { kind: word };
}

function readOperation(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioOperation,
  outer: WorkDefaults,
): OperationInput {
  const { match } = given;
  if (match.path === undefined && match.method === undefined && match.headers === undefined) {
    reader.wrong([...path, 'match'], 'matches nothing in particular: expected path, method or headers');
  }
  const steps = readProgram(reader, path, given, inherit(reader, path, given, outer));
  const errors = readErrors(reader, [...path, 'errors'], given.errors);
  return {
    name: given.name ?? [match.method, match.path ?? '*'].filter((part) => part !== undefined).join(' '),
    at: reader.at(path),
    match: {
      ...(match.path === undefined ? {} : { path: match.path }),
      ...(match.method === undefined ? {} : { method: match.method }),
      ...(match.headers === undefined ? {} : { headers: stringsOf(match.headers) }),
    },
    steps: steps ?? [],
    ...(errors === null ? {} : { errors }),
    ...responseBytes(reader, path, given),
  };
}

function responseBytes(
  reader: ScenarioReader,
  path: FieldPath,
  given: { readonly responseBytes?: string | number | undefined },
): { responseBytes?: number } {
  if (given.responseBytes === undefined) return {};
  return { responseBytes: reader.bytes([...path, 'responseBytes'], given.responseBytes, 0) };
}

function readErrors(
  reader: ScenarioReader,
  path: FieldPath,
  given: Readonly<Record<string, string | number>> | undefined,
): { status: number; probability: number }[] | null {
  if (given === undefined) return null;
  const errors = Object.entries(given).map(([status, word]) => {
    if (!/^[45]\d\d$/.test(status)) reader.wrong([...path, status], `expected a status of 400 to 599, found ${status}`);
    return { status: Number(status), probability: reader.share([...path, status], word, 0) };
  });
  const sum = errors.reduce((total, { probability }) => total + probability, 0);
  if (sum > 1 + 1e-9) reader.wrong(path, `the probabilities sum to ${sum}, more than 1`);
  return errors;
}
