// All calls that the YAML reveals, each once, by the best evidence that there is for it.
import type { FoundCall } from '../call.js';
import { byConfidence, type LeftOut } from '../evidence.js';
import type { Survey } from '../survey.js';
import { callsByAnalogy } from './analogy.js';
import { callsByName } from './by-name.js';
import { dialedBy } from './dialed.js';
import { allowedCalls } from './policies.js';
import { callsBySourceLabels } from './source-labels.js';

export interface FoundCalls {
  /** In the order of the callers, then of the settings that name the callee. */
  readonly calls: readonly FoundCall[];
  readonly leftOut: readonly LeftOut[];
}

export function findCalls(survey: Survey): FoundCalls {
  const dialed = survey.workloads.map((workload) => dialedBy(workload, survey));
  const allowed = allowedCalls(survey);
  const seen = merged(
    [...dialed.flatMap(({ calls }) => calls), ...allowed.calls, ...callsBySourceLabels(survey)],
    survey,
  );
  const calls = merged([...seen, ...callsByName(survey, seen), ...callsByAnalogy(survey, seen)], survey);
  // What one application is seen to use is not left out for the others who take it in.
  const used = new Set(calls.map(({ evidence }) => JSON.stringify(evidence.at)));
  const rank = new Map(survey.workloads.map((workload, i) => [workload, i]));
  return {
    calls: [...calls].sort((a, b) => rank.get(a.from)! - rank.get(b.from)!),
    leftOut: [...dialed.flatMap(({ leftOut }) => leftOut), ...allowed.leftOut].filter(
      ({ at, isShared }) => isShared !== true || !used.has(JSON.stringify(at)),
    ),
  };
}

/** One call for each caller and callee; what one evidence does not say (port, path, method) another may. */
function merged(calls: readonly FoundCall[], survey: Survey): FoundCall[] {
  const byEdge = new Map<string, FoundCall>();
  const numbers = new Map(survey.workloads.map((workload, i) => [workload, i]));
  for (const call of calls) {
    const to = survey.primaryOf(call.to);
    const edge = `${numbers.get(call.from)} ${call.to.source === 'entry' ? call.host : to.key}`;
    const known = byEdge.get(edge);
    byEdge.set(edge, known === undefined ? call : joined(known, call));
  }
  return [...byEdge.values()];
}

function joined(a: FoundCall, b: FoundCall): FoundCall {
  const [first, second] = byConfidence(a.evidence, b.evidence) <= 0 ? [a, b] : [b, a];
  const samePlace = first.to === second.to && (first.port === null || first.port === second.port);
  return {
    ...first,
    port: first.port ?? (first.to === second.to ? second.port : null),
    path: first.path ?? (samePlace ? second.path : null),
    method: first.method ?? (samePlace ? second.method : null),
  };
}
