// From the words of a command line to worlds that can be run against one another: whose scenario counts, and what each mesh compiles to.
import { posix } from 'node:path';
import { type Change, isChangeFile } from '../../models/config/change.js';
import type { Diagnostic, FidelityEntry, SourcePosition } from '../../models/config/diagnostic.js';
import { isPlainMap, type PlainMap, type PlainValue } from '../../models/config/document.js';
import { loadDocuments } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import type { LintFinding } from '../../models/lint/rule.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { PlanSources } from '../../models/plan/contract/sources.js';
import { lintResources } from '../loading/lint.js';
import { movedSources, withMovedTimeline } from '../loading/moved-sources.js';
import type { ConfigurationFiles } from '../reading/configurations.js';
import { interpretScenario, type ScenarioOverrides } from '../reading/interpret.js';
import type { Scenario } from '../reading/scenario.js';
import { type ArmSource, armSource } from './arm-source.js';
import { diffValues } from './config-diff.js';
import { guessScenario } from './guess-scenario.js';
import { type ConfigObject, configObjects } from './objects.js';
import { type ArmChanges, type ArmTexts, hasErrors, type OwnScenario, readArm, readScenarioFile } from './read-arm.js';

export interface LoadWorldsOptions extends ScenarioOverrides {
  /** The scenario of all worlds, in place of the base's own. */
  readonly scenario?: ArmSource | undefined;
  /** Each world has the traffic and behaviour of its own scenario; how long and how often to run is the base's. */
  readonly ownScenario?: boolean | undefined;
  readonly strict?: boolean | undefined;
  /** Changes of objects hold for the candidates, those of the scenario for all (`--set`). */
  readonly changes?: readonly Change[] | undefined;
}

export interface LoadArmsOptions extends Omit<LoadWorldsOptions, 'scenario'> {
  /** File of the scenario of all worlds, in place of the base's own. */
  readonly scenario?: string | undefined;
  readonly maxInputBytes?: number | undefined;
}

/** A world that can be run. Names of files are relative to its directory. */
export interface LoadedArm {
  readonly name: string;
  readonly revision: string | null;
  readonly plan: MeshPlan;
  readonly scenario: Scenario;
  readonly objects: ReadonlyMap<string, ConfigObject>;
  readonly diagnostics: readonly Diagnostic[];
  readonly fidelity: readonly FidelityEntry[];
  /** What the linter says of its YAML, `--set` included. */
  lint(): Promise<readonly LintFinding[]>;
  /** Who wrote what acts; null: nothing is known of that. */
  readonly sources: PlanSources | null;
}

export interface LoadedArms {
  /** The base first; null where a diagnostic is an error. */
  readonly arms: readonly LoadedArm[] | null;
  /** File names as people gave them; what a candidate shares with the base is told once. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text of a file by the name that `diagnostics` use; null where it is not at hand. */
  textOf(file: string): string | null;
}

/**
 * Reads all worlds. What is wrong with the input is in `diagnostics`; nothing is thrown for it.
 * @param names the base, then one or more candidates: files, directories, globs, or `REVISION:PATH` of git.
 */
export function loadArms(names: readonly string[], options: LoadArmsOptions = {}): LoadedArms {
  const { maxInputBytes, scenario, ...rest } = options;
  const sources = names.map((name) => armSource(name, maxInputBytes));
  return loadWorlds(sources, {
    ...rest,
    scenario: scenario === undefined ? undefined : armSource(scenario, maxInputBytes),
  });
}

/** As `loadArms`, from wherever the worlds come. */
export function loadWorlds(sources: readonly ArmSource[], options: LoadWorldsOptions = {}): LoadedArms {
  const strict = options.strict ?? false;
  const read = sources.map((source, index) => readArm(source, strict, changesOf(index, options)));
  const chosen = chooseScenario(read, options);
  const early = [...read.flatMap((arm) => arm.diagnostics), ...chosen.diagnostics];
  const texts = new Map(read.flatMap((arm) => arm.mesh.map(({ name, text }) => [name, text] as const)));
  const textOf = (file: string): string | null => texts.get(file) ?? null;
  if (hasErrors(early) || chosen.scenarios === null) {
    // A file that is no YAML may be the scenario that is missed.
    const unreadable = read
      .flatMap(({ resources }) => resources.diagnostics)
      .filter((found) => found.severity === 'error');
    return { arms: null, diagnostics: unique([...unreadable, ...early]), textOf };
  }
  const { scenarios } = chosen;
  const compiled = read.map((arm, i) => compileArm(arm, scenarios[i], i, options));
  const diagnostics = [...early, ...told(compiled)];
  const arms = compiled.flatMap(({ arm }) => (arm === null ? [] : [arm]));
  return { arms: arms.length === read.length ? arms : null, diagnostics: unique(diagnostics), textOf };
}

function changesOfScenario({ changes = [] }: LoadWorldsOptions): readonly Change[] {
  return changes.filter(({ object }) => object === null);
}

/** The base is as it was written, but for the scenario, which all share. */
function changesOf(index: number, options: LoadWorldsOptions): ArmChanges {
  const ofScenario = options.scenario === undefined ? changesOfScenario(options) : [];
  const ofObjects = index === 0 ? [] : (options.changes ?? []).filter(({ object }) => object !== null);
  return { changes: [...ofObjects, ...ofScenario], isScenarioNeeded: index === 0 };
}

interface ChosenScenarios {
  /** One per world; null where a diagnostic is an error. */
  readonly scenarios: readonly OwnScenario[] | null;
  readonly diagnostics: readonly Diagnostic[];
}

function chooseScenario(arms: readonly ArmTexts[], options: LoadWorldsOptions): ChosenScenarios {
  if (options.scenario !== undefined) {
    const { own, diagnostics } = readScenarioFile(options.scenario, changesOfScenario(options));
    return { scenarios: own === null ? null : arms.map(() => own), diagnostics };
  }
  const [base, ...candidates] = arms;
  const { own } = base;
  if (own === null) {
    const isNowhere = arms.every(({ scenarioPlaces }) => scenarioPlaces.length === 0);
    if (isNowhere && !hasErrors([...base.diagnostics, ...base.resources.diagnostics])) {
      const guess = guessScenario(base);
      return 'raw' in guess
        ? { scenarios: arms.map(() => guess), diagnostics: [] }
        : { scenarios: null, diagnostics: [guess] };
    }
    return { scenarios: null, diagnostics: hasErrors(base.diagnostics) ? [] : [noScenario(base)] };
  }
  if (options.ownScenario === true) {
    return { scenarios: arms.map((arm) => arm.own ?? own), diagnostics: candidates.flatMap(severalScenarios) };
  }
  const diagnostics = candidates.flatMap((arm) => [...severalScenarios(arm), ...differentScenario(own, arm)]);
  // The scenarios say the same, and each names files of its own world.
  return { scenarios: arms.map((arm) => ({ ...own, files: (arm.own ?? own).files })), diagnostics };
}

function noScenario({ source, scenarioPlaces }: ArmTexts): Diagnostic {
  const found =
    scenarioPlaces.length === 0 ? 'no document' : `${scenarioPlaces.length} documents (${placesOf(scenarioPlaces)})`;
  return {
    code: scenarioPlaces.length === 0 ? 'no-scenario' : 'several-scenarios',
    severity: 'error',
    position: scenarioPlaces[1] ?? null,
    message: `the base ${source.name} has ${found} of kind Scenario`,
    hint: 'name the scenario for all with --scenario FILE',
  };
}

function severalScenarios({ source, scenarioPlaces }: ArmTexts): Diagnostic[] {
  if (scenarioPlaces.length < 2) return [];
  const message = `${source.name} has ${scenarioPlaces.length} documents of kind Scenario: ${placesOf(scenarioPlaces)}`;
  const hint = 'name the scenario for all with --scenario FILE';
  return [{ code: 'several-scenarios', severity: 'error', position: scenarioPlaces[1], message, hint }];
}

function placesOf(places: readonly SourcePosition[]): string {
  return places.map(({ file, line }) => `${file}:${line}`).join(', ');
}

/** Another load would make the two worlds incomparable. Where the mesh lies, and what the scenario is called, is no load. */
function differentScenario(base: OwnScenario, { own, source }: ArmTexts): Diagnostic[] {
  if (own === null) return [];
  const [first] = diffValues(loadOf(base.raw.value), loadOf(own.raw.value));
  if (first === undefined) return [];
  const at = base.raw.at(first.basePath);
  return [
    {
      code: 'different-scenario',
      severity: 'error',
      position: own.raw.at(first.candidatePath),
      message: `${source.name} has another scenario than the base: ${first.path} is not as in ${at.file}:${at.line}`,
      hint: 'give one for all with --scenario FILE, or let each world have its own with --own-scenario',
    },
  ];
}

function loadOf(scenario: PlainValue): PlainValue {
  if (!isPlainMap(scenario)) return scenario;
  const { metadata: _name, spec, ...rest } = scenario as { metadata?: PlainValue; spec?: PlainValue } & PlainMap;
  if (!isPlainMap(spec ?? null)) return { ...rest, spec: spec ?? null };
  const { mesh: _mesh, ...load } = spec as { mesh?: PlainValue } & PlainMap;
  return { ...rest, spec: load } as PlainMap;
}

interface CompiledArm {
  readonly source: ArmSource;
  readonly directory: string;
  readonly arm: LoadedArm | null;
  readonly diagnostics: readonly Diagnostic[];
}

function compileArm(texts: ArmTexts, own: OwnScenario, index: number, options: LoadWorldsOptions): CompiledArm {
  const { source, directory, resources } = texts;
  const compiled = interpretScenario(own.raw, own.document, resources, options, filesOf(texts, own));
  const { plan, scenario } = compiled;
  const interpreted = compiled.diagnostics.map((diagnostic) => inWorld(diagnostic, index, own, source));
  const guess = index === 0 ? (own.guess ?? null) : null;
  const diagnostics = [...(guess === null ? [] : [guess.diagnostic]), ...resources.diagnostics, ...interpreted];
  if (plan === null || scenario === null || hasErrors(diagnostics)) {
    return { source, directory, arm: null, diagnostics };
  }
  const move = positionMover(source, directory, own);
  const arm: LoadedArm = {
    name: source.name,
    revision: source.revision,
    plan: withMovedTimeline(plan, move),
    scenario: {
      ...scenario,
      file: posix.basename(scenario.file),
      slos: scenario.slos.map(move),
      thresholds: scenario.thresholds.map(move),
    },
    objects: new Map(
      [...configObjects(texts.mesh, texts.changes, own.files?.named)].map(([key, object]) => [
        key,
        movedObject(object, source, directory),
      ]),
    ),
    diagnostics: diagnostics.map(move),
    fidelity: [...(guess?.fidelity ?? []), ...resources.fidelity, ...compiled.fidelity].map(move),
    lint: async () => (await lintArm(texts, plan)).map(move),
    sources: compiled.sources === null ? null : movedSources(compiled.sources, move),
  };
  return { source, directory, arm, diagnostics };
}

/** What the timeline of a scenario applies to the mesh of an arm, whose own files it may name. */
function filesOf({ mesh, changes }: ArmTexts, { files }: OwnScenario): ConfigurationFiles | null {
  if (files === undefined) return null;
  const documents = mesh.flatMap((text) => [...parseDocuments(text)].map((one) => changes.applyTo(one) ?? one));
  const base = documents.filter(({ file }) => !files.applied.has(file));
  return { base, named: files.named, options: { leaveOut: true } };
}

async function lintArm({ mesh, changes, resources }: ArmTexts, plan: MeshPlan): Promise<readonly LintFinding[]> {
  const documents = mesh.flatMap((text) =>
    [...parseDocuments(text)].map((written) => changes.applyTo(written) ?? written),
  );
  // The linter calls an error what a cluster refuses.
  const asLinted = resources.rejected.length === 0 ? resources : loadDocuments(documents);
  const found = { texts: mesh, documents, resources: asLinted, plan, diagnostics: [], found: [] };
  return (await lintResources(found)).findings;
}

/** A complaint about the base's scenario may hold in a candidate's mesh only. */
function inWorld(diagnostic: Diagnostic, index: number, { raw }: OwnScenario, source: ArmSource): Diagnostic {
  if (index === 0 || diagnostic.position?.file !== raw.file) return diagnostic;
  return { ...diagnostic, message: `${diagnostic.message} (with the mesh of ${source.name})` };
}

/** A scenario that all worlds share is in nobody's directory: its base name stands for it. */
function positionMover(source: ArmSource, directory: string, { raw }: OwnScenario) {
  return <T extends { readonly position: SourcePosition | null }>(entry: T): T => {
    const { position } = entry;
    if (position === null) return entry;
    const isShared = position.file === raw.file;
    const moved = isShared
      ? { ...position, file: posix.basename(raw.file) }
      : movedPosition(position, source, directory);
    return { ...entry, position: moved };
  };
}

function movedPosition(position: SourcePosition, source: ArmSource, directory: string): SourcePosition {
  if (isChangeFile(position.file)) return position;
  return { ...position, file: source.relativeName(directory, position.file) };
}

function movedObject(object: ConfigObject, source: ArmSource, directory: string): ConfigObject {
  return { ...object, at: (path) => movedPosition(object.at(path), source, directory) };
}

/** The base's findings, then those of each candidate that the base does not have. */
function told(arms: readonly CompiledArm[]): Diagnostic[] {
  const known = new Set<string>();
  return arms.flatMap(({ source, directory, diagnostics }, index) =>
    diagnostics.filter(({ code, severity, message, position }) => {
      const file =
        position === null || isChangeFile(position.file) ? '' : source.relativeName(directory, position.file);
      const plain = message.replace(` (with the mesh of ${source.name})`, '');
      const key = JSON.stringify([code, severity, plain, file]);
      const isNew = index === 0 || severity === 'error' || !known.has(key);
      known.add(key);
      return isNew;
    }),
  );
}

function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
}
