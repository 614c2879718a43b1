// What happens when nobody takes what we print: a reader that stops early is no fault, a device that is full is told in one line.
import { EXIT } from './exit-codes.js';
import { reasonOf } from './system-error.js';

/** Codes of an end that must not be hidden behind "cannot print". */
const GRAVER: readonly unknown[] = [EXIT.fault, EXIT.interrupted];

/** Call it once, before anything is printed. The exit code of a process that could not print on standard output is 2. */
export function watchStandardStreams(): void {
  let isTold = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isTold) return;
    isTold = true;
    process.stderr.write(`error: cannot write to standard output: ${reasonOf(error)}\n`);
    process.on('exit', () => {
      if (!GRAVER.includes(process.exitCode)) process.exitCode = EXIT.usage;
    });
  });
  // Nobody can be told that nobody can be told anything: the exit code and the results say what there is to say.
  process.stderr.on('error', () => {});
}
