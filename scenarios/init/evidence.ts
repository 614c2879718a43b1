// Why we believe something: every guess of an inferred scenario carries where in the YAML it comes from.
import type { SourcePosition } from '../../models/config/diagnostic.js';

export type EvidenceKind =
  | 'env'
  | 'argument'
  | 'config-map'
  | 'authorization-policy'
  | 'network-policy'
  | 'virtual-service'
  | 'sidecar'
  | 'analogy'
  | 'name'
  | 'isotope';

/** `high`: an address that is dialed; `medium`: a permission or a bare name; `low`: as medium, and the namespace does not fit. */
export type Confidence = 'high' | 'medium' | 'low';

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly confidence: Confidence;
  /** e.g. `env CATALOG_ADDR`, `AuthorizationPolicy cart` */
  readonly text: string;
  readonly at: SourcePosition;
}

const ORDER: readonly Confidence[] = ['high', 'medium', 'low'];

/** The more convincing first. */
export function byConfidence(a: Evidence, b: Evidence): number {
  return ORDER.indexOf(a.confidence) - ORDER.indexOf(b.confidence);
}

/** What was seen and not used, and why: it stands in the scenario's header. */
export interface LeftOut {
  readonly text: string;
  readonly at: SourcePosition | null;
  /** Several have it; not worth a word where one of them is seen to use it, in the same place. */
  readonly isShared?: boolean;
}
