// Resources and scenario → MeshPlan: the order in which the parts of this folder work together.
import type { Diagnostic, FidelityEntry } from '../config/diagnostic.js';
import type { ControllerPlan } from './contract/controller-plan.js';
import { envoyRelease, KNOWN_ENVOY_VERSIONS } from './contract/envoy-versions.js';
import type { MeshPlan } from './contract/plan.js';
import type { PlanSources } from './contract/sources.js';
import { type Compiled, type Draft, draftPlan } from './draft.js';
import { withoutGaps } from './gaps.js';
import type { PlanTrace } from './graph/plan-trace.js';
import type { ConfigurationsInput, PlanInput } from './settings/input.js';
import { switched } from './settings/istiod-switches.js';
import { KNOWN_ISTIO_VERSIONS, releaseDefaults } from './settings/versions.js';
import { Findings } from './terms/findings.js';
import { Numbering } from './terms/numbering.js';

export interface PlanResult {
  /** null where a diagnostic is an error. */
  readonly plan: MeshPlan | null;
  /** Who wrote what acts in the plan; null where there is no plan. */
  readonly sources: PlanSources | null;
  /** Of the compilation alone; those of the YAML are in the resources. */
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
}

/**
 * Joins what the YAML says with what the user says. Names in the scenario that do not resolve are errors; hosts, ports and subsets
 * in the YAML that do not are warnings, and run as Istio runs them (503 NC, 503 UH). The same input gives the same plan, byte for byte.
 * @param trace is told how the routes came to be.
 */
export function compilePlan(input: PlanInput, trace?: PlanTrace): PlanResult {
  if (input.configurations !== undefined) return compileConfigurations(input, input.configurations, trace);
  const findings = new Findings();
  const compiled = finished([drafted(input, findings, new Numbering(), trace)])[0]!;
  return result(findings.failed ? null : compiled, findings);
}

/**
 * The plans of several versions of a configuration, in the order in which they come to hold: whatever is in several of them has the same number in
 * all. Where a version lacks something that another has, its list holds what the version before had there (else the next one that has it), and
 * nothing of the version refers to that. A version with an error has no plan.
 */
export function compileVersions(inputs: readonly PlanInput[]): PlanResult[] {
  const numbering = new Numbering();
  const findings = inputs.map(() => new Findings());
  const compiled = finished(inputs.map((input, version) => drafted(input, findings[version]!, numbering)));
  return compiled.map((one, version) => result(findings[version]!.failed ? null : one, findings[version]!));
}

/** The plan of the first version, which holds the others. A name that only some versions have is no error. */
function compileConfigurations(
  { configurations: _, ...input }: PlanInput,
  { later, changes }: ConfigurationsInput,
  trace: PlanTrace | undefined,
): PlanResult {
  const numbering = new Numbering();
  const inputs = [input, ...later.map((resources) => ({ ...input, resources }))];
  const findings = inputs.map(() => new Findings());
  const drafts = inputs.map((one, version) =>
    drafted(one, findings[version]!, numbering, version === 0 ? trace : undefined),
  );
  const versions = finished(drafts);
  const all = findings.map((found) => found.diagnostics);
  const diagnostics = drafts.includes(null) ? unique(all.flat()) : overVersions(all);
  const fidelity = unique(findings.flatMap((found) => found.fidelity));
  const present = versions.filter((version) => version !== null);
  const [first] = present;
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  if (failed || first === undefined || present.length < versions.length) {
    return { plan: null, sources: null, diagnostics, fidelity };
  }
  const known = first.plan.clusters;
  const facts = present.map((version) => version.facts.of(known, version.plan));
  const configurations = { later: present.slice(1).map(({ plan }) => plan), facts, changes };
  const controllers = controllersOver(present.map(({ plan }) => plan));
  const sources = sourcesOver(present.map((version) => version.sources));
  return { plan: { ...first.plan, controllers, configurations }, sources, diagnostics, fidelity };
}

/** Of what nobody wrote in the first version, who wrote it in a later one. */
function sourcesOver(versions: readonly PlanSources[]): PlanSources {
  const [first, ...later] = versions as readonly [PlanSources, ...PlanSources[]];
  const over = <T extends object>(list: (of: PlanSources) => readonly T[]): T[] =>
    list(first).map((own, index) => later.reduce<T>((known, version) => filledIn(known, list(version)[index]), own));
  return {
    workloads: over(({ workloads }) => workloads),
    clusters: over(({ clusters }) => clusters),
    filters: first.filters,
    sites: over(({ sites }) => sites),
  };
}

/** Fields that are null, from another. */
function filledIn<T extends object>(own: T, other: T | undefined): T {
  if (other === undefined) return own;
  return { ...own, ...Object.fromEntries(Object.entries(other).filter(([key]) => own[key as keyof T] === null)) };
}

/** Those of the first version, with the places that a workload has in any version; a workload that comes later has no pods at first. */
function controllersOver(versions: readonly MeshPlan[]): readonly ControllerPlan[] {
  const first = versions[0]!;
  const placesIn = ({ workloads }: MeshPlan, { workload, spareLocalities }: ControllerPlan) => [
    ...workloads[workload]!.podLocalities,
    ...spareLocalities,
  ];
  const found = new Map<number, { readonly plan: ControllerPlan; readonly places: readonly number[] }>();
  for (const version of versions) {
    for (const controller of version.controllers) {
      const known = found.get(controller.workload);
      const places = placesIn(version, controller);
      const plan = known?.plan ?? (version === first ? controller : { ...controller, replicas: 0 });
      found.set(controller.workload, {
        plan,
        places: known !== undefined && known.places.length >= places.length ? known.places : places,
      });
    }
  }
  return [...found.values()].map(({ plan, places }) => ({
    ...plan,
    spareLocalities: places.slice(first.workloads[plan.workload]!.podLocalities.length),
  }));
}

/** Each once; an error counts where every version has it: what the scenario names is there before it is applied, or after. */
function overVersions(versions: readonly (readonly Diagnostic[])[]): Diagnostic[] {
  const texts = versions.map((diagnostics) => new Set(diagnostics.map((one) => JSON.stringify(one))));
  const isEverywhere = (one: Diagnostic) => texts.every((known) => known.has(JSON.stringify(one)));
  return unique(versions.flat()).filter((one) => one.severity !== 'error' || isEverywhere(one));
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function drafted(input: PlanInput, findings: Findings, numbering: Numbering, trace?: PlanTrace): Draft | null {
  const { istioVersion, envoyVersion } = input;
  if (envoyVersion !== undefined && envoyRelease(envoyVersion) === null) {
    findings.error(
      'unknown-envoy-version',
      null,
      `Envoy ${envoyVersion} is not known`,
      `known releases are ${KNOWN_ENVOY_VERSIONS.join(', ')}`,
    );
    return null;
  }
  const release = releaseDefaults(istioVersion, envoyVersion);
  if (release === null) {
    findings.error(
      'unknown-istio-version',
      null,
      `Istio ${istioVersion} is not known`,
      `known releases are ${KNOWN_ISTIO_VERSIONS.join(', ')}`,
    );
    return null;
  }
  if (input.placement.length === 0) throw new RangeError('placement must name at least one zone');
  return draftPlan(input, switched(release, input.resources, findings), findings, numbering, trace);
}

function finished(drafts: readonly (Draft | null)[]): (Compiled | null)[] {
  return withoutGaps(drafts.map((draft) => draft?.finish() ?? null));
}

function result(compiled: Compiled | null, { diagnostics, fidelity }: Findings): PlanResult {
  return { plan: compiled?.plan ?? null, sources: compiled?.sources ?? null, diagnostics, fidelity };
}
