// A world whose YAML is already in memory: for the library, and for whoever makes meshes instead of reading them.
import { posix } from 'node:path';
import { stringify } from 'yaml';
import type { NamedText } from '../../models/config/resource.js';
import { SCENARIO_API_VERSION, SCENARIO_KIND, type ScenarioSpec } from '../document/schema.js';
import type { Gathered } from '../gather/gather.js';
import type { ArmSource } from './arm-source.js';

/** Names of texts are paths relative to one directory, with `/`. */
export function textSource(name: string, texts: readonly NamedText[]): ArmSource {
  const byName = new Map(texts.map((text) => [posix.normalize(text.name), text]));
  const isUnder = (file: string, path: string): boolean => path === '.' || file === path || file.startsWith(`${path}/`);
  const gather = (paths: readonly string[]): Gathered => {
    const wanted = paths.map((path) => posix.normalize(path).replace(/(?<=.)\/$/, ''));
    const missing = wanted.filter((path) => ![...byName.keys()].some((file) => isUnder(file, path)));
    return {
      texts: [...byName].filter(([file]) => wanted.some((path) => isUnder(file, path))).map(([, text]) => text),
      diagnostics: missing.map((path) => ({
        code: 'input-not-found',
        severity: 'error',
        position: { file: path, line: 1, column: 1 },
        message: `${path}: there is no text of this name`,
        hint: 'check the names of the texts, and `mesh` in the scenario',
      })),
    };
  };
  return {
    name,
    revision: null,
    path: '.',
    isFile: (path) => byName.has(posix.normalize(path)),
    gather,
    below: (directory, path) => posix.join(directory, path),
    pathOf: (textName) => textName,
    relativeName: (directory, textName) => posix.relative(posix.join('/', directory), posix.join('/', textName)),
  };
}

/** A Scenario of which only the `spec` is given, as the file that it would be. */
export function scenarioText(spec: ScenarioSpec): NamedText {
  const document = { apiVersion: SCENARIO_API_VERSION, kind: SCENARIO_KIND, spec };
  return { name: 'scenario.yaml', text: stringify(document) };
}
