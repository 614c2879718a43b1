// Law: imports point downward only. cli -> reports -> scenarios -> models -> sim.
import { roomOf, type SourceFile, type Violation } from './source.js';

/** From the bottom to the top; a room may import itself and the rooms below. */
export const ROOMS: readonly string[] = ['sim', 'models', 'scenarios', 'reports', 'cli'];
/** These rooms must run in a browser: no `node:` module. */
const PURE_ROOMS: readonly string[] = ['sim', 'models'];
/** Reports print verdicts and compute none: of the scenarios they know what a result is, nothing that runs. */
const SCENARIO_FILES_OF_REPORTS = /^scenarios\/result\/[\w-]+\.ts$/;

export function checkImports(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    file.imports.flatMap(({ specifier, target, line }) => {
      const message = messageFor(file.path, specifier, target);
      return message === null ? [] : [{ file: file.path, line, message }];
    }),
  );
}

function messageFor(path: string, specifier: string, target: string | null): string | null {
  const room = roomOf(path);
  const rank = ROOMS.indexOf(room);
  if (rank === -1) return null;
  if (target === null) {
    const isNode = specifier.startsWith('node:');
    return isNode && PURE_ROOMS.includes(room)
      ? `${room}/ must not import ${specifier}: it takes texts and numbers, and reads nothing itself`
      : null;
  }
  const targetRoom = roomOf(target);
  const targetRank = ROOMS.indexOf(targetRoom);
  if (targetRank === -1) return `${room}/ must not import ${target}: only ${ROOMS.slice(0, rank + 1).join(', ')}`;
  if (targetRank > rank)
    return `${room}/ must not import ${targetRoom}/: imports point downward (${[...ROOMS].reverse().join(' -> ')})`;
  if (room === 'reports' && targetRoom === 'scenarios' && !SCENARIO_FILES_OF_REPORTS.test(target)) {
    return `reports/ must not import ${target}: of scenarios/ only what a result is`;
  }
  return null;
}
