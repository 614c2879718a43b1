// `--set Kind/namespace/name:spec.path=value`, which may be given several times. Read when a command runs: it needs the reader of YAML.
import type { Command } from 'commander';
import { type Change, parseChange } from '../models/config/change.js';

/** The changes that were written; ends the command (exit 2) where one cannot be read. */
export function changesOf(written: readonly string[], command: Command): readonly Change[] {
  return written.map((text) => {
    const change = parseChange(text);
    if (typeof change === 'string')
      command.error(`error: option '--set <change>' argument '${text}' is invalid. ${change}.`);
    return change;
  });
}
