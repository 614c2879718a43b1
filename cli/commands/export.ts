// The words of `seatrial export`.
import { Argument, type Command } from 'commander';
import type { ExportOptions } from '../export.js';
import { type Done, inputOptions, releaseOptions } from './registration.js';

export function registerExport(program: Command, done: Done): void {
  const command = program
    .command('export')
    .description('write the plan for another program')
    .addArgument(new Argument('<what>', 'the bootstrap of an Envoy').choices(['envoy']))
    .argument('[path]', 'a scenario file, or a directory that holds scenario.yaml', '.')
    .requiredOption('--workload <name>', 'whose client proxy: web.shop')
    .option('--out <file>', 'YAML, or JSON by its ending (default: standard output)')
    .option('--force', 'replace a file that is no earlier bootstrap')
    .option('--quiet', 'print nothing but errors');
  inputOptions(releaseOptions(command)).action(async (_what: 'envoy', path: string, options: ExportOptions) => {
    const { exportEnvoy } = await import('../export.js');
    done(exportEnvoy(path, options));
  });
}
