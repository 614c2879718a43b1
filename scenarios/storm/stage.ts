// Where storms are played: one mesh, one load, one seed, and timelines in place of the scenario's own.
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import type { ArmJob } from '../compare/arm-job.js';
import { type ArmRunner, openArmRunner } from '../compare/arm-pool.js';
import type { ScenarioDocument } from '../document/schema.js';
import type { ScenarioTimelineEntry } from '../document/schema-timeline.js';
import type { LoadedScenario, WrittenScenario } from '../loading/load-scenario.js';
import { interpretScenario, type ScenarioOverrides } from '../reading/interpret.js';
import { timelineInterval } from '../reading/run.js';
import type { RunSettings, Scenario } from '../reading/scenario.js';
import type { JobProgress, RunProgress } from '../running/job-progress.js';
import type { ReplicationOptions, ReplicationProgress } from '../running/replicate.js';
import { chooseWarmup, pilotOptions } from '../running/warmup.js';
import { type StormTargets, stormTargets } from './targets.js';

export interface StageOptions {
  /** Threads, >= 1; 0 = on the caller's own thread. Never changes a result. */
  readonly workers: number;
  readonly memoryMaxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class Stage {
  /** The mesh without its own timeline; the pods that differ from the start on are as they are. */
  readonly plan: MeshPlan;
  readonly scenario: Scenario;
  readonly run: RunSettings;
  readonly written: WrittenScenario;
  warmupNs = 0;
  runs = 0;
  private readonly runner: ArmRunner;

  /** @param loaded without errors */
  constructor(
    private readonly loaded: LoadedScenario,
    private readonly overrides: ScenarioOverrides,
    private readonly options: StageOptions,
    private readonly progress: JobProgress | null,
  ) {
    const { written, scenario, relative } = loaded;
    if (written === null || scenario === null || relative === null) throw new RangeError('the scenario was not loaded');
    this.written = written;
    this.scenario = relative.scenario;
    this.run = { ...scenario.run, intervalNs: timelineInterval(scenario.run.durationNs) };
    this.plan = this.planWith([]);
    this.runner = openArmRunner([this.plan], options.workers);
  }

  get targets(): StormTargets {
    const { resources } = this.loaded;
    if (resources === null) throw new RangeError('the scenario was not loaded');
    return stormTargets(this.plan, resources);
  }

  /** The scenario with another timeline. Autoscalers act, as they would beside a timeline of the scenario's own. */
  documentWith(timeline: readonly ScenarioTimelineEntry[]): ScenarioDocument {
    const { document } = this.written;
    const { autoscaling, ...spec } = document.spec ?? {};
    return { ...document, spec: { ...spec, timeline: [...timeline], autoscaling: autoscaling ?? true } };
  }

  /** What is done, entry by entry, as the plan has it. */
  planned(timeline: readonly ScenarioTimelineEntry[]): readonly TimelineEntryPlan[] {
    return this.planWith(timeline).timeline;
  }

  private planWith(timeline: readonly ScenarioTimelineEntry[]): MeshPlan {
    const { resources } = this.loaded;
    if (resources === null) throw new RangeError('the scenario was not loaded');
    const document = this.documentWith(timeline);
    const { plan, diagnostics } = interpretScenario(this.written.raw, document, resources, this.overrides);
    if (plan !== null) return plan;
    const error = diagnostics.find(({ severity }) => severity === 'error');
    throw new Error(`a storm cannot be planned: ${error?.message}: ${JSON.stringify(timeline)}`);
  }

  /** false: interrupted. */
  async findWarmup(): Promise<boolean> {
    const jobs = pilotOptions(this.run);
    const pilots = await this.play(jobs, 'warm-up');
    if (pilots.length < jobs.length) return false;
    this.warmupNs = chooseWarmup(this.run, pilots).warmupNs;
    this.progress?.warmupIs(this.warmupNs);
    return true;
  }

  /** One run for each timeline, in their order; after an abort those of the first timelines. */
  async results(timelines: readonly (readonly TimelineEntryPlan[])[]): Promise<readonly ReplicationResult[]> {
    const { seed, durationNs, intervalNs, maxEvents } = this.run;
    const { warmupNs } = this;
    const jobs = timelines.map((timeline): ReplicationOptions => {
      return { seed, replication: 0, warmupNs, durationNs, intervalNs, maxEvents, timeline };
    });
    const results = await this.play(jobs, 'replications');
    this.runs += results.length;
    return results;
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.runner.close();
  }

  private play(
    runs: readonly ReplicationOptions[],
    phase: RunProgress['phase'],
  ): Promise<readonly ReplicationResult[]> {
    const { memoryMaxBytes, signal } = this.options;
    if (signal?.aborted) return Promise.resolve([]);
    const jobs = runs.map((run): ArmJob => {
      return { arm: 0, isPilot: phase === 'warm-up', options: { ...run, memoryMaxBytes } };
    });
    let done = 0;
    const report = (job: ArmJob, progress: ReplicationProgress): void => {
      if (progress.finished) done += 1;
      const replication = this.runs + jobs.indexOf(job);
      this.progress?.report({ ...progress, replication }, phase, jobs.length, done);
    };
    return this.runner.run(jobs, signal ?? NEVER, report);
  }
}

const NEVER = new AbortController().signal;
