// A call that the YAML reveals: who dials whom, how, and how we know.
import type { Evidence } from './evidence.js';
import type { Service, Workload } from './surveyed.js';

export interface FoundCall {
  readonly from: Workload;
  readonly to: Service;
  /** Port of the service; null where nothing says which. */
  readonly port: number | null;
  /** As dialed, for hosts of ServiceEntries that stand for many; the service's own name otherwise. */
  readonly host: string;
  /** null where nothing says. */
  readonly path: string | null;
  readonly method: string | null;
  readonly evidence: Evidence;
}
