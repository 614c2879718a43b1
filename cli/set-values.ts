// `--set Kind/namespace/name:spec.path=value`, which may be given several times.
import { InvalidArgumentError } from 'commander';
import { type Change, parseChange } from '../models/config/change.js';

export function collectChange(text: string, earlier: readonly Change[] = []): Change[] {
  const change = parseChange(text);
  if (typeof change === 'string') throw new InvalidArgumentError(`${change}.`);
  return [...earlier, change];
}
