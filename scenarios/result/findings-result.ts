// Findings of a run: what acted, where, which line, and what follows from it. Ordered, the culprit first.
import type { FieldSource } from '../../models/plan/contract/sources.js';
import type { FindingCode } from './finding-codes.js';
import type { Measured } from './measured.js';

/**
 * `culprit`: bad answers or most of the latency of some client come from it. `contributing`: it adds to them. `note`: it acted, and clients hardly
 * felt it.
 */
export type FindingRole = 'culprit' | 'contributing' | 'note';

export interface Finding {
  /** Stable; docs/diagnostics.md has every one. */
  readonly code: FindingCode;
  readonly role: FindingRole;
  /** Subject, fact, number, place, consequence. */
  readonly sentence: string;
  /** Where in the mesh, the place that acted first. */
  readonly where: readonly FindingPlace[];
  /** The fields that stand behind it; empty where nobody has written anything. */
  readonly sources: readonly FieldSource[];
  /** The numbers of the sentence. */
  readonly evidence: readonly FindingEvidence[];
  /** Share of all client requests that were no good because of it, 0..1; and milliseconds of the clients' mean latency that it accounts for. */
  readonly errorShare: number;
  readonly latencyMs: number;
}

export interface FindingPlace {
  readonly kind: 'traffic' | 'service' | 'workload' | 'pod' | 'edge' | 'cluster' | 'locality';
  /** `cart`, `cart-v2.shop`, `cart-v2.shop #1`, `web -> cart`, `outbound|80||cart.shop.svc.cluster.local`, `eu-west-1/eu-west-1a`. */
  readonly name: string;
}

export interface FindingEvidence {
  readonly name: string;
  readonly unit: 'share' | 'ms' | 'perSecond' | 'perCall' | 'count';
  readonly measured: Measured;
}

/** Bad answers of a client's requests by where they first went wrong. */
export interface OriginSummary {
  /** models/mesh/cause.ts, REASONS. */
  readonly reason: string;
  /** The service, edge, cluster or filter. */
  readonly place: string;
  /** It was expected: no error. */
  readonly isExpected: boolean;
  readonly count: number;
  /** Share of all completed calls, 0..1. */
  readonly share: number;
}
