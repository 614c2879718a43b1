// Which file a path of the command line means.
import { existsSync } from 'node:fs';

/** A folder stands for the `scenario.yaml` in it, where there is one. */
export function scenarioPathOf(path: string): string {
  const file = `${path.replace(/\/+$/, '')}/scenario.yaml`;
  return path !== '-' && existsSync(file) ? file : path;
}
