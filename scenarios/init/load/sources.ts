// Workloads that send by themselves: load generators, and pods that call a service and stand behind none.
import type { FoundCall } from '../call.js';
import { classifyService, classifyWorkload } from '../discover/service-kind.js';
import { settingsOf } from '../discover/settings.js';
import type { Survey } from '../survey.js';
import type { Workload } from '../surveyed.js';
import type { KnownLoad } from './load.js';
import { readLoad, runsLoadTool } from './read-load.js';

export interface Source {
  readonly workload: Workload;
  /** At least one: what it sends to. */
  readonly calls: readonly FoundCall[];
  /** null where nothing says how much. */
  readonly load: KnownLoad | null;
  readonly isGenerator: boolean;
}

/** The calls that start in a workload which nobody calls, taken out of `calls`. */
export function findSources(
  survey: Survey,
  calls: readonly FoundCall[],
): { readonly sources: readonly Source[]; readonly inner: readonly FoundCall[] } {
  const sources = survey.workloads.flatMap((workload): Source[] => {
    const own = calls.filter(({ from }) => from === workload);
    if (own.length === 0) return [];
    const settings = settingsOf(workload, survey);
    const isGenerator = sendsByItself(workload, survey) || runsLoadTool(settings);
    if (!isGenerator && (survey.serviceOf(workload) !== null || !workload.isSimulated)) return [];
    return [{ workload, calls: own, load: readLoad(settings), isGenerator }];
  });
  const sending = new Set(sources.map(({ workload }) => workload));
  // A Job that is no load generator runs for a moment, and is not simulated.
  const inner = calls.filter(({ from }) => !sending.has(from) && from.isSimulated);
  return { sources, inner };
}

function sendsByItself(workload: Workload, survey: Survey): boolean {
  const service = survey.serviceOf(workload);
  const { kind } = classifyWorkload(workload);
  return (
    kind === 'load generator' ||
    kind === 'tool' ||
    (service !== null && classifyService(service).kind === 'load generator')
  );
}
