// The words of `seatrial init`.
import type { Command } from 'commander';
import type { InitOptions } from '../init.js';
import { type Done, inputOptions } from './registration.js';

export function registerInit(program: Command, done: Done): void {
  const command = program
    .command('init')
    .description('write the first scenario for a directory of YAML')
    .argument('[path]', "a directory, a file or a glob of the mesh's YAML", '.')
    .option('--out <file>', 'the file to write, or - for standard output (default: scenario.yaml in the directory)')
    .option('--force', 'replace a file that is there already')
    .option('--quiet', 'print nothing but errors');
  inputOptions(command).action(async (path: string, options: InitOptions) => {
    const { init } = await import('../init.js');
    done(await init(path, options));
  });
}
