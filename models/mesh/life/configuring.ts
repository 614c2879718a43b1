// The configuration changes: at its moments the API server has another version, pods are made by that from then on, and proxies hear of it
// (configurations.ts says what they do).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { ConfigurationChange } from '../../plan/contract/configurations.js';
import { EVENT } from '../state/events.js';
import type { RuntimePlan } from '../state/runtime.js';
import type { Membership } from './membership.js';

export class Configuring {
  private readonly changes: readonly ConfigurationChange[];

  constructor(
    private readonly calendar: Calendar,
    private readonly versions: readonly RuntimePlan[],
    private readonly pods: { config: RuntimePlan },
    private readonly membership: Membership,
  ) {
    this.changes = versions[0].plan.configurations?.changes ?? [];
  }

  /** @param warmupNs, endNs calendar times of the end of the warm-up and of the run */
  begin(warmupNs: number, endNs: number): void {
    for (const [number, { atNs }] of this.changes.entries()) {
      const dueNs = Math.ceil(warmupNs + atNs);
      if (dueNs <= endNs) this.calendar.schedule(dueNs, PHASE.control, EVENT.configuration, number);
    }
  }

  /** A change is due. */
  change(number: number): void {
    const change = this.changes[number];
    this.pods.config = this.versions[change.version];
    this.membership.configured(change);
  }
}
