// The words of `seatrial storm`.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseBudgetMs } from '../diff-values.js';
import { parseCount } from '../option-values.js';
import { STORM_FILES } from '../result-files.js';
import type { StormOptions } from '../storm.js';
import {
  type Done,
  GROUP,
  inputOptions,
  releaseOptions,
  SET_WORDS,
  setOption,
  simulationOptions,
} from './registration.js';

function parseWorst(text: string): number {
  const count = parseCount(text);
  if (count > STORM_FILES) throw new InvalidArgumentError(`Expected a whole number from 1 to ${STORM_FILES}.`);
  return count;
}

export function registerStorm(program: Command, done: Done): void {
  const command = program
    .command('storm')
    .description('what is the worst that can happen to this mesh?')
    .argument('[path]', 'a scenario file, or a directory that holds scenario.yaml', '.')
    .optionsGroup(GROUP.input);
  inputOptions(setOption(command, SET_WORDS)).optionsGroup(GROUP.simulation);
  command
    .addOption(new Option('--storms <n>', 'random timelines that are tried').argParser(parseCount).default(50))
    .addOption(new Option('--worst <n>', 'how many of the worst are told, at most 20').argParser(parseWorst).default(3))
    .addOption(
      new Option('--budget <time>', 'wall time after which no more are tried, or none').argParser(parseBudgetMs),
    );
  releaseOptions(simulationOptions(command))
    .optionsGroup(GROUP.output)
    .option('--out <dir>', 'write a scenario for each of the worst; replaced only if seatrial wrote it')
    .option('--json', 'print JSON, and nothing else')
    .option('--quiet', 'print nothing but errors')
    .action(async (path: string, options: StormOptions) => {
      const { storm } = await import('../storm.js');
      done(await storm(path, options));
    });
}
