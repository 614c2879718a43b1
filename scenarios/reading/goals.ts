// SLOs and thresholds of a scenario, with their subjects looked up in the compiled plan.
import type { FieldPath } from '../../models/config/resource.js';
import type { ScenarioSlo } from '../document/schema.js';
import type { ScenarioReader } from './reader.js';
import type { SloSpec, ThresholdSpec } from './scenario.js';
import { readSubject, type SubjectNames } from './subjects.js';
import { parseThreshold } from './thresholds.js';

export function readThresholds(
  reader: ScenarioReader,
  given: readonly string[] | undefined,
  names: SubjectNames,
): ThresholdSpec[] {
  return (given ?? []).flatMap((text, i) => {
    const path = ['spec', 'thresholds', i];
    const reading = parseThreshold(text, names);
    if ('threshold' in reading) return [{ ...reading.threshold, position: reader.at(path) }];
    reader.wrong(path, reading.error, reading.hint);
    return [];
  });
}

export function readSlos(
  reader: ScenarioReader,
  given: readonly ScenarioSlo[] | undefined,
  names: SubjectNames,
): SloSpec[] {
  return (given ?? []).flatMap((slo, i) => readSlo(reader, ['spec', 'slos', i], slo, names));
}

function readSlo(reader: ScenarioReader, path: FieldPath, slo: ScenarioSlo, names: SubjectNames): SloSpec[] {
  const subjectText = [slo.traffic, slo.request].filter((part) => part !== undefined).join('.');
  const reading = readSubject(subjectText, names);
  if ('error' in reading) {
    reader.wrong([...path, slo.request === undefined ? 'traffic' : 'request'], reading.error, reading.hint);
    return [];
  }
  const hasLatency = slo.latency !== undefined && slo.objective !== undefined;
  const isComplete =
    slo.availability !== undefined ? slo.latency === undefined && slo.objective === undefined : hasLatency;
  if (!isComplete) {
    reader.wrong(
      path,
      'expected either latency with objective, or availability',
      'for example {latency: 300ms, objective: 99%}',
    );
    return [];
  }
  const goal = slo.availability === undefined ? 'objective' : 'availability';
  const objectiveShare = reader.share([...path, goal], slo[goal], 1);
  const latencyNs = reader.positiveNs([...path, 'latency'], slo.latency, null);
  const name =
    slo.name ??
    `${subjectText === '' ? 'all traffic' : subjectText} ${slo.latency === undefined ? 'availability' : 'latency'}`;
  return [{ name, subjectText, subject: reading.subject, position: reader.at(path), latencyNs, objectiveShare }];
}
