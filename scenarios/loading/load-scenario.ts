// From paths to a scenario that can be run: finds the scenario file (or guesses one), reads the mesh that it names, compiles the plan.
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type Change, Changes, isChangeFile, strictAboutChanges } from '../../models/config/change.js';
import type { Diagnostic, FidelityEntry, SourcePosition } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import { loadDocuments, type ResourceSet } from '../../models/config/load.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { PlanSources } from '../../models/plan/contract/sources.js';
import { ParsedTexts, scenariosIn } from '../document/documents.js';
import type { ScenarioDocument } from '../document/schema.js';
import { validateScenario } from '../document/validate.js';
import { type Gathered, gather } from '../gather/gather.js';
import { namedFiles } from '../gather/named-files.js';
import { INTO_FILE, type Rendering } from '../gather/tree.js';
import { homeOf, inferFromPaths, SCENARIO_FILE } from '../init/infer-paths.js';
import type { ConfigurationFiles } from '../reading/configurations.js';
import { interpretScenario, type ScenarioOverrides } from '../reading/interpret.js';
import { listOf } from '../reading/reader.js';
import type { Scenario } from '../reading/scenario.js';
import { movedSources, withMovedTimeline } from './moved-sources.js';

export interface LoadScenarioOptions extends ScenarioOverrides {
  /** Bound of the bytes that are read in all. */
  readonly maxInputBytes?: number | undefined;
  /** Unknown fields of manifests are errors. */
  readonly strict?: boolean | undefined;
  /** What is changed in the YAML and the scenario before they are read (`--set`). */
  readonly changes?: readonly Change[] | undefined;
  /** What to do with folders that a tool has to render first; default: into a file. */
  readonly rendering?: Rendering | undefined;
}

/** What a result may hold of the input: file names are relative to the scenario's directory, whoever runs it and from where. */
export interface RelativeFindings {
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
  readonly scenario: Scenario;
  /** Who wrote what acts in the plan; absent: nobody knows. */
  readonly sources?: PlanSources;
}

export interface WrittenScenario {
  readonly raw: RawDocument;
  readonly document: ScenarioDocument;
  /** That of its file; what it lists under `mesh` is relative to this. */
  readonly directory: string;
}

export interface LoadedScenario {
  /**
   * `plan`, `sources`, `scenario` and `relative` are null where a diagnostic is an error. Results name the lines of the plan's timeline: their files are
   * relative to the scenario's directory already.
   */
  readonly plan: MeshPlan | null;
  /** Who wrote what acts in the plan, with file names as they were given; for reports, workers do not get them. */
  readonly sources: PlanSources | null;
  readonly scenario: Scenario | null;
  readonly relative: RelativeFindings | null;
  /** The YAML of the mesh; null where no scenario was found. */
  readonly resources: ResourceSet | null;
  /** The scenario as it is written, or was guessed; null where `plan` is. */
  readonly written: WrittenScenario | null;
  /** File names as they were given, for people at a terminal. */
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
}

/**
 * Loads one scenario. Each path is a file, a directory, a glob or `-`; one document among them is of kind Scenario. What it lists
 * under `mesh` is relative to its file; without `mesh` it is the directory that was given, or the directory of the file. Where there is
 * no such document, the scenario is guessed from the mesh, as `seatrial init` would write it, and a warning says so.
 * What is wrong with the input is in `diagnostics`; nothing is thrown for it.
 */
export function loadScenario(paths: string | readonly string[], options: LoadScenarioOptions = {}): LoadedScenario {
  return loadScenarioWith(paths, options, new ParsedTexts(options));
}

/** @param parsed texts that are at hand already, with the same `strict` */
export function loadScenarioWith(
  paths: string | readonly string[],
  options: LoadScenarioOptions,
  parsed: ParsedTexts,
): LoadedScenario {
  const given = listOf(paths);
  const found = readPaths(given, options, parsed);
  switch (found.kind) {
    case 'failed':
      return failed(found.diagnostics, null);
    case 'mesh':
      return inferred(given, found.gathered, found.resources, options);
    case 'scenario':
      return interpreted({ ...found, fidelity: [] }, options);
  }
}

/** What stands under some paths: a scenario and the mesh that it names, or a mesh alone. */
export type ReadPaths =
  | { readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'mesh'; readonly gathered: Gathered; readonly resources: ResourceSet }
  | {
      readonly kind: 'scenario';
      readonly raw: RawDocument;
      readonly document: ScenarioDocument;
      readonly resources: ResourceSet;
      readonly directory: string;
      /** The same YAML as documents, and what the timeline applies to it. */
      readonly files: ConfigurationFiles;
      readonly diagnostics: readonly Diagnostic[];
    };

export function readPaths(
  given: readonly string[],
  options: LoadScenarioOptions,
  parsed: ParsedTexts = new ParsedTexts(options),
): ReadPaths {
  const { rendering = INTO_FILE, maxInputBytes } = options;
  const first = gather(given, { trees: rendering, maxInputBytes });
  if (hasErrors(first.diagnostics)) return { kind: 'failed', diagnostics: first.diagnostics };
  const strict = options.strict ?? false;
  const changes = new Changes(options.changes ?? []);
  const changed = ({ texts }: Gathered) => parsed.of(texts).map((document) => changes.applyTo(document));
  const loading = { strict, leaveOut: true };
  const load = (documents: readonly RawDocument[]) => loadDocuments(documents, loading);
  const documents = changed(first);
  const scenarios = scenariosIn(documents);
  const [raw, ...others] = scenarios;
  if (raw === undefined) {
    return { kind: 'mesh', gathered: first, resources: withChanges(load(documents), changes) };
  }
  if (others.length > 0) {
    const diagnostics = [...first.diagnostics, ...unreadable(load(documents), several(scenarios))];
    return { kind: 'failed', diagnostics };
  }
  const { document, diagnostics: own } = validateScenario(raw);
  if (document === null) return { kind: 'failed', diagnostics: own };

  const directory = raw.file === '-' ? '.' : dirname(raw.file);
  const mesh = listOf(document.spec?.mesh);
  const isScenarioAlone = first.texts.every(({ name }) => name === raw.file);
  const wanted = mesh.length > 0 || isScenarioAlone;
  const gathered = wanted
    ? gather(mesh.length > 0 ? mesh.map((path) => below(directory, path)) : [directory], {
        trees: INTO_FILE,
        maxInputBytes,
      })
    : first;
  const { named, applied, ...found } = namedFiles(
    document.spec?.timeline ?? [],
    (path) => gather([below(directory, path)], { trees: INTO_FILE, maxInputBytes }),
    (texts) => changed({ texts, diagnostics: [] }),
  );
  const base = (wanted ? changed(gathered) : documents).filter(({ file }) => !applied.has(file));
  const resources = load(base);
  const known = [...own, ...gathered.diagnostics, ...found.diagnostics, ...withChanges(resources, changes).diagnostics];
  return {
    kind: 'scenario',
    raw,
    document,
    resources,
    directory,
    files: { base, named, options: loading },
    diagnostics: known,
  };
}

/** Complaints about changes beside those about the YAML. */
function withChanges(resources: ResourceSet, changes: Changes): ResourceSet {
  return { ...resources, diagnostics: [...strictAboutChanges(resources.diagnostics), ...changes.problemsFound()] };
}

/** No scenario: what `seatrial init` would write, run as if it were written. */
function inferred(
  given: readonly string[],
  { texts, diagnostics }: Gathered,
  resources: ResourceSet,
  options: LoadScenarioOptions,
): LoadedScenario {
  const known = [...diagnostics, ...resources.diagnostics];
  if (hasErrors(known))
    return failed(
      known.filter(({ severity }) => severity === 'error'),
      null,
    );
  const directory = homeOf(given);
  const inference = inferFromPaths(given, join(directory, SCENARIO_FILE), texts, resources);
  if (inference.kind === 'nothing') return failed([...known, inference.diagnostic], resources);
  const { raw, document, diagnostic, fidelity } = inference;
  return interpreted(
    {
      raw,
      document,
      resources: inference.resources,
      directory,
      files: null,
      diagnostics: [diagnostic, ...known],
      fidelity,
    },
    options,
  );
}

interface Readable {
  readonly raw: RawDocument;
  readonly document: ScenarioDocument;
  readonly resources: ResourceSet;
  /** That of the scenario. */
  readonly directory: string;
  readonly files: ConfigurationFiles | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Beside what the resources and the scenario have themselves. */
  readonly fidelity: readonly FidelityEntry[];
}

function interpreted(readable: Readable, options: LoadScenarioOptions): LoadedScenario {
  const { raw, document, resources, directory } = readable;
  const { plan, sources, scenario, ...found } = interpretScenario(raw, document, resources, options, readable.files);
  const diagnostics = unique([...readable.diagnostics, ...found.diagnostics]);
  const fidelity = [...readable.fidelity, ...resources.fidelity, ...found.fidelity];
  if (plan === null || sources === null || scenario === null || hasErrors(diagnostics))
    return { ...failed(diagnostics, resources), fidelity };
  const moved = moverTo(directory);
  return {
    plan: withMovedTimeline(plan, moved),
    sources,
    scenario,
    relative: relativeTo(directory, moved, { diagnostics, fidelity, scenario, sources }),
    resources,
    written: { raw, document, directory },
    diagnostics,
    fidelity,
  };
}

/** A path in the scenario is relative to its file. */
function below(directory: string, path: string): string {
  return path === '-' || isAbsolute(path) ? path : join(directory, path);
}

/** What stands in the way of a scenario: YAML that cannot be read comes before a choice that cannot be made. */
function unreadable({ diagnostics }: ResourceSet, missing: Diagnostic): Diagnostic[] {
  const broken = diagnostics.filter(({ severity }) => severity === 'error');
  return broken.length > 0 ? broken : [missing];
}

function several(scenarios: readonly RawDocument[]): Diagnostic {
  const places = scenarios.map((raw) => `${raw.file}:${raw.at([]).line}`);
  return {
    code: 'several-scenarios',
    severity: 'error',
    position: scenarios[1]!.at([]),
    message: `there are ${scenarios.length} scenarios: ${places.join(', ')}`,
    hint: 'name the file of the one to run',
  };
}

function failed(diagnostics: readonly Diagnostic[], resources: ResourceSet | null): LoadedScenario {
  return {
    plan: null,
    sources: null,
    scenario: null,
    relative: null,
    resources,
    written: null,
    diagnostics,
    fidelity: [],
  };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** The scenario's own document is read twice: its complaints are told once. */
function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
}

function relativeName(directory: string, file: string): string {
  return file === '-' || isChangeFile(file) ? file : relative(resolve(directory), resolve(file)).split(sep).join('/');
}

type Mover = <T extends { readonly position: SourcePosition | null }>(entry: T) => T;

/** Places with file names relative to a directory. */
function moverTo(directory: string): Mover {
  const names = new Map<string, string>();
  const nameOf = (file: string): string => {
    const name = names.get(file) ?? relativeName(directory, file);
    names.set(file, name);
    return name;
  };
  return (entry) =>
    entry.position === null ? entry : { ...entry, position: { ...entry.position, file: nameOf(entry.position.file) } };
}

function relativeTo(
  directory: string,
  moved: Mover,
  { diagnostics, fidelity, scenario, sources }: RelativeFindings,
): RelativeFindings {
  return {
    diagnostics: diagnostics.map(moved),
    fidelity: fidelity.map(moved),
    scenario: {
      ...scenario,
      file: relativeName(directory, scenario.file),
      slos: scenario.slos.map(moved),
      thresholds: scenario.thresholds.map(moved),
    },
    ...(sources === undefined ? {} : { sources: movedSources(sources, moved) }),
  };
}
