// Where a scenario that is guessed from the paths of a command line would lie, and how it would name the mesh and its files from there.
import { statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import type { ResourceSet } from '../../models/config/load.js';
import type { NamedText } from '../../models/config/resource.js';
import { type Inference, inferScenario } from './infer.js';

export const SCENARIO_FILE = 'scenario.yaml';

/** The directory that the scenario of these paths belongs to: the one that was given, or that of the file that was given. */
export function homeOf(paths: readonly string[]): string {
  const [only, ...others] = paths;
  if (only === undefined || others.length > 0 || only === '-') return '.';
  const stats = statSync(only, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return only;
  return stats?.isFile() === true ? dirname(only) : '.';
}

/** Guesses the scenario of a mesh that was read from `paths`; it would be `file`. */
export function inferFromPaths(
  paths: readonly string[],
  file: string,
  texts: readonly NamedText[],
  resources: ResourceSet,
): Inference {
  const directory = dirname(file);
  const nameOf = (path: string): string => (path === '-' ? path : relativePath(directory, path));
  const mesh = paths.map((path) => (path === '-' ? path : dotted(nameOf(path))));
  return inferScenario(texts, resources, { file, mesh, nameOf });
}

/** `./kubernetes`, as people write paths in a scenario. */
function dotted(name: string): string {
  return /^\.{0,2}\//.test(name) ? name : `./${name}`;
}

function relativePath(directory: string, path: string): string {
  return relative(resolve(directory), resolve(path)).split(sep).join('/');
}
