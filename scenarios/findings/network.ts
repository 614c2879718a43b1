// Links that lose packets, and the calls that take them.
import { NONE } from '../../models/plan/contract/plan.js';
import type { Facts } from './facts.js';
import type { Subject } from './ledger.js';
import { linkSubject } from './subjects.js';

/** The link that the calls of a row take and that has cost the most time by losses; null where none of theirs lost anything. */
export function lossyLink(facts: Facts, row: number): Extract<Subject, { kind: 'link' }> | null {
  const { plan, results } = facts;
  const callers = localitiesOf(
    facts,
    facts.sitesOf(row).map((site) => plan.sites[site].caller),
  );
  const { workload } = plan.rows[row];
  const servers = workload === NONE ? null : localitiesOf(facts, [workload]);
  let best: { readonly from: number; readonly to: number } | null = null;
  let mostNs = 0;
  for (const { losses } of results) {
    for (const { from, to, lostNs } of losses) {
      const there = callers.has(from) && (servers === null || servers.has(to));
      const back = callers.has(to) && (servers === null || servers.has(from));
      if ((there || back) && lostNs > mostNs) {
        best = { from, to };
        mostNs = lostNs;
      }
    }
  }
  return best === null ? null : linkSubject(best.from, best.to);
}

function localitiesOf({ plan }: Facts, workloads: readonly number[]): Set<number> {
  return new Set(workloads.flatMap((workload) => plan.workloads[workload].podLocalities));
}
