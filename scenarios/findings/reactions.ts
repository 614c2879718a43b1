// What the mesh did about failures, which clients feel only through it: retries that multiply the load, ejections, panic, retries that were refused.
import type { ClusterResult } from '../../models/mesh/recording/result.js';
import type { Facts } from './facts.js';
import type { Ledger } from './ledger.js';
import { noteRetries } from './retries.js';
import { clusterSubject } from './subjects.js';

export function noteReactions(facts: Facts, ledger: Ledger): void {
  noteRetries(facts, ledger);
  facts.plan.clusters.forEach((_, cluster) => {
    const subject = clusterSubject(facts, cluster);
    const note = (code: 'F302' | 'F303' | 'F304' | 'F305', of: (result: ClusterResult) => number): void => {
      const count = facts.cluster(cluster, of);
      if (count > 0) ledger.entry(code, subject).factor += count;
    };
    note('F302', (result) => result.ejectionsEnforced + result.ejectedAtStart);
    note('F303', (result) => result.lbHealthyPanic);
    note('F304', (result) => result.picksBeyondFirstPriority);
    note('F305', (result) => result.upstreamRqRetryOverflow);
  });
  facts.tally.traffic.forEach(({ tally }, traffic) => {
    const isWaiting = facts.results.some((result) =>
      result.traffic.some((own) => own.traffic === traffic && own.waiting.length > 0),
    );
    if (tally.parts.every(({ calls }) => calls === 0) && !isWaiting) ledger.entry('F402', { kind: 'traffic', traffic });
  });
}
