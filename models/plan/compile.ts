// Resources and scenario → MeshPlan: the order in which the parts of this folder work together.
import type { Diagnostic, FidelityEntry } from '../config/diagnostic.js';
import { envoyRelease, KNOWN_ENVOY_VERSIONS } from './contract/envoy-versions.js';
import type { MeshPlan } from './contract/plan.js';
import type { PlanSources } from './contract/sources.js';
import { type Compiled, type Draft, draftPlan } from './draft.js';
import { withoutGaps } from './gaps.js';
import type { PlanTrace } from './graph/plan-trace.js';
import type { PlanInput } from './settings/input.js';
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
