// Karpenter: pods that nothing can hold are gathered into a batch, a batch becomes nodes at once, and nodes that are
// empty or little used go.
// Sources: karpenter: pkg/controllers/provisioning/batcher.go,
// pkg/controllers/disruption/{controller,consolidation,validation}.go, pkg/apis/v1/nodepool.go.
// Which instance types are the cheapest for a batch is for the driver to say; a launch takes what the driver draws.
import { SECOND_NS } from '../units.js';

/** Options of the controller. */
export interface KarpenterFlags {
  /** `BATCH_IDLE_DURATION`. */
  readonly batchIdleNs: number;
  /** `BATCH_MAX_DURATION`. */
  readonly batchMaxNs: number;
  /** How often disruption is thought about. */
  readonly disruptionNs: number;
  /** How long a consolidation waits before it is looked at once more and done. */
  readonly validationNs: number;
}

/** The options as the controller has them where nobody sets them. */
export const DEFAULT_KARPENTER_FLAGS: KarpenterFlags = {
  batchIdleNs: SECOND_NS,
  batchMaxNs: 10 * SECOND_NS,
  disruptionNs: 10 * SECOND_NS,
  validationNs: 15 * SECOND_NS,
};

/**
 * Gathers pods without a place: a batch closes after a second in which none comes, and after ten seconds in any case.
 */
export class KarpenterBatcher {
  private openedNs: number | null = null;
  private lastNs = 0;

  constructor(private readonly flags: KarpenterFlags = DEFAULT_KARPENTER_FLAGS) {}

  /** A pod is without a place. */
  trigger(nowNs: number): void {
    this.openedNs ??= nowNs;
    this.lastNs = nowNs;
  }

  /** When the batch closes if no other pod comes; null: no batch is open. */
  get closesNs(): number | null {
    if (this.openedNs === null) return null;
    return Math.min(this.lastNs + this.flags.batchIdleNs, this.openedNs + this.flags.batchMaxNs);
  }

  /** Closes the batch if its time has come: true means that nodes are to be made for all pods without a place. */
  close(nowNs: number): boolean {
    const closesNs = this.closesNs;
    if (closesNs === null || nowNs < closesNs) return false;
    this.openedNs = null;
    return true;
  }
}

/** When nodes of a pool may go (`spec.disruption` of a NodePool). */
export interface ConsolidationPolicy {
  readonly when: 'WhenEmpty' | 'WhenEmptyOrUnderutilized';
  /** `consolidateAfter`, counted from the last pod that came or went; null: `Never`. */
  readonly afterNs: number | null;
  /** `budgets[].nodes` in percent, 10: how many of the nodes of the pool may be going at once, rounded up. */
  readonly budgetPercent: number;
}

/** A NodePool that says nothing. */
export const DEFAULT_CONSOLIDATION: ConsolidationPolicy = {
  when: 'WhenEmptyOrUnderutilized',
  afterNs: 0,
  budgetPercent: 10,
};

/** A node as consolidation sees it. */
export interface KarpenterNode {
  readonly name: string;
  /** Pods other than those of DaemonSets. */
  readonly pods: number;
  /** When the last pod came or went, or the node was made. */
  readonly changedNs: number;
  /** All of its pods would find a place elsewhere, or on one node that is cheaper, and no pod or PDB forbids it. */
  readonly replaceable: boolean;
  /** The node is on its way out. */
  readonly deleting: boolean;
}

/** What a round of consolidation decides. */
export interface ConsolidationDecision {
  /** Names of nodes to drain once their replacements, if any, are Ready. */
  readonly remove: readonly string[];
  readonly nextNs: number;
}

/** The disruption loop of one NodePool. A command waits for its validation, and no other is thought of meanwhile. */
export class KarpenterConsolidation {
  private waiting: { readonly names: readonly string[]; readonly dueNs: number } | null = null;

  constructor(
    private readonly policy: ConsolidationPolicy,
    private readonly flags: KarpenterFlags = DEFAULT_KARPENTER_FLAGS,
  ) {}

  /** One round: empty nodes go together, little used ones one by one. */
  sync(nowNs: number, nodes: readonly KarpenterNode[]): ConsolidationDecision {
    const { waiting } = this;
    if (waiting !== null) {
      if (nowNs < waiting.dueNs) return { remove: [], nextNs: waiting.dueNs };
      this.waiting = null;
      const still = new Set(this.candidates(nowNs, nodes));
      return { remove: waiting.names.filter((name) => still.has(name)), nextNs: nowNs + this.flags.disruptionNs };
    }
    const names = this.command(nowNs, nodes);
    if (names.length === 0) return { remove: [], nextNs: nowNs + this.flags.disruptionNs };
    this.waiting = { names, dueNs: nowNs + this.flags.validationNs };
    return { remove: [], nextNs: this.waiting.dueNs };
  }

  private command(nowNs: number, nodes: readonly KarpenterNode[]): readonly string[] {
    const budget = Math.ceil((this.policy.budgetPercent * nodes.length) / 100);
    const allowed = budget - nodes.filter(({ deleting }) => deleting).length;
    if (allowed <= 0) return [];
    const candidates = new Set(this.candidates(nowNs, nodes));
    const ready = nodes.filter(({ name }) => candidates.has(name));
    const empty = ready.filter(({ pods }) => pods === 0);
    return (empty.length > 0 ? empty.slice(0, allowed) : ready.slice(0, 1)).map(({ name }) => name);
  }

  private candidates(nowNs: number, nodes: readonly KarpenterNode[]): readonly string[] {
    const { when, afterNs } = this.policy;
    if (afterNs === null) return [];
    return nodes
      .filter(({ deleting, changedNs }) => !deleting && nowNs - changedNs >= afterNs)
      .filter(({ pods, replaceable }) => pods === 0 || (when === 'WhenEmptyOrUnderutilized' && replaceable))
      .map(({ name }) => name);
  }
}
