// One world's texts: the mesh that it names, and the scenario that lies beside it, if there is one.
import { dirname } from 'node:path';
import { type Change, Changes, strictAboutChanges } from '../../models/config/change.js';
import type { Diagnostic, FidelityEntry, SourcePosition } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import { fieldOf } from '../../models/config/document.js';
import { loadResources, type ResourceSet } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import type { NamedText } from '../../models/config/resource.js';
import { SCENARIO_KIND, type ScenarioDocument } from '../document/schema.js';
import { validateScenario } from '../document/validate.js';
import type { Gathered } from '../gather/gather.js';
import { type NamedFiles, namedFiles } from '../gather/named-files.js';
import { listOf } from '../reading/reader.js';
import { type ArmSource, rootOf } from './arm-source.js';

/** A scenario's document, as it is and as it was checked. */
export interface OwnScenario {
  readonly raw: RawDocument;
  readonly document: ScenarioDocument;
  /** Where it was guessed from the base's mesh: that it was, and the guesses. */
  readonly guess?: { readonly diagnostic: Diagnostic; readonly fidelity: readonly FidelityEntry[] };
  /** What its timeline applies; absent: nothing. */
  readonly files?: NamedFiles | undefined;
}

export interface ArmTexts {
  readonly source: ArmSource;
  /** The directory that file names in a result are relative to. */
  readonly directory: string;
  /** null: none beside the mesh, or several. */
  readonly own: OwnScenario | null;
  /** Places of all scenarios beside the mesh. */
  readonly scenarioPlaces: readonly SourcePosition[];
  readonly mesh: readonly NamedText[];
  readonly resources: ResourceSet;
  /** What `--set` has put into the mesh. */
  readonly changes: Changes;
  /** Of reading and of the own scenario; those of the resources are in `resources`. An error: nothing else is to be trusted. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What is changed in one world, and whether it must have a scenario for that. */
export interface ArmChanges {
  readonly changes: readonly Change[];
  readonly isScenarioNeeded: boolean;
}

const NO_CHANGES: ArmChanges = { changes: [], isScenarioNeeded: false };

/**
 * Reads one world. A directory stands for the `scenario.yaml` in it, where there is one, and so for the mesh that it names; what names no
 * mesh is the mesh itself.
 */
export function readArm(source: ArmSource, strict: boolean, asked: ArmChanges = NO_CHANGES): ArmTexts {
  const changes = new Changes(asked.changes);
  const first = source.gather([scenarioPathOf(source)]);
  const found = loadResources(first.texts, { strict, leaveOut: true, changes });
  const scenarios = found.scenarios.filter(({ value }) => fieldOf(value, 'kind') === SCENARIO_KIND);
  const scenarioPlaces = scenarios.map((raw) => raw.at([]));
  const whole = (gathered: Gathered, resources: ResourceSet): ArmTexts => ({
    source,
    directory: rootOf(source),
    own: null,
    scenarioPlaces,
    mesh: gathered.texts,
    resources: {
      ...resources,
      diagnostics: [...strictAboutChanges(resources.diagnostics), ...changes.problemsFound(asked.isScenarioNeeded)],
    },
    changes,
    diagnostics: gathered.diagnostics,
  });
  if (hasErrors(first.diagnostics) || scenarios.length !== 1) return whole(first, found);
  const [raw] = scenarios;
  const { document, diagnostics } = validateScenario(raw);
  if (document === null) return { ...whole(first, found), diagnostics };

  const directory = raw.file === '-' ? '.' : dirname(source.pathOf(raw.file));
  const mesh = listOf(document.spec?.mesh).map((path) => source.below(directory, path));
  const isAlone = first.texts.every(({ name }) => name === raw.file);
  const gathered =
    mesh.length > 0 ? source.gather(mesh) : isAlone ? source.gather([source.below(directory, '.')]) : first;
  const files = filesOf(source, directory, document, changes);
  const isWhole = files.applied.size === 0;
  const texts = isWhole ? gathered.texts : gathered.texts.filter(({ name }) => !files.applied.has(name));
  const resources = gathered === first && isWhole ? found : loadResources(texts, { strict, leaveOut: true, changes });
  return {
    ...whole({ ...gathered, texts }, resources),
    directory,
    own: { raw, document, files },
    diagnostics: [...diagnostics, ...gathered.diagnostics, ...files.diagnostics],
  };
}

function filesOf(source: ArmSource, directory: string, { spec }: ScenarioDocument, changes: Changes): NamedFiles {
  return namedFiles(
    spec?.timeline ?? [],
    (path) => source.gather([source.below(directory, path)]),
    (texts) => texts.flatMap((text) => [...parseDocuments(text)].map((one) => changes.applyTo(one) ?? one)),
  );
}

/** The one scenario of a file that was named for all worlds. */
export function readScenarioFile(
  source: ArmSource,
  asked: readonly Change[] = [],
): { own: OwnScenario | null; diagnostics: readonly Diagnostic[] } {
  const { texts, diagnostics } = source.gather([source.path]);
  if (hasErrors(diagnostics)) return { own: null, diagnostics };
  const scenarios = loadResources(texts, { changes: new Changes(asked) }).scenarios.filter(
    ({ value }) => fieldOf(value, 'kind') === SCENARIO_KIND,
  );
  if (scenarios.length !== 1) {
    const message = `${source.path} holds ${scenarios.length} documents of kind Scenario`;
    const hint = 'name a file that holds one';
    return { own: null, diagnostics: [{ code: 'no-scenario', severity: 'error', position: null, message, hint }] };
  }
  const [raw] = scenarios;
  const { document, diagnostics: problems } = validateScenario(raw);
  if (document === null) return { own: null, diagnostics: problems };
  const directory = raw.file === '-' ? '.' : dirname(source.pathOf(raw.file));
  const files = filesOf(source, directory, document, new Changes(asked));
  return { own: { raw, document, files }, diagnostics: [...problems, ...files.diagnostics] };
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

function scenarioPathOf(source: ArmSource): string {
  if (source.path === '-') return source.path;
  const file = source.below(source.path, 'scenario.yaml');
  return source.isFile(file) ? file : source.path;
}
