// The words of `seatrial collect`.
import type { Command } from 'commander';
import type { CollectOptions } from '../collect.js';
import type { Done } from './registration.js';

export function registerCollect(program: Command, done: Done): void {
  program
    .command('collect')
    .description('save what a cluster runs: print the script, or run it')
    .option('--run', 'run it, with the kubectl and the cluster of this shell; else it is printed')
    .option('--out <file>', 'the file to write, or a directory with / at its end', 'mesh.yaml')
    .action(async (options: CollectOptions) => {
      const { collectCluster } = await import('../collect.js');
      done(collectCluster(options));
    });
}
