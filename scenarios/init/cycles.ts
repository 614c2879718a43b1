// Calls that would never end: of each circle the call with the weakest evidence is left out, so that a run terminates.
import type { FoundCall } from './call.js';
import { byConfidence, type LeftOut } from './evidence.js';
import type { Survey } from './survey.js';

export interface Acyclic {
  readonly calls: readonly FoundCall[];
  readonly leftOut: readonly LeftOut[];
}

/** Keeps the order of the calls that it keeps. */
export function cutCycles(calls: readonly FoundCall[], survey: Survey): Acyclic {
  const callees = new Map<string, Set<string>>();
  const kept = new Set<FoundCall>();
  const leftOut: LeftOut[] = [];
  const convincing = [...calls].sort((a, b) => byConfidence(a.evidence, b.evidence));
  for (const call of convincing) {
    const from = survey.appOf(call.from);
    const to = survey.primaryOf(call.to).key;
    if (from === to || reaches(callees, to, from)) {
      const text = `${call.from.name} calls ${call.to.name} (${call.evidence.text}): it closes a circle of calls, which would never end`;
      leftOut.push({ text, at: call.evidence.at });
      continue;
    }
    kept.add(call);
    callees.set(from, (callees.get(from) ?? new Set()).add(to));
  }
  return { calls: calls.filter((call) => kept.has(call)), leftOut };
}

function reaches(callees: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set([from]);
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === to) return true;
    for (const callee of callees.get(next) ?? []) {
      if (seen.has(callee)) continue;
      seen.add(callee);
      open.push(callee);
    }
  }
  return false;
}
