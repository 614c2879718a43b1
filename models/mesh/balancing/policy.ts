// What a balancing policy says of itself. Each has a file here, and a line in registry.ts.
import type { Draws } from '../../../sim/random/draws.js';
import type { BalancerPlan } from '../../plan/contract/plan.js';
import type { HashedHost, HashTable } from '../policies/hash-table.js';
import type { SetRules } from '../policies/host-sets.js';
import type { PeakEwma } from '../policies/peak-ewma.js';
import type { HostMaker, Policy } from '../state/cluster-state.js';
import type { Pod } from '../state/pod.js';

/** What policies pick with. */
export interface PickContext {
  readonly clusters: HostMaker;
  readonly draws: Draws;
}

/** A cluster that is about to be made: whose rotations are asked for. */
export interface RotatingCluster {
  readonly seed: string;
  readonly caller: Pod;
  /** Of the cluster. */
  readonly name: string;
  readonly hosts: number;
}

export interface PolicyKind extends SetRules {
  /** Unequal weights and slow start tell hosts apart. */
  readonly weighs: boolean;
  readonly make: (plan: BalancerPlan, context: PickContext) => Policy;
  /** By worker of the caller: where the rotation among hosts that are alike begins. Empty: there is none. */
  readonly rotation: (cluster: RotatingCluster) => Float64Array;
  /** An estimate of the load of a new host; null: the policy needs none. */
  readonly estimate: (plan: BalancerPlan, nowNs: number) => PeakEwma | null;
  readonly table: (plan: BalancerPlan, hosts: readonly HashedHost[]) => HashTable;
}

/** What most policies have in common. */
export const PLAIN = {
  schedules: true,
  hashes: false,
  weighs: false,
  weight: (_plan: BalancerPlan, weight: number): number => weight,
  rotation: (): Float64Array => NO_ROTATION,
  estimate: (): null => null,
  table: (): HashTable => {
    throw new Error('the policy looks no hosts up by a hash');
  },
} as const;

const NO_ROTATION = new Float64Array(0);
