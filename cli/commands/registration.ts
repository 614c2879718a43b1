// What each command is registered with. Registering loads no world: a command's own module is loaded when the command runs, so that
// `--help` and completion are fast.
import { type Command, Option } from 'commander';
import { collect } from '../diff-values.js';
import { parseFormats } from '../formats.js';
import { parseBytes, parseCount, parseDuration } from '../option-values.js';

/** Told the exit code of the command that ran. */
export type Done = (exitCode: number) => void;

/** Headings of long lists of options, in the order in which commands use them. */
export const GROUP = {
  compared: 'What is compared:',
  request: 'The request:',
  input: 'Input:',
  simulation: 'Simulation:',
  verdict: 'Verdict:',
  output: 'Output:',
} as const;

/** `--istio`, and `--envoy` where proxies are simulated. */
export function releaseOptions(command: Command, words = ", instead of the scenario's"): Command {
  return command
    .option('--istio <version>', `Istio release whose defaults hold${words}`)
    .option('--envoy <version>', 'Envoy release of the proxies, instead of the one that Istio carries');
}

/** `--max-input`, `--strict`. */
export function inputOptions(command: Command): Command {
  return command
    .option('--max-input <bytes>', 'refuse more YAML than this, e.g. 64MiB', parseBytes)
    .option('--strict', 'unknown fields of manifests are errors');
}

export function setOption(command: Command, words: string): Command {
  return command.option('--set <change>', words, collect);
}

export const SET_WORDS = 'change a field: Kind/namespace/name:path=value, or scenario:path=value';

/** `--seed`, `--duration`, `--workers`, `--max-memory`. */
export function simulationOptions(command: Command): Command {
  return command
    .option('--seed <text>', "instead of the scenario's")
    .option('--duration <time>', "measured time of a replication, instead of the scenario's", parseDuration)
    .option('--workers <n>', 'worker threads (default: the cores); never changes a result', parseCount)
    .option(
      '--max-memory <bytes>',
      "stop with results so far at this, e.g. 4GiB (default: 3/4 of the machine's)",
      parseBytes,
    );
}

/** `--out`, `--format`, `--json`, `--quiet` of a command whose result is the file `main`. */
export function resultOptions(command: Command, main: string): Command {
  const written = 'html,csv,md';
  return command
    .option('--out <dir>', 'directory of the results; replaced only if seatrial wrote it', 'seatrial-out')
    .addOption(
      new Option('--format <list>', `files beside ${main}, or none`)
        .choices(['html', 'csv', 'md', 'none'])
        .argParser(parseFormats)
        .default(parseFormats(written), written),
    )
    .option('--json', `print ${main} on stdout, and nothing else there`)
    .option('--quiet', 'print nothing but errors');
}

export function inconclusiveOption(words: string): Option {
  return new Option('--inconclusive <how>', words).choices(['fail', 'pass']).default('fail');
}
