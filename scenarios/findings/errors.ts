// The origins of the clients' bad answers, put to the account of what acted.
import { type Cause, readCause } from '../../models/mesh/recording/cause.js';
import type { FindingCode } from '../result/finding-codes.js';
import { clientCauses, type Facts } from './facts.js';
import { isCpuFull } from './full.js';
import { behind, isIncidental } from './incidental.js';
import type { Ledger, Subject } from './ledger.js';
import { lossyLink } from './network.js';
import { clusterSubject, edgeSubject, filterSubject, workloadSubject } from './subjects.js';

/** Of the requests that have not ended, what holds up fewer is not told. */
const STUCK_SHARE = 0.05;

export function chargeErrors(facts: Facts, ledger: Ledger): void {
  for (const { number, cause, count } of clientCauses(facts)) {
    const { code, subject } = accountOf(facts, behind(facts, number, cause));
    const entry = ledger.entry(code, subject);
    entry.causes.add(number);
    entry.reasons.set(cause.reason, (entry.reasons.get(cause.reason) ?? 0) + count);
    entry.errors += count;
  }
}

/** Where most requests have not ended, what they wait for is told, too: nothing else would say it. */
export function chargeStuck(facts: Facts, ledger: Ledger): void {
  if (facts.waitingCount <= facts.calls) return;
  const waiting = [...facts.waiting].map(([number, count]) => ({
    cause: behind(facts, number, readCause(number)),
    count,
  }));
  const told = waiting.filter(({ cause }) => !isIncidental(facts, cause));
  for (const { cause, count } of told.length === 0 ? waiting : told) {
    if (count < STUCK_SHARE * facts.waitingCount) continue;
    const { code, subject } = accountOf(facts, cause);
    const entry = ledger.entry(code, subject);
    entry.reasons.set(cause.reason, (entry.reasons.get(cause.reason) ?? 0) + count);
    entry.stuck += count;
  }
}

function accountOf(facts: Facts, { reason, place }: Cause): { readonly code: FindingCode; readonly subject: Subject } {
  switch (reason) {
    case 'application error':
      return { code: 'F101', subject: workloadSubject(place) };
    case 'injected error':
    case 'application down':
    case 'pod killed':
      return { code: 'F120', subject: workloadSubject(place) };
    case 'application queue full':
      return { code: 'F102', subject: workloadSubject(place) };
    case 'application closed the connection':
      return { code: 'F110', subject: workloadSubject(place) };
    case 'inbound pending limit':
    case 'inbound request limit':
    case 'inbound connection limit':
    case 'waited for an inbound connection':
      return { code: 'F103', subject: workloadSubject(place) };
    case 'filter':
      return { code: filterCode(facts, place), subject: filterSubject(facts, place) };
    case 'waited for a filter':
      return { code: 'F115', subject: filterSubject(facts, place) };
    case 'fault':
      return { code: 'F113', subject: edgeSubject(facts, place) };
    case 'injected delay':
      return { code: 'F206', subject: edgeSubject(facts, place) };
    case 'no route':
      return { code: 'F106', subject: edgeSubject(facts, place) };
    case 'route answers':
      return { code: 'F116', subject: edgeSubject(facts, place) };
    case 'no cluster':
      return { code: 'F114', subject: edgeSubject(facts, place) };
    case 'no endpoint':
      return { code: 'F105', subject: clusterSubject(facts, place) };
    case 'pending limit':
    case 'request limit':
    case 'connection limit':
      return { code: 'F104', subject: clusterSubject(facts, place) };
    case 'connect failure':
    case 'waited for a new connection':
      return { code: 'F109', subject: clusterSubject(facts, place) };
    case 'connection lost':
      return { code: 'F110', subject: clusterSubject(facts, place) };
    case 'connection refused by policy':
      return { code: 'F112', subject: clusterSubject(facts, place) };
    case 'TLS mismatch':
      return { code: 'F111', subject: clusterSubject(facts, place) };
    case 'waited for a pool connection':
      return { code: 'F204', subject: clusterSubject(facts, place) };
    case 'waited for a worker':
      return { code: 'F202', subject: workloadSubject(place) };
    case 'waited for the application':
      return { code: isCpuFull(facts, place) ? 'F201' : 'F115', subject: workloadSubject(place) };
    case 'waited for a proxy':
      return { code: 'F203', subject: workloadSubject(place) };
    case 'waited for the network':
      return { code: 'F207', subject: lossyLink(facts, place) ?? edgeSubject(facts, place) };
    case 'waited for a retry':
      return { code: 'F115', subject: edgeSubject(facts, place) };
    case 'not expected':
      return { code: 'F117', subject: { kind: 'request', request: place } };
    case 'caller stopped':
    case 'unknown':
      return { code: 'F119', subject: edgeSubject(facts, place) };
  }
}

function filterCode({ plan }: Facts, filter: number): FindingCode {
  switch (plan.filters[filter]?.kind) {
    case 'local-rate-limit':
    case 'rate-limit-service':
      return 'F108';
    case 'admission-control':
    case 'adaptive-concurrency':
      return 'F118';
    case 'fault':
      return 'F113';
    default:
      return 'F107';
  }
}
