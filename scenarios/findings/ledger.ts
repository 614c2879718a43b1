// What each thing that acted accounts for: errors by the origins of the clients' bad answers, latency by the waits before stations. One entry for
// each code and subject; sentences are made of the entries afterwards.
import type { ReasonName } from '../../models/mesh/recording/cause.js';
import type { FindingCode } from '../result/finding-codes.js';

/** What a finding is about. */
export type Subject =
  | { readonly kind: 'workload'; readonly workload: number }
  /** A cluster as all of its callers know it: indices of the plan with one name. */
  | { readonly kind: 'cluster'; readonly name: string; readonly clusters: readonly number[] }
  /** Filters that one object has made. */
  | { readonly kind: 'filter'; readonly name: string; readonly filters: readonly number[] }
  /** Rows of one edge. */
  | { readonly kind: 'edge'; readonly name: string; readonly rows: readonly number[] }
  /** Between two localities, in both directions; `from` <= `to`. */
  | { readonly kind: 'link'; readonly from: number; readonly to: number }
  | { readonly kind: 'request'; readonly request: number }
  | { readonly kind: 'traffic'; readonly traffic: number };

export interface Entry {
  readonly code: FindingCode;
  readonly subject: Subject;
  /** Origins that count for it. */
  readonly causes: Set<number>;
  readonly reasons: Map<ReasonName, number>;
  /** Bad answers of the clients' requests, all replications. */
  errors: number;
  /** Requests of the clients that wait for it when the run ends, where most have not ended. */
  stuck: number;
  /** Of the mean latency of the clients' requests. */
  latencyMs: number;
  /** One of its kind by which it is told from the others of the service, e.g. how many times slower. */
  factor: number;
  /** Edges whose factors multiply, the first caller first. */
  layers: readonly RetryLayer[];
  /** What this one is the victim of; null: nothing is known to stand behind it. */
  behind: Entry | null;
}

export interface RetryLayer {
  readonly name: string;
  /** Tries for each call. */
  readonly factor: number;
}

export class Ledger {
  private readonly byKey = new Map<string, Entry>();

  entry(code: FindingCode, subject: Subject): Entry {
    const key = `${code} ${subjectKey(subject)}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const made: Entry = {
      code,
      subject,
      causes: new Set<number>(),
      reasons: new Map(),
      errors: 0,
      stuck: 0,
      latencyMs: 0,
      factor: 0,
      layers: [],
      behind: null,
    };
    this.byKey.set(key, made);
    return made;
  }

  get entries(): readonly Entry[] {
    return [...this.byKey.values()];
  }
}

function subjectKey(subject: Subject): string {
  switch (subject.kind) {
    case 'workload':
      return `workload ${subject.workload}`;
    case 'cluster':
    case 'filter':
    case 'edge':
      return `${subject.kind} ${subject.name}`;
    case 'link':
      return `link ${subject.from} ${subject.to}`;
    case 'request':
      return `request ${subject.request}`;
    case 'traffic':
      return `traffic ${subject.traffic}`;
  }
}
