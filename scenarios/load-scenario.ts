// From paths to a scenario that can be run: finds the scenario file, reads the mesh that it names, compiles the plan.
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Diagnostic, FidelityEntry, SourcePosition } from '../models/config/diagnostic.js';
import type { RawDocument } from '../models/config/document.js';
import { loadResources, type ResourceSet } from '../models/config/load.js';
import type { MeshPlan } from '../models/plan/plan.js';
import { gather } from './gather.js';
import { interpretScenario, type ScenarioOverrides } from './interpret.js';
import { listOf } from './reader.js';
import type { Scenario } from './scenario.js';
import { SCENARIO_KIND } from './schema.js';
import { validateScenario } from './validate.js';

export interface LoadScenarioOptions extends ScenarioOverrides {
  /** Bound of the bytes that are read in all. */
  readonly maxInputBytes?: number | undefined;
  /** Unknown fields of manifests are errors. */
  readonly strict?: boolean | undefined;
}

/** What a result may hold of the input: file names are relative to the scenario's directory, whoever runs it and from where. */
export interface RelativeFindings {
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
  readonly scenario: Scenario;
}

export interface LoadedScenario {
  /** `plan`, `scenario` and `relative` are null where a diagnostic is an error. */
  readonly plan: MeshPlan | null;
  readonly scenario: Scenario | null;
  readonly relative: RelativeFindings | null;
  /** The YAML of the mesh; null where no scenario was found. */
  readonly resources: ResourceSet | null;
  /** File names as they were given, for people at a terminal. */
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
}

/**
 * Loads one scenario. Each path is a file, a directory, a glob or `-`; one document among them is of kind Scenario. What it lists
 * under `mesh` is relative to its file; without `mesh` it is the directory that was given, or the directory of the file.
 * What is wrong with the input is in `diagnostics`; nothing is thrown for it.
 */
export function loadScenario(paths: string | readonly string[], options: LoadScenarioOptions = {}): LoadedScenario {
  const given = listOf(paths);
  const bounds = options.maxInputBytes === undefined ? {} : { maxInputBytes: options.maxInputBytes };
  const first = gather(given, bounds);
  if (hasErrors(first.diagnostics)) return failed(first.diagnostics, null);
  const strict = options.strict ?? false;
  const firstResources = loadResources(first.texts, { strict });
  const found = findScenario(firstResources.scenarios, given);
  if ('diagnostic' in found)
    return failed([...first.diagnostics, ...unreadable(firstResources, found.diagnostic)], null);
  const { raw } = found;
  const { document, diagnostics: own } = validateScenario(raw);
  if (document === null) return failed(own, null);

  const directory = raw.file === '-' ? '.' : dirname(raw.file);
  const mesh = listOf(document.spec?.mesh);
  const isScenarioAlone = first.texts.every(({ name }) => name === raw.file);
  const wanted = mesh.length > 0 || isScenarioAlone;
  const gathered = wanted
    ? gather(mesh.length > 0 ? mesh.map((path) => below(directory, path)) : [directory], bounds)
    : first;
  const resources = wanted ? loadResources(gathered.texts, { strict }) : firstResources;
  const { plan, scenario, ...interpreted } = interpretScenario(raw, document, resources, options);
  const diagnostics = unique([...own, ...gathered.diagnostics, ...resources.diagnostics, ...interpreted.diagnostics]);
  const fidelity = [...resources.fidelity, ...interpreted.fidelity];
  if (plan === null || scenario === null || hasErrors(diagnostics))
    return { ...failed(diagnostics, resources), fidelity };
  return {
    plan,
    scenario,
    relative: relativeTo(directory, { diagnostics, fidelity, scenario }),
    resources,
    diagnostics,
    fidelity,
  };
}

/** A path in the scenario is relative to its file. */
function below(directory: string, path: string): string {
  return path === '-' || isAbsolute(path) ? path : join(directory, path);
}

/** What stands in the way of finding a scenario: YAML that cannot be read comes before a scenario that is not there. */
function unreadable({ diagnostics }: ResourceSet, missing: Diagnostic): Diagnostic[] {
  const broken = diagnostics.filter(({ severity }) => severity === 'error');
  return broken.length > 0 ? broken : [missing];
}

type Found = { readonly raw: RawDocument } | { readonly diagnostic: Diagnostic };

function findScenario(own: readonly RawDocument[], paths: readonly string[]): Found {
  const scenarios = own.filter(({ value }) => kindOf(value) === SCENARIO_KIND);
  if (scenarios.length === 1) return { raw: scenarios[0] };
  if (scenarios.length === 0) {
    return {
      diagnostic: {
        code: 'no-scenario',
        severity: 'error',
        position: null,
        message: `there is no document of kind Scenario in ${paths.join(', ')}`,
        hint: 'write one (apiVersion: seatrial.dev/v1alpha1, kind: Scenario) with the traffic to simulate',
      },
    };
  }
  const places = scenarios.map((raw) => `${raw.file}:${raw.at([]).line}`);
  return {
    diagnostic: {
      code: 'several-scenarios',
      severity: 'error',
      position: scenarios[1].at([]),
      message: `there are ${scenarios.length} scenarios: ${places.join(', ')}`,
      hint: 'name the file of the one to run',
    },
  };
}

function kindOf(value: RawDocument['value']): unknown {
  return value !== null && typeof value === 'object' && 'kind' in value ? value.kind : undefined;
}

function failed(diagnostics: readonly Diagnostic[], resources: ResourceSet | null): LoadedScenario {
  return { plan: null, scenario: null, relative: null, resources, diagnostics, fidelity: [] };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** The scenario's own document is read twice: its complaints are told once. */
function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
}

function relativeTo(directory: string, { diagnostics, fidelity, scenario }: RelativeFindings): RelativeFindings {
  const nameOf = (file: string): string =>
    file === '-' ? file : relative(resolve(directory), resolve(file)).split(sep).join('/');
  const moved = <T extends { readonly position: SourcePosition | null }>(entry: T): T =>
    entry.position === null ? entry : { ...entry, position: { ...entry.position, file: nameOf(entry.position.file) } };
  return {
    diagnostics: diagnostics.map(moved),
    fidelity: fidelity.map(moved),
    scenario: {
      ...scenario,
      file: nameOf(scenario.file),
      slos: scenario.slos.map(moved),
      thresholds: scenario.thresholds.map(moved),
    },
  };
}
