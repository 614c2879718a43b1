#!/usr/bin/env node
// seatrial: the command line. Runs one command and exits as it says.
import * as nodeModule from 'node:module';
import { CommanderError } from 'commander';
import { setEngineFlags } from './engine-flags.js';
import { EXIT } from './exit-codes.js';
import { seatrialProgram } from './program.js';
import { watchStandardStreams } from './standard-streams.js';
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

// Node 22.1 and later keep the compiled code of a command's chunks for the next start.
if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function')
  nodeModule.enableCompileCache();
setEngineFlags();
watchStandardStreams();
try {
  process.exitCode = await main();
} catch (error) {
  const { explain } = await import('./fault.js');
  process.exitCode = explain(error);
}
