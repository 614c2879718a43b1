// Load in the words of k6 (rate, stages) and fortio (connections, qps): from the scenario to TrafficInput.
// k6: lib/executor/{constant,ramping}_arrival_rate.go; fortio: periodic/periodic.go.
import type { FieldPath } from '../../models/config/resource.js';
import type { ArrivalPlan } from '../../models/plan/contract/plan.js';
import type { TrafficInput, TrafficRequestInput } from '../../models/plan/settings/input.js';
import { parseDialTarget } from '../../models/plan/terms/host.js';
import type { ScenarioTraffic } from '../document/schema.js';
import { checkReferences, readAttributes } from './attributes.js';
import { readExpect } from './expect.js';
import { withToken } from './filters.js';
import { type ScenarioReader, stringsOf } from './reader.js';
import { readPath } from './steps.js';

export interface TrafficReading {
  readonly traffic: readonly TrafficInput[];
  /** End of the last stage of any source; 0 without stages. */
  readonly stagesNs: number;
}

export function readTraffic(reader: ScenarioReader, given: readonly ScenarioTraffic[] | undefined): TrafficReading {
  const path = ['spec', 'traffic'];
  if (given === undefined || given.length === 0) {
    const example = 'traffic: [{name: shoppers, to: http://frontend.default, rate: 100/s}]';
    reader.findings.error(
      'no-traffic',
      reader.at(path),
      'the scenario has no traffic, so there is nothing to simulate',
      `add to spec: ${example}`,
    );
    return { traffic: [], stagesNs: 0 };
  }
  const traffic = given.map((source, i) => readSource(reader, [...path, i], source));
  reportDuplicates(
    reader,
    path,
    traffic.map((source) => source.name),
  );
  const ends = traffic.map(({ arrival }) =>
    arrival.kind === 'open' ? arrival.profile[arrival.profile.length - 1].atNs : 0,
  );
  return { traffic, stagesNs: Math.max(...ends) };
}

function reportDuplicates(reader: ScenarioReader, path: FieldPath, names: readonly string[]): void {
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) {
      reader.wrong(
        [...path, i, 'name'],
        `the name ${JSON.stringify(name)} is already taken`,
        'give each a `name` of its own',
      );
    }
  });
}

function readSource(reader: ScenarioReader, path: FieldPath, source: ScenarioTraffic): TrafficInput {
  const target = parseDialTarget(source.to);
  if (target === null) {
    reader.wrong([...path, 'to'], `expected a URL or host[:port], found ${JSON.stringify(source.to)}`);
  }
  const name = source.name ?? target?.host ?? source.to;
  const timeoutNs = reader.durationNs([...path, 'timeout'], source.timeout, 0);
  return {
    name,
    at: reader.at(path),
    to: source.to,
    toAt: reader.at([...path, 'to']),
    from: source.from ?? null,
    fromAt: reader.at([...path, 'from']),
    arrival: readArrival(reader, path, source),
    requests: readRequests(reader, path, source, {
      name,
      path: target?.path,
      timeoutNs,
      requestBytes: reader.bytes([...path, 'requestBytes'], source.requestBytes, undefined),
    }),
  };
}

const OPEN_FIELDS = ['arrivals', 'startRate'] as const;
const CLOSED_FIELDS = ['qps', 'uniform', 'think', 'calls', 'startTime'] as const;
const NO_ARRIVALS: ArrivalPlan = { kind: 'open', process: 'poisson', profile: [{ atNs: 0, ratePerSecond: 0 }] };

function readArrival(reader: ScenarioReader, path: FieldPath, source: ScenarioTraffic): ArrivalPlan {
  const shapes = (['rate', 'stages', 'connections'] as const).filter((shape) => source[shape] !== undefined);
  if (shapes.length !== 1) {
    const found = shapes.length === 0 ? 'none' : shapes.join(' and ');
    reader.wrong(
      path,
      `expected exactly one of rate, stages, connections, found ${found}`,
      'for example `rate: 100/s`',
    );
    return NO_ARRIVALS;
  }
  const misplaced = source.connections === undefined ? CLOSED_FIELDS : OPEN_FIELDS;
  for (const field of misplaced) {
    if (source[field] !== undefined) reader.wrong([...path, field], `has no meaning beside \`${shapes[0]}\``);
  }
  if (source.startRate !== undefined && source.rate !== undefined) {
    reader.wrong([...path, 'startRate'], 'has no meaning beside `rate`', 'use it with `stages`');
  }
  if (source.connections !== undefined) return readClosed(reader, path, source, source.connections);
  const profile =
    source.stages === undefined ? readRate(reader, path, source) : readStages(reader, path, source, source.stages);
  return { kind: 'open', process: source.arrivals ?? 'poisson', profile };
}

type Profile = Extract<ArrivalPlan, { kind: 'open' }>['profile'];

function readRate(reader: ScenarioReader, path: FieldPath, source: ScenarioTraffic): Profile {
  const ratePerSecond = reader.ratePerSecond([...path, 'rate'], source.rate, null);
  if (ratePerSecond === 0)
    reader.wrong([...path, 'rate'], 'a rate of 0 never sends anything', 'remove the traffic source');
  return [{ atNs: 0, ratePerSecond: ratePerSecond ?? 0 }];
}

function readStages(
  reader: ScenarioReader,
  path: FieldPath,
  source: ScenarioTraffic,
  stages: NonNullable<ScenarioTraffic['stages']>,
): Profile {
  const startRate = reader.ratePerSecond([...path, 'startRate'], source.startRate, 0);
  const profile = [{ atNs: 0, ratePerSecond: startRate }];
  let atNs = 0;
  stages.forEach((stage, i) => {
    const stagePath = [...path, 'stages', i];
    // A stage of no length is a jump: two rates at one time.
    atNs += reader.durationNs([...stagePath, 'duration'], stage.duration, 0);
    profile.push({ atNs, ratePerSecond: reader.ratePerSecond([...stagePath, 'target'], stage.target, 0) });
  });
  if (profile.every((point) => point.ratePerSecond === 0)) {
    reader.wrong([...path, 'stages'], 'all rates are 0: nothing is ever sent');
  } else if (startRate === 0) {
    reader.warn(
      'idle-warm-up',
      [...path, 'stages'],
      'the first rate is 0, so the warm-up is without this load',
      'set `startRate` where the mesh should be warm at t = 0',
    );
  }
  return profile;
}

function readClosed(
  reader: ScenarioReader,
  path: FieldPath,
  source: ScenarioTraffic,
  connections: number,
): ArrivalPlan {
  const { qps } = source;
  const ratePerSecond = qps === undefined || qps === 'max' ? null : reader.ratePerSecond([...path, 'qps'], qps, null);
  if (ratePerSecond === 0)
    reader.wrong([...path, 'qps'], 'a rate of 0 never sends anything', 'write `max` for no limit');
  const think = source.think === undefined ? null : reader.distribution([...path, 'think'], source.think);
  if (think !== null && ratePerSecond !== null) {
    reader.wrong([...path, 'think'], 'stands beside `qps`, which paces the connections already', 'remove one of them');
  }
  const startNs = reader.durationNs([...path, 'startTime'], source.startTime, null);
  return {
    kind: 'closed',
    connections,
    ratePerSecond,
    uniform: source.uniform ?? false,
    think,
    calls: source.calls ?? null,
    startNs,
  };
}

interface RequestDefaults {
  readonly name: string;
  readonly path: string | undefined;
  readonly timeoutNs: number;
  readonly requestBytes: number | undefined;
}

function readRequests(
  reader: ScenarioReader,
  path: FieldPath,
  source: ScenarioTraffic,
  defaults: RequestDefaults,
): TrafficRequestInput[] {
  const at = [...path, 'requests'];
  const requests = (source.requests ?? [{ name: defaults.name }]).map((request, i): TrafficRequestInput => {
    const requestPath = source.requests === undefined ? path : [...at, i];
    const method = request.method ?? 'GET';
    const urlPath = readPath(reader, [...requestPath, 'path'], request.path, defaults.path);
    const headers = stringsOf(request.headers);
    const attributes = readAttributes(reader, [...requestPath, 'attributes'], request.attributes);
    checkReferences(reader, [...requestPath, 'headers'], headers, attributes);
    const expect = readExpect(reader, [...requestPath, 'expect'], request.expect);
    const requestBytes = reader.bytes([...requestPath, 'requestBytes'], request.requestBytes, defaults.requestBytes);
    return {
      name: request.name ?? `${method} ${urlPath}`,
      at: reader.at(requestPath),
      weight: request.weight ?? 1,
      method,
      path: urlPath,
      headers: withToken(reader, requestPath, request.token, headers),
      timeoutNs: reader.durationNs([...requestPath, 'timeout'], request.timeout, defaults.timeoutNs),
      attributes,
      ...(requestBytes === undefined ? {} : { requestBytes }),
      ...(expect === undefined ? {} : { expect }),
    };
  });
  reportDuplicates(
    reader,
    at,
    requests.map((request) => request.name),
  );
  if (requests.every((request) => request.weight === 0)) {
    reader.wrong(
      at,
      'all weights are 0: no request would ever be chosen',
      'give at least one request a weight above 0',
    );
  }
  return requests;
}
