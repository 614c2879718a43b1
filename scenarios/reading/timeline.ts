// What is done to the mesh while it runs: from the words of the scenario to the timeline that the plan is compiled with.
import type { FieldPath } from '../../models/config/resource.js';
import type { TimelineInput } from '../../models/plan/settings/timeline-input.js';
import type { ScenarioSpec } from '../document/schema.js';
import { type ScenarioTimelineEntry, TIMELINE_ACTIONS } from '../document/schema-timeline.js';
import { type ConfigurationFiles, readApply, readDelete } from './configurations.js';
import { readDns } from './dns-changes.js';
import { readIstiod } from './istiod-faults.js';
import { readBandwidth, readDelay, readDown, readLoss, readPartition } from './link-faults.js';
import { readChurn, readReconnect, readTrafficChange } from './load-changes.js';
import { readDrain, readNodeLoss, readSqueeze } from './nodes.js';
import { type ActionReading, readOddPod, readPodAction } from './pod-faults.js';
import type { ScenarioReader } from './reader.js';
import { readRestart, readScale } from './rollouts.js';
import { TimesReader } from './timeline-times.js';

/**
 * The entries of the timeline in their order, then the pods that differ from the start on; names of the mesh are as written.
 * @param endNs length of the run after the warm-up @param files null: nobody has read what is applied
 */
export function readTimeline(
  reader: ScenarioReader,
  spec: ScenarioSpec,
  endNs: number,
  files: ConfigurationFiles | null,
): TimelineInput[] {
  const path = ['spec', 'timeline'];
  const times = new TimesReader(reader, endNs);
  const entries = spec.timeline ?? [];
  reportTakenNames(reader, path, entries);
  return [
    ...entries.flatMap((entry, i) => readEntry(reader, [...path, i], entry, times, files)),
    ...readOddPods(reader, spec.workloads),
  ];
}

function reportTakenNames(reader: ScenarioReader, path: FieldPath, entries: readonly ScenarioTimelineEntry[]): void {
  const taken = new Set<string>();
  entries.forEach(({ name }, i) => {
    if (name === undefined) return;
    if (taken.has(name)) {
      const hint = 'give each a `name` of its own, or none';
      reader.wrong([...path, i, 'name'], `the name ${JSON.stringify(name)} is already taken`, hint);
    }
    taken.add(name);
  });
}

function readEntry(
  reader: ScenarioReader,
  path: FieldPath,
  entry: ScenarioTimelineEntry,
  times: TimesReader,
  files: ConfigurationFiles | null,
): TimelineInput[] {
  const [word, ...others] = TIMELINE_ACTIONS.filter((action) => entry[action] !== undefined);
  if (word === undefined || others.length > 0) {
    const found = word === undefined ? 'none' : [word, ...others].join(' and ');
    const hint = word === undefined ? 'for example `kill: {workload: cart, pods: 1}`' : 'write an entry for each';
    reader.wrong(path, `expected exactly one of ${TIMELINE_ACTIONS.join(', ')}, found ${found}`, hint);
    return [];
  }
  const when = times.read(path, entry, word);
  const read = readAction(reader, [...path, word], entry, files);
  return read === null
    ? []
    : [{ name: entry.name ?? read.sentence, at: reader.at(path), ...when, action: read.action }];
}

/** @param entry with exactly one action. @param path of the action */
function readAction(
  reader: ScenarioReader,
  path: FieldPath,
  entry: ScenarioTimelineEntry,
  files: ConfigurationFiles | null,
): ActionReading | null {
  if (entry.apply !== undefined) return readApply(entry.apply, files);
  if (entry.delete !== undefined) return readDelete(reader, path, entry.delete, files);
  const { slow, kill, stop, crash, hang, refuse, fail, stealCpu, pause } = entry;
  if (slow !== undefined) return readPodAction(reader, path, 'slow', slow);
  if (kill !== undefined) return readPodAction(reader, path, 'kill', kill);
  if (stop !== undefined) return readPodAction(reader, path, 'stop', stop);
  if (crash !== undefined) return readPodAction(reader, path, 'crash', crash);
  if (hang !== undefined) return readPodAction(reader, path, 'hang', hang);
  if (refuse !== undefined) return readPodAction(reader, path, 'refuse', refuse);
  if (fail !== undefined) return readPodAction(reader, path, 'fail', fail);
  if (stealCpu !== undefined) return readPodAction(reader, path, 'stealCpu', stealCpu);
  if (pause !== undefined) return readPodAction(reader, path, 'pause', pause);
  const { traffic, reconnect, churn, partition, delay, loss, bandwidth, down, dns, istiod } = entry;
  if (traffic !== undefined) return readTrafficChange(reader, path, traffic);
  if (reconnect !== undefined) return readReconnect(reader, path, reconnect);
  if (churn !== undefined) return readChurn(reader, path, churn);
  if (partition !== undefined) return readPartition(reader, path, partition);
  if (delay !== undefined) return readDelay(reader, path, delay);
  if (loss !== undefined) return readLoss(reader, path, loss);
  if (bandwidth !== undefined) return readBandwidth(reader, path, bandwidth);
  if (down !== undefined) return readDown(reader, path, down);
  if (dns !== undefined) return readDns(reader, path, dns);
  if (istiod !== undefined) return readIstiod(reader, path, istiod);
  const { restart, scale } = entry;
  if (restart !== undefined) return readRestart(reader, path, restart);
  if (scale !== undefined) return readScale(reader, path, scale);
  const { loseNode, drainNode, squeezeNode } = entry;
  if (loseNode !== undefined) return readNodeLoss(reader, path, loseNode);
  if (drainNode !== undefined) return readDrain(reader, path, drainNode);
  return squeezeNode === undefined ? null : readSqueeze(reader, path, squeezeNode);
}

function readOddPods(reader: ScenarioReader, workloads: ScenarioSpec['workloads']): TimelineInput[] {
  return Object.entries(workloads ?? {}).flatMap(([name, { pods }]) => {
    const path = ['spec', 'workloads', name];
    const workload = { name, at: reader.at(path) };
    return (pods ?? []).flatMap((pod, i) => {
      const at = [...path, 'pods', i];
      return readOddPod(reader, at, workload, pod).map(({ action, sentence }) => ({
        name: sentence,
        at: reader.at(at),
        startsNs: null,
        durationNs: null,
        rampNs: 0,
        action,
      }));
    });
  });
}
