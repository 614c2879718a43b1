// A scenario that was guessed, before it is text: each part with the reason for it.
import type { SourcePosition } from '../../../models/config/diagnostic.js';
import type { LeftOut } from '../evidence.js';
import type { Load } from '../load/load.js';

/** Why something stands in the scenario. */
export interface Note {
  readonly text: string;
  readonly at: SourcePosition | null;
}

export interface DraftRequest {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface DraftTraffic {
  readonly name: string;
  readonly to: string;
  /** null: from outside of the mesh. */
  readonly from: string | null;
  readonly load: Load;
  /** Whether the YAML says how much; if not, `loadNote` says how it was guessed. */
  readonly loadIsKnown: boolean;
  readonly loadNote: Note;
  /** How long it sends, where the YAML says so; null: without end. */
  readonly durationSeconds: number | null;
  /** Size of the bodies of its requests; null: nobody says. */
  readonly requestBytes: number | null;
  /** Who says that requests come in here. */
  readonly note: Note;
  /** What a run does otherwise than the cluster; null: nothing. */
  readonly caveat: string | null;
  /** Empty: one GET of the path of `to`. */
  readonly requests: readonly DraftRequest[];
}

export type WorkField = readonly [field: 'cpu' | 'wait' | 'work' | 'cpuShare', value: string];

export type DraftStep =
  | { readonly kind: 'work'; readonly fields: readonly WorkField[] }
  | {
      readonly kind: 'call';
      readonly to: string;
      readonly path: string | null;
      readonly method: string | null;
      /** 0..1 */
      readonly probability: number;
      readonly note: Note;
    }
  | { readonly kind: 'parallel'; readonly steps: readonly DraftStep[] };

/** What a service, or one of its workloads, does for a request. */
export interface DraftBehaviour {
  readonly section: 'services' | 'workloads';
  /** As the scenario calls it. */
  readonly name: string;
  readonly note: Note;
  readonly steps: readonly DraftStep[];
  /** Whether traffic comes to it. */
  readonly isReached: boolean;
  /** Calls that it may make, for the user to choose: nothing says that it does. */
  readonly suggestions: readonly string[];
  /** Share of requests answered with a 500, 0..1. */
  readonly errorShare: number;
}

/** An edge of the call graph, for a summary. */
export interface DraftEdge {
  readonly from: string;
  readonly to: string;
}

export interface Draft {
  readonly name: string;
  /** Measured time; null: the default. */
  readonly runSeconds: number | null;
  readonly traffic: readonly DraftTraffic[];
  readonly behaviours: readonly DraftBehaviour[];
  /** Callers and callees by their names in the scenario. */
  readonly edges: readonly DraftEdge[];
  /** Of these, the calls that services make for a request; what sources send by themselves is traffic. */
  readonly callCount: number;
  readonly leftOut: readonly LeftOut[];
  /** Services that no traffic reaches and nobody calls, by their names in the scenario. */
  readonly uncalled: readonly string[];
  /** All that no traffic reaches: those, and what only they call. */
  readonly unreached: readonly string[];
  /** Services that the YAML has. */
  readonly serviceCount: number;
  /** Kubernetes objects that the scenario brings along, as single lines of YAML. */
  readonly objects: readonly string[];
}
