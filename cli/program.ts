// All commands of the command line and what they have in common.
import { Command } from 'commander';
import { wrapped } from '../reports/layout.js';
import { registerCollect } from './commands/collect.js';
import { registerDiff } from './commands/diff.js';
import { registerExplain } from './commands/explain.js';
import { registerExport } from './commands/export.js';
import { registerHelp } from './commands/help.js';
import { registerInit } from './commands/init.js';
import { registerLint } from './commands/lint.js';
import type { Done } from './commands/registration.js';
import { registerRun } from './commands/run.js';
import { registerSchema } from './commands/schema.js';
import { registerStorm } from './commands/storm.js';
import { helpWidthOf } from './terminal.js';

const EXIT_CODES = [
  'Exit codes: 0 good, 1 a threshold or a comparison failed, 2 the input or the usage is wrong, 3 an internal fault, 4 inconclusive or incomplete, 130 interrupted.',
  'seatrial help COMMAND tells more.',
];

/** `done` is told the exit code of the command that ran. */
export function seatrialProgram(version: string, done: Done): Command {
  const program: Command = new Command('seatrial')
    .description('Sea trials for a service mesh: run the YAML that your cluster runs, under simulated load.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showHelpAfterError('(seatrial --help shows what there is)')
    .configureHelp({ subcommandTerm: (command) => command.name(), minWidthToWrap: 20 })
    .configureOutput({
      getOutHelpWidth: () => helpWidthOf(process.stdout),
      getErrHelpWidth: () => helpWidthOf(process.stderr),
    })
    .addHelpText('after', () => exitCodes(program))
    .hook('preAction', async (_, command) => {
      const written = command.getOptionValue('set') as readonly string[] | undefined;
      if (written === undefined) return;
      const { changesOf } = await import('./set-values.js');
      command.setOptionValue('set', changesOf(written, command));
    })
    .exitOverride();
  registerCollect(program, done);
  registerInit(program, done);
  registerRun(program, done);
  registerStorm(program, done);
  registerDiff(program, done);
  registerExplain(program, done);
  registerLint(program, done);
  registerExport(program, done);
  registerSchema(program);
  registerHelp(program);
  return program;
}

function exitCodes(program: Command): string {
  const width = program.configureOutput().getOutHelpWidth?.() ?? 80;
  return EXIT_CODES.map((words) => `\n${wrapped(words, width, 0).join('\n')}`).join('\n');
}
