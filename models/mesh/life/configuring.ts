// The configuration changes: at its moments the API server has another version. Controllers roll out templates that differ, size workloads, make pods of
// those that are new and take away those that are gone; proxies hear of the rest (configurations.ts says what they do).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { ConfigurationChange } from '../../plan/contract/configurations.js';
import type { MeshPlan } from '../../plan/contract/plan.js';
import { EVENT } from '../state/events.js';
import type { RuntimePlan } from '../state/runtime.js';
import type { Controllers } from './controllers.js';
import type { Membership } from './membership.js';

export class Configuring {
  private readonly plan: MeshPlan;
  private readonly changes: readonly ConfigurationChange[];
  /** By workload: the revision of each template that it has had, by its text. */
  private readonly revisions = new Map<number, Map<string, number>>();
  private version = 0;

  constructor(
    private readonly calendar: Calendar,
    private readonly versions: readonly RuntimePlan[],
    private readonly membership: Membership,
    private readonly controllers: Controllers,
  ) {
    this.plan = versions[0].plan;
    this.changes = this.plan.configurations?.changes ?? [];
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
    const before = this.versions[this.version];
    const after = this.versions[change.version];
    this.version = change.version;
    this.membership.configured(change);
    const entry = this.entryAt(change.atNs);
    const { templates } = after.facts as NonNullable<RuntimePlan['facts']>;
    for (const [workload, template] of templates.entries()) {
      const { kind } = after.plan.workloads[workload];
      if (kind === 'external' || kind === 'client') continue;
      this.changeWorkload(workload, before.facts?.templates[workload] ?? null, template, before, after, entry);
    }
  }

  /** @param was, is the templates of its pods; null: the workload is not there */
  private changeWorkload(
    workload: number,
    was: string | null,
    is: string | null,
    before: RuntimePlan,
    after: RuntimePlan,
    entry: number,
  ): void {
    const { controllers } = this;
    if (is === null) {
      if (was !== null) controllers.scale(workload, 0, entry);
      return;
    }
    if (was === null) controllers.makeFrom(workload, after);
    else if (was !== is) this.rollOut(workload, was, is, before, after, entry);
    const replicas = after.plan.workloads[workload].podLocalities.length;
    const isSized = was === null || replicas !== before.plan.workloads[workload].podLocalities.length;
    const isScaled = this.plan.autoscalers.some((autoscaler) => autoscaler.workload === workload);
    if (isSized && !(isScaled && was !== null)) controllers.scale(workload, replicas, entry);
  }

  private rollOut(
    workload: number,
    was: string,
    is: string,
    before: RuntimePlan,
    after: RuntimePlan,
    entry: number,
  ): void {
    const { controllers } = this;
    let known = this.revisions.get(workload);
    if (known === undefined) {
      known = new Map([[was, controllers.revisionOf(workload)]]);
      this.revisions.set(workload, known);
      controllers.makeFrom(workload, before);
    }
    const revision = known.get(is) ?? Math.max(...known.values(), controllers.revisionOf(workload)) + 1;
    known.set(is, revision);
    controllers.rollOut(workload, revision, entry, after);
  }

  /** The entry of the timeline that begins or ends then. */
  private entryAt(atNs: number): number {
    return this.plan.timeline.findIndex(({ action, startsNs, durationNs }) => {
      if (action.kind !== 'configuration') return false;
      return startsNs.some((beginNs) => beginNs === atNs || (durationNs !== null && beginNs + durationNs === atNs));
    });
  }
}
