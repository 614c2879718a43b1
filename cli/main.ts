#!/usr/bin/env node
// seatrial: the command line. Runs one command and exits as it says.
import { CommanderError } from 'commander';
import { EXIT } from './exit-codes.js';
import { seatrialProgram } from './program.js';
import { seatrialVersion } from './version.js';

async function main(): Promise<number> {
  let exitCode: number = EXIT.good;
  const program = seatrialProgram(seatrialVersion(), (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.good : EXIT.usage;
  }
  return exitCode;
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
