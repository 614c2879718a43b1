// What a person reads when something went wrong that is not a finding about their input.
import { createColors } from 'picocolors';
import { printable } from '../reports/escape.js';
import { MORE_MEMORY, OutOfMemory } from '../scenarios/running/thread-failure.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { wantsColor } from './terminal.js';
import { UserError } from './user-error.js';

/** Prints the error on stderr and returns the exit code for it. The stack only with SEATRIAL_DEBUG set. */
export function explain(error: unknown): ExitCode {
  const colors = createColors(wantsColor(process.stderr));
  // The message of a failed thread holds the thread's stack: its first line is for people.
  const message = printable((error instanceof Error ? error.message : String(error)).split('\n')[0]);
  const hint = hintOf(error);
  if (hint !== null) {
    process.stderr.write(`${colors.red('error:')} ${message}\n  ${colors.cyan('help:')} ${printable(hint)}\n`);
    return EXIT.usage;
  }
  process.stderr.write(
    `${colors.red('seatrial has a fault:')} ${message}\n  This is ours, not yours. Please report it with your command, your YAML and the output of SEATRIAL_DEBUG=1.\n`,
  );
  if (process.env.SEATRIAL_DEBUG !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return EXIT.fault;
}

/** What to do about an error that is not a fault of ours; null for one that is. */
function hintOf(error: unknown): string | null {
  if (error instanceof UserError) return error.hint;
  return error instanceof OutOfMemory ? MORE_MEMORY : null;
}
