#!/usr/bin/env node
// seatrial: the command line. Here are only the words; each command is loaded when it is asked for, so that `--help` is fast.
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { EXIT } from './exit-codes.js';
import { parseBytes, parseCount, parseDuration } from './option-values.js';
import type { RunOptions } from './run.js';
import type { SchemaName } from './schema.js';

const EXIT_CODES = `
Exit codes: 0 good, 1 a threshold failed, 2 the input or the usage is wrong, 3 an internal fault,
4 inconclusive or incomplete, 130 interrupted.`;

async function main(): Promise<number> {
  let exitCode: number = EXIT.good;
  const program = new Command('seatrial')
    .description('Sea trials for a service mesh: run the YAML that your cluster runs, under simulated load.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('(seatrial --help shows what there is)')
    .addHelpText('after', EXIT_CODES)
    .exitOverride();

  program
    .command('run')
    .description('what happens to this mesh under this load?')
    .argument('[path]', 'a scenario file, or a directory that holds scenario.yaml', '.')
    .option('--out <dir>', 'directory of the results; replaced only if seatrial wrote it', 'seatrial-out')
    .option('--json', 'print results.json on stdout, and nothing else there')
    .option('--quiet', 'print nothing but errors')
    .option('--workers <n>', 'worker threads (default: the cores); never changes a result', parseCount)
    .option('--seed <text>', "instead of the scenario's")
    .option('--replications <n>', "instead of the scenario's", parseCount)
    .option('--duration <time>', "measured time of a replication, instead of the scenario's", parseDuration)
    .option('--istio <version>', "Istio release whose defaults hold, instead of the scenario's")
    .option('--max-input <bytes>', 'refuse more YAML than this, e.g. 64MiB', parseBytes)
    .option('--strict', 'unknown fields of manifests are errors')
    .addOption(
      new Option('--inconclusive <how>', 'an inconclusive threshold is exit 4, or passes')
        .choices(['fail', 'pass'])
        .default('fail'),
    )
    .action(async (path: string, options: RunOptions) => {
      const { run } = await import('./run.js');
      exitCode = await run(path, options);
    });

  program
    .command('schema')
    .description('print a JSON Schema, for editors and other programs')
    .addArgument(program.createArgument('<name>', 'which one').choices(['scenario', 'results']))
    .action(async (name: SchemaName) => {
      const { schemaText } = await import('./schema.js');
      process.stdout.write(schemaText(name));
    });

  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.good : EXIT.usage;
  }
  return exitCode;
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Whoever reads our output may stop early (`seatrial run | head`): that is no fault. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  const { explain } = await import('./fault.js');
  process.exitCode = explain(error);
}
