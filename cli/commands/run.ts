// The words of `seatrial run`.
import type { Command } from 'commander';
import { parseCount, parseDuration } from '../option-values.js';
import type { RunOptions } from '../run.js';
import {
  type Done,
  GROUP,
  inconclusiveOption,
  inputOptions,
  releaseOptions,
  resultOptions,
  SET_WORDS,
  setOption,
  simulationOptions,
} from './registration.js';

export function registerRun(program: Command, done: Done): void {
  const command = program
    .command('run')
    .description('what happens to this mesh under this load?')
    .argument('[path]', 'a scenario file, or a directory that holds scenario.yaml', '.')
    .optionsGroup(GROUP.input);
  inputOptions(setOption(command, SET_WORDS)).optionsGroup(GROUP.simulation);
  command
    .option('--until-recovered', 'go on past run.duration until requests are as before the timeline')
    .option('--recover-within <time>', 'with it: at most so long after the last entry: 10m', parseDuration)
    .option('--replications <n>', "instead of the scenario's", parseCount);
  releaseOptions(simulationOptions(command))
    .optionsGroup(GROUP.verdict)
    .addOption(inconclusiveOption('an inconclusive threshold is exit 4, or passes'))
    .optionsGroup(GROUP.output);
  resultOptions(command, 'results.json').action(async (path: string, options: RunOptions) => {
    const { run } = await import('../run.js');
    done(await run(path, options));
  });
}
