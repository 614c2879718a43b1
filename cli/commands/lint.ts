// The words of `seatrial lint`.
import { type Command, Option } from 'commander';
import type { LintCommandOptions } from '../lint.js';
import { collectCodes } from '../lint-values.js';
import { type Done, GROUP, inputOptions } from './registration.js';

export function registerLint(program: Command, done: Done): void {
  const command = program
    .command('lint')
    .description('what is wrong, or does nothing, or will surprise?')
    .argument('[paths...]', 'files, directories or globs of YAML, with or without a scenario', ['.'])
    .optionsGroup('Rules:')
    .option('--disable <codes>', 'rules to leave out, e.g. ST2101,IST0118; may be repeated', collectCodes)
    .option('--enable <codes>', 'rules that are off by default', collectCodes)
    .option('--only <codes>', 'these rules and no others', collectCodes)
    .option('--list', 'print all rules')
    .optionsGroup(GROUP.input)
    .option('--istio <version>', "Istio release whose defaults hold, instead of the scenario's");
  inputOptions(command)
    .optionsGroup(GROUP.verdict)
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 for findings from this severity on')
        .choices(['error', 'warning', 'info', 'never'])
        .default('error'),
    )
    .optionsGroup(GROUP.output)
    .addOption(
      new Option('--show <severity>', 'print findings from this severity on')
        .choices(['error', 'warning', 'info'])
        .default('info'),
    )
    .addOption(
      new Option('--format <name>', 'how findings are written')
        .choices(['text', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--force', 'replace a file that is no earlier report')
    .option('--quiet', 'print no text, only set the exit code')
    .action(async (paths: readonly string[], options: LintCommandOptions) => {
      const { lint } = await import('../lint.js');
      done(await lint(paths, options));
    });
}
