// `seatrial collect`: prints the script that saves what a cluster runs, or runs it.
import { spawnSync } from 'node:child_process';
import { collectScript } from './collect-script.js';
import { EXIT } from './exit-codes.js';
import { UserError } from './user-error.js';

export interface CollectOptions {
  readonly run?: boolean;
  readonly out: string;
}

/** Returns the exit code: of the script where it runs, 4 where some kind could not be read. Throws a user's error where there is no `sh`. */
export function collectCluster({ run, out }: CollectOptions): number {
  if (run !== true) {
    process.stdout.write(collectScript());
    return EXIT.good;
  }
  const { status, error, signal } = spawnSync('sh', ['-c', collectScript(), 'sh', out], { stdio: 'inherit' });
  if (error !== undefined) throw new UserError('there is no sh', 'print the script, and run it where there is one');
  if (signal === 'SIGINT') return EXIT.interrupted;
  return status ?? EXIT.usage;
}
