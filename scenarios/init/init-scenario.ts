// `init` of a directory (or file, or glob): reads the YAML, guesses the scenario, and makes sure that it would run.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Diagnostic } from '../../models/config/diagnostic.js';
import { loadResources } from '../../models/config/load.js';
import { gather } from '../gather/gather.js';
import { into } from '../gather/tree.js';
import { interpretScenario } from '../reading/interpret.js';
import type { Draft } from './draft/draft.js';
import { homeOf, inferFromPaths, SCENARIO_FILE } from './infer-paths.js';

export interface InitScenarioOptions {
  /** Where the scenario will lie (default: `scenario.yaml` in the directory). */
  readonly file?: string | undefined;
  /** Bound of the bytes that are read in all. */
  readonly maxInputBytes?: number | undefined;
  /** Unknown fields of manifests are errors. */
  readonly strict?: boolean | undefined;
}

export interface InitiatedScenario {
  /** Where the scenario belongs. */
  readonly file: string;
  /** null where a diagnostic is an error. */
  readonly inferred: { readonly text: string; readonly draft: Draft } | null;
  /** Findings about the input; that the scenario is a guess needs no saying here. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The first scenario for the mesh at `path`. What is wrong with the input is in `diagnostics`; nothing is thrown for it, and nothing is
 * written.
 */
export function initScenario(path: string, options: InitScenarioOptions = {}): InitiatedScenario {
  const file = fileFor(path, options.file);
  const gathered = gather([path], { trees: into('init'), maxInputBytes: options.maxInputBytes });
  const { diagnostics } = gathered;
  // What is to be replaced is no part of the mesh.
  const texts = gathered.texts.filter(({ name }) => name === '-' || resolve(name) !== resolve(file));
  const resources = loadResources(texts, { strict: options.strict ?? false, leaveOut: true });
  const known = [...diagnostics, ...resources.diagnostics];
  const failed = (found: readonly Diagnostic[]): InitiatedScenario => ({ file, inferred: null, diagnostics: found });
  if (known.some(({ severity }) => severity === 'error')) return failed(known);
  const inference = inferFromPaths([path], file, texts, resources);
  if (inference.kind === 'nothing') return failed([...known, inference.diagnostic]);
  const { raw, document, text, draft } = inference;
  const check = interpretScenario(raw, document, inference.resources);
  const errors = check.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return failed([...known, ...errors]);
  return { file, inferred: { text, draft }, diagnostics: known };
}

/** `--out` may name a directory. */
function fileFor(path: string, wanted: string | undefined): string {
  if (wanted === undefined) return join(homeOf([path]), SCENARIO_FILE);
  const isDirectory = statSync(wanted, { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory ? join(wanted, SCENARIO_FILE) : wanted;
}
