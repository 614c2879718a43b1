// The tables of consistent hashes: a function of the hosts in them, so that proxies that have heard of the same hosts share one.
import type { BalancerPlan } from '../../plan/contract/plan.js';
import type { HashedHost, HashTable } from '../policies/hash-table.js';
import { POLICIES } from './registry.js';

/** Versions of the hosts of a cluster, times localities of callers, times priorities, that are in use at about the same time. */
const MOST_KEPT = 64;

export class HashTables {
  /** By what is in them, the last used last. */
  private readonly known = new Map<string, HashTable>();

  /** @param isShared whether other proxies are likely to have the same hosts */
  of(plan: BalancerPlan, hosts: readonly HashedHost[], isShared: boolean): HashTable {
    if (!isShared) return POLICIES[plan.policy].table(plan, hosts);
    const key = JSON.stringify([plan.policy, plan.tableSize ?? 0, hosts.map(({ address, share }) => [address, share])]);
    const known = this.known.get(key);
    const table = known ?? POLICIES[plan.policy].table(plan, hosts);
    this.known.delete(key);
    this.known.set(key, table);
    if (known === undefined && this.known.size > MOST_KEPT) this.forgetOldest();
    return table;
  }

  private forgetOldest(): void {
    for (const key of this.known.keys()) {
      this.known.delete(key);
      return;
    }
  }
}
