#!/usr/bin/env node
// seatrial: the command line. Here are only the words; each command is loaded when it is asked for, so that `--help` is fast.
import { Command, CommanderError, Option } from 'commander';
import type { DiffOptions } from './diff.js';
import { collect, parseBudgetMs, parsePositiveShare } from './diff-values.js';
import { EXIT } from './exit-codes.js';
import type { ExplainOptions } from './explain.js';
import type { ExportOptions } from './export.js';
import { parseFormats } from './formats.js';
import type { InitOptions } from './init.js';
import type { LintCommandOptions } from './lint.js';
import { collectCodes } from './lint-values.js';
import { parseBytes, parseCount, parseDuration } from './option-values.js';
import type { RunOptions } from './run.js';
import type { SchemaName } from './schema.js';
import { watchStandardStreams } from './standard-streams.js';
import { seatrialVersion } from './version.js';

const EXIT_CODES = `
Exit codes: 0 good, 1 a threshold failed, 2 the input or the usage is wrong, 3 an internal fault,
4 inconclusive or incomplete, 130 interrupted.`;

async function main(): Promise<number> {
  let exitCode: number = EXIT.good;
  const program = new Command('seatrial')
    .description('Sea trials for a service mesh: run the YAML that your cluster runs, under simulated load.')
    .version(seatrialVersion(), '-V, --version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('(seatrial --help shows what there is)')
    .addHelpText('after', EXIT_CODES)
    .hook('preAction', async (_, command) => {
      const written = command.getOptionValue('set') as readonly string[] | undefined;
      if (written === undefined) return;
      const { changesOf } = await import('./set-values.js');
      command.setOptionValue('set', changesOf(written, command));
    })
    .exitOverride();

  program
    .command('init')
    .description('write the first scenario for a directory of YAML')
    .argument('[path]', "a directory, a file or a glob of the mesh's YAML", '.')
    .option('--out <file>', 'the file to write, or - for standard output (default: scenario.yaml in the directory)')
    .option('--force', 'replace a file that is there already')
    .option('--quiet', 'print nothing but errors')
    .option('--max-input <bytes>', 'refuse more YAML than this, e.g. 64MiB', parseBytes)
    .option('--strict', 'unknown fields of manifests are errors')
    .action(async (path: string, options: InitOptions) => {
      const { init } = await import('./init.js');
      exitCode = await init(path, options);
    });

  program
    .command('run')
    .description('what happens to this mesh under this load?')
    .argument('[path]', 'a scenario file, or a directory that holds scenario.yaml', '.')
    .option('--out <dir>', 'directory of the results; replaced only if seatrial wrote it', 'seatrial-out')
    .addOption(formatOption('files beside results.json, or none'))
    .option('--json', 'print results.json on stdout, and nothing else there')
    .option('--quiet', 'print nothing but errors')
    .option('--workers <n>', 'worker threads (default: the cores); never changes a result', parseCount)
    .option('--seed <text>', "instead of the scenario's")
    .option('--replications <n>', "instead of the scenario's", parseCount)
    .option('--duration <time>', "measured time of a replication, instead of the scenario's", parseDuration)
    .option('--istio <version>', "Istio release whose defaults hold, instead of the scenario's")
    .option('--envoy <version>', 'Envoy release of the proxies, instead of the one that Istio carries')
    .option('--set <change>', 'change a field: Kind/namespace/name:spec.path=value, scenario:spec.path=value', collect)
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
    .command('diff')
    .description('what does this change do?')
    .argument('<base>', 'a file, a directory, or a git revision such as HEAD~1:mesh/')
    .argument('<candidates...>', 'the same; each is compared with the base')
    .option('--scenario <file>', "the scenario of all, in place of the base's own")
    .option('--own-scenario', 'let each have the traffic and behaviour of its own scenario')
    .option('--primary <metric>', 'a metric that the gate looks at, e.g. "checkout p(99)"; may be repeated', collect)
    .option(
      '--margin-latency <share>',
      'changes of latencies and rates up to this do not matter: 2%',
      parsePositiveShare,
    )
    .option('--margin-errors <share>', 'changes of error shares up to this do not matter: 0.1%', parsePositiveShare)
    .option('--precision <share>', 'stop when the intervals of primary metrics are this narrow: 2%', parsePositiveShare)
    .option('--max-replications <n>', 'at most so many pairs of replications: 20', parseCount)
    .option('--replications <n>', 'exactly so many, whatever their precision, without a budget', parseCount)
    .option('--budget <time>', 'wall time, or none', parseBudgetMs, 60_000)
    .option('--out <dir>', 'directory of the results; replaced only if seatrial wrote it', 'seatrial-out')
    .addOption(formatOption('files beside diff.json, or none'))
    .option('--json', 'print diff.json on stdout, and nothing else there')
    .option('--quiet', 'print nothing but errors')
    .option('--workers <n>', 'worker threads (default: the cores); never changes a result', parseCount)
    .option('--seed <text>', "instead of the scenario's")
    .option('--duration <time>', "measured time of a replication, instead of the scenario's", parseDuration)
    .option('--istio <version>', "Istio release whose defaults hold, instead of the scenario's")
    .option('--envoy <version>', 'Envoy release of the proxies, instead of the one that Istio carries')
    .option('--set <change>', 'change a field in the candidates, or the scenario of all; as of run', collect)
    .option('--max-input <bytes>', 'refuse more YAML than this in each, e.g. 64MiB', parseBytes)
    .option('--strict', 'unknown fields of manifests are errors')
    .addOption(
      new Option('--inconclusive <how>', 'what cannot be told is exit 4, or passes')
        .choices(['fail', 'pass'])
        .default('fail'),
    )
    .action(async (base: string, candidates: readonly string[], options: DiffOptions) => {
      const { diff } = await import('./diff.js');
      exitCode = await diff([base, ...candidates], options);
    });

  program
    .command('explain')
    .description('which way does this request take, and why?')
    .argument('[paths...]', "a directory, files or globs of the mesh's YAML; or a scenario (default: this directory)")
    .requiredOption('--from <workload>', 'who sends: web.shop, or outside')
    .requiredOption('--to <url>', 'what it dials: http://reviews:9080/reviews/1')
    .option('-X, --request <method>', 'method of the request', 'GET')
    .option('-H, --header <line>', "a header of the request, 'name: value'; may be repeated", collect)
    .option('--scenario <file>', 'a scenario, for zones, replicas and the release of Istio; none is needed')
    .option('--istio <version>', 'Istio release whose defaults hold')
    .option('--json', 'print JSON, and nothing else')
    .option('--quiet', 'print no warnings')
    .option('--set <change>', 'change a field: Kind/namespace/name:spec.path=value, scenario:spec.path=value', collect)
    .option('--max-input <bytes>', 'refuse more YAML than this, e.g. 64MiB', parseBytes)
    .option('--strict', 'unknown fields of manifests are errors')
    .action(async (paths: readonly string[], options: ExplainOptions) => {
      const { explain } = await import('./explain.js');
      exitCode = explain(paths, options);
    });

  program
    .command('lint')
    .description('what is wrong, or does nothing, or will surprise?')
    .argument('[paths...]', 'files, directories or globs of YAML, with or without a scenario', ['.'])
    .addOption(
      new Option('--format <name>', 'how findings are written')
        .choices(['text', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--force', 'replace a file that is no earlier report')
    .addOption(severityOption('--show <severity>', 'print findings from this severity on').default('info'))
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 for findings from this severity on')
        .choices(['error', 'warning', 'info', 'never'])
        .default('error'),
    )
    .option('--disable <codes>', 'rules to leave out, e.g. ST2101,IST0118; may be repeated', collectCodes)
    .option('--enable <codes>', 'rules that are off by default', collectCodes)
    .option('--only <codes>', 'these rules and no others', collectCodes)
    .option('--list', 'print all rules')
    .option('--quiet', 'print no text, only set the exit code')
    .option('--istio <version>', "Istio release whose defaults hold, instead of the scenario's")
    .option('--max-input <bytes>', 'refuse more YAML than this, e.g. 64MiB', parseBytes)
    .option('--strict', 'unknown fields of manifests are errors')
    .action(async (paths: readonly string[], options: LintCommandOptions) => {
      const { lint } = await import('./lint.js');
      exitCode = await lint(paths, options);
    });

  program
    .command('schema')
    .description('print a JSON Schema, for editors and other programs')
    .addArgument(program.createArgument('<name>', 'which one').choices(['scenario', 'results', 'explanation']))
    .action(async (name: SchemaName) => {
      const { schemaText } = await import('./schema.js');
      process.stdout.write(schemaText(name));
    });

  program
    .command('export')
    .description('write the plan for another program')
    .addArgument(program.createArgument('<what>', 'the bootstrap of an Envoy').choices(['envoy']))
    .argument('[path]', 'a scenario file, or a directory that holds scenario.yaml', '.')
    .requiredOption('--workload <name>', 'whose client proxy: web.shop')
    .option('--out <file>', 'YAML, or JSON by its ending (default: standard output)')
    .option('--force', 'replace a file that is no earlier bootstrap')
    .option('--quiet', 'print nothing but errors')
    .option('--istio <version>', "Istio release whose defaults hold, instead of the scenario's")
    .option('--envoy <version>', 'Envoy release of the proxies, instead of the one that Istio carries')
    .option('--max-input <bytes>', 'refuse more YAML than this, e.g. 64MiB', parseBytes)
    .option('--strict', 'unknown fields of manifests are errors')
    .action(async (_what: 'envoy', path: string, options: ExportOptions) => {
      const { exportEnvoy } = await import('./export.js');
      exitCode = exportEnvoy(path, options);
    });

  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.good : EXIT.usage;
  }
  return exitCode;
}

function severityOption(flags: string, words: string): Option {
  return new Option(flags, words).choices(['error', 'warning', 'info']);
}

function formatOption(words: string): Option {
  const written = 'html,csv,md';
  return new Option('--format <list>', words).argParser(parseFormats).default(parseFormats(written), written);
}

watchStandardStreams();
try {
  process.exitCode = await main();
} catch (error) {
  const { explain } = await import('./fault.js');
  process.exitCode = explain(error);
}
