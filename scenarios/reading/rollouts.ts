// What is asked of the controllers of workloads: from the words of the timeline to an order, and a sentence that says it.
import type { FieldPath } from '../../models/config/resource.js';
import type { ScenarioAction } from '../document/schema-timeline.js';
import type { ActionReading } from './pod-faults.js';
import type { ScenarioReader } from './reader.js';

export function readRestart(reader: ScenarioReader, path: FieldPath, given: ScenarioAction<'restart'>): ActionReading {
  const workload = { name: given.workload, at: reader.at([...path, 'workload']) };
  return { action: { kind: 'restart', workload }, sentence: `restart ${given.workload}` };
}

export function readScale(reader: ScenarioReader, path: FieldPath, given: ScenarioAction<'scale'>): ActionReading {
  const workload = { name: given.workload, at: reader.at([...path, 'workload']) };
  const { replicas } = given;
  return { action: { kind: 'scale', workload, replicas }, sentence: `scale ${given.workload} to ${replicas}` };
}
