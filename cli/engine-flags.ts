// How the engine of JavaScript is to run a command.
import { setFlagsFromString } from 'node:v8';

/** The last release of V8 (that of Node 24) that was seen to know the flags: an unknown flag is complained about on standard error. */
const KNOWN_V8 = 13;

/**
 * Flags of V8 for a process that reads YAML for seconds and then simulates. Objects are not made in the old generation because such objects lived long
 * before: reading one large document holds all of its syntax tree, and the trees of the small documents after it would be made there, where they are
 * garbage that keeps more garbage alive.
 */
export const ENGINE_FLAGS: readonly string[] = ['--no-allocation-site-pretenuring'];

/** Sets them for this process and its threads. */
export function setEngineFlags(): void {
  if (Number.parseInt(process.versions.v8, 10) > KNOWN_V8) return;
  for (const flag of ENGINE_FLAGS) setFlagsFromString(flag);
}
