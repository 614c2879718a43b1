// A scenario document and the cluster's resources → the compiled plan and the settings of the run. Pure: no files.
import type { Diagnostic, FidelityEntry } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import type { ResourceSet } from '../../models/config/load.js';
import { compilePlan } from '../../models/plan/compile.js';
import { ENVOY_OF_ISTIO } from '../../models/plan/contract/envoy-versions.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { PlanSources } from '../../models/plan/contract/sources.js';
import type { ScenarioDocument } from '../document/schema.js';
import { type ConfigurationFiles, configurationsOf } from './configurations.js';
import { readSlos, readThresholds } from './goals.js';
import { ScenarioReader } from './reader.js';
import { type RunOverrides, readRun, timelineInterval } from './run.js';
import type { Scenario } from './scenario.js';
import { subjectNames } from './subjects.js';
import { readTimeline } from './timeline.js';
import { sayPlanAssumptions, toPlanInput } from './to-plan-input.js';

export interface ScenarioOverrides extends RunOverrides {
  readonly istioVersion?: string | undefined;
  readonly envoyVersion?: string | undefined;
}

export interface Interpretation {
  /** All three null where a diagnostic is an error. */
  readonly plan: MeshPlan | null;
  readonly sources: PlanSources | null;
  readonly scenario: Scenario | null;
  /** Of the scenario and the plan; those of the resources are in the resource set. */
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
}

/** @param files what the timeline applies; null: nobody has read the files, and the configuration stays as it is */
export function interpretScenario(
  raw: RawDocument,
  document: ScenarioDocument,
  resources: ResourceSet,
  overrides: ScenarioOverrides = {},
  files: ConfigurationFiles | null = null,
): Interpretation {
  const name = document.metadata?.name ?? 'scenario';
  const spec = document.spec ?? {};
  const reader = new ScenarioReader(raw, `Scenario ${name}`);
  const { input, stagesNs } = toPlanInput(reader, spec, resources, overrides.istioVersion, overrides.envoyVersion);
  const settings = readRun(reader, spec, name, stagesNs, overrides);
  const timeline = readTimeline(reader, spec, settings.durationNs, files);
  const configurations = configurationsOf(reader, timeline, resources, files);
  const isStationary = timeline.every(({ startsNs }) => startsNs === null || startsNs.length === 0);
  const run = isStationary ? settings : { ...settings, intervalNs: timelineInterval(settings.durationNs) };
  const { findings } = reader;
  if (findings.failed) {
    return {
      plan: null,
      sources: null,
      scenario: null,
      diagnostics: findings.diagnostics,
      fidelity: findings.fidelity,
    };
  }
  // Whoever says how the mesh or its load changes wants to see what follows; a steady load is judged with the pods that are there.
  const autoscaling = spec.autoscaling ?? ((spec.timeline ?? []).length > 0 || stagesNs > 0);
  const compiled = compilePlan({
    ...input,
    timeline,
    autoscaling,
    ...(configurations === undefined ? {} : { configurations }),
  });
  let scenario: Scenario | null = null;
  if (compiled.plan !== null) {
    const names = subjectNames(compiled.plan);
    const slos = readSlos(reader, spec.slos, names);
    const thresholds = readThresholds(reader, spec.thresholds, names);
    sayPlanAssumptions(reader, { ...spec, istioVersion: overrides.istioVersion ?? spec.istioVersion }, compiled.plan);
    const { istioVersion } = input;
    scenario = { name, file: raw.file, istioVersion, ...otherEnvoy(compiled.plan), run, slos, thresholds };
  }
  const later = (configurations?.later ?? []).flatMap((version) => version.diagnostics);
  const laterFidelity = (configurations?.later ?? []).flatMap((version) => version.fidelity);
  const diagnostics = [...findings.diagnostics, ...beside(resources.diagnostics, later), ...compiled.diagnostics];
  const fidelity = [...findings.fidelity, ...beside(resources.fidelity, laterFidelity), ...compiled.fidelity];
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  return failed
    ? { plan: null, sources: null, scenario: null, diagnostics, fidelity }
    : { plan: compiled.plan, sources: compiled.sources, scenario, diagnostics, fidelity };
}

/** Each once, without what is known. */
function beside<T>(known: readonly T[], values: readonly T[]): readonly T[] {
  const texts = new Set(known.map((value) => JSON.stringify(value)));
  const found = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...found].filter(([text]) => !texts.has(text)).map(([, value]) => value);
}

/** The release of Envoy, where it is another than Istio carries. */
function otherEnvoy({ istioVersion, envoy }: MeshPlan): { envoyVersion?: string } {
  return envoy.version === ENVOY_OF_ISTIO[istioVersion] ? {} : { envoyVersion: envoy.version };
}
