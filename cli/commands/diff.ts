// The words of `seatrial diff`.
import { type Command, Option } from 'commander';
import type { DiffOptions } from '../diff.js';
import { collect, parseBudgetMs, parsePositiveShare } from '../diff-values.js';
import { parseCount } from '../option-values.js';
import {
  type Done,
  GROUP,
  inconclusiveOption,
  inputOptions,
  releaseOptions,
  resultOptions,
  setOption,
  simulationOptions,
} from './registration.js';

export function registerDiff(program: Command, done: Done): void {
  const command = program
    .command('diff')
    .description('what does this change do?')
    .argument('<base>', 'a file, a directory, or a git revision such as HEAD~1:mesh/')
    .argument('<candidates...>', 'the same; each is compared with the base')
    .optionsGroup(GROUP.compared)
    .option('--scenario <file>', "the scenario of all, in place of the base's own")
    .option('--own-scenario', 'let each have the traffic and behaviour of its own scenario');
  inputOptions(setOption(command, 'change a field in the candidates, or the scenario of all; as of run'))
    .optionsGroup(GROUP.simulation)
    .option('--precision <share>', 'stop when the intervals of primary metrics are this narrow: 2%', parsePositiveShare)
    .option('--max-replications <n>', 'at most so many pairs of replications: 20', parseCount)
    .option('--replications <n>', 'exactly so many, whatever their precision, without a budget', parseCount)
    .addOption(new Option('--budget <time>', 'wall time, or none').argParser(parseBudgetMs).default(60_000, '60s'));
  releaseOptions(simulationOptions(command))
    .optionsGroup(GROUP.verdict)
    .option('--primary <metric>', 'a metric that the gate looks at, e.g. "checkout p(99)"; may be repeated', collect)
    .option(
      '--margin-latency <share>',
      'changes of latencies and rates up to this do not matter: 2%',
      parsePositiveShare,
    )
    .option('--margin-errors <share>', 'changes of error shares up to this do not matter: 0.1%', parsePositiveShare)
    .addOption(inconclusiveOption('what cannot be told is exit 4, or passes'))
    .optionsGroup(GROUP.output);
  resultOptions(command, 'diff.json').action(
    async (base: string, candidates: readonly string[], options: DiffOptions) => {
      const { diff } = await import('../diff.js');
      done(await diff([base, ...candidates], options));
    },
  );
}
