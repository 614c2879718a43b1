// A scenario that plays a storm: what was loaded, with the storm as its timeline, and the run as it was.
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { stringify } from 'yaml';
import { formatDuration } from '../../models/config/duration.js';
import type { ScenarioTimelineEntry } from '../document/schema-timeline.js';
import { listOf } from '../reading/reader.js';
import type { StormCase } from '../result/storm-result.js';
import type { Stage } from './stage.js';

/** Without thresholds: of one replication they could not be told, and a storm is there to break them. @param outDirectory where the scenario will stand: paths are relative to it */
export function stormScenario(
  stage: Stage,
  { storm, lost, recovered }: StormCase,
  entries: readonly ScenarioTimelineEntry[],
  outDirectory: string,
): string {
  const { written, run, warmupNs, scenario } = stage;
  const document = stage.documentWith([]);
  const { timeline: _timeline, mesh, run: _run, thresholds: _thresholds, ...spec } = document.spec ?? {};
  const given = listOf(mesh);
  const paths = (given.length > 0 ? given : ['.']).map((path) => moved(path, written.directory, outDirectory));
  const head = {
    apiVersion: document.apiVersion,
    kind: document.kind,
    metadata: { ...document.metadata, name: `${scenario.name}-storm-${storm}` },
    spec: {
      mesh: paths,
      run: {
        duration: formatDuration(run.durationNs),
        warmup: formatDuration(warmupNs),
        replications: 1,
        seed: run.seed,
        maxEvents: run.maxEvents,
      },
      ...spec,
    },
  };
  const lines = entries.map((entry) => `    - ${stringify(entry, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`);
  const says = `${lost} good answers lost${recovered ? '' : ', and requests do not recover'}`;
  return `# Written by seatrial storm: number ${storm} of the seed ${JSON.stringify(run.seed)}, made smaller. ${says}.
${stringify(head, { lineWidth: 0 })}  timeline:
${lines.join('\n')}
`;
}

function moved(path: string, from: string, to: string): string {
  if (path === '-' || isAbsolute(path)) return path;
  const found = relative(resolve(to), resolve(join(from, path)))
    .split(sep)
    .join('/');
  return found === '' ? '.' : found.startsWith('.') ? found : `./${found}`;
}
