// Laws about files as such: nothing too large to read, nothing that nobody uses, no way around the type checker.
import { ROOMS } from './imports.js';
import { roomOf, type SourceFile, type Violation, violationsOf } from './source.js';

export const LINES_MAX = 450;

export function checkSizes(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    return lines > LINES_MAX
      ? [{ file: path, line: LINES_MAX + 1, message: `${lines} lines, at most ${LINES_MAX}: is it still one idea?` }]
      : [];
  });
}

export function checkTypes(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => [
    ...violationsOf(
      file,
      file.code,
      /(?:[:<,|&]\s*|\bas\s+)any\b(?!\s*[:(.])/g,
      'no `any`: name the type, or take `unknown` and check it',
    ),
    ...violationsOf(file, file.comments, /@ts-(?:ignore|nocheck|expect-error)/g, 'no `$&`: help the type instead'),
  ]);
}

/**
 * Files of the rooms that no entry point reaches. Entry points: `entries`, and everything outside the rooms but the tests
 * (a file that only tests use is dead as well).
 */
export function checkDeadFiles(files: readonly SourceFile[], entries: readonly string[]): Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const isOfRooms = (path: string): boolean => ROOMS.includes(roomOf(path));
  const reached = new Set<string>();
  const open = files
    .map(({ path }) => path)
    .filter((path) => entries.includes(path) || (!isOfRooms(path) && roomOf(path) !== 'test'));
  while (open.length > 0) {
    const path = open.pop()!;
    const file = byPath.get(path);
    if (file === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const { target } of file.imports) if (target !== null) open.push(target);
  }
  return files
    .filter(({ path }) => isOfRooms(path) && !reached.has(path))
    .map(({ path }) => ({
      file: path,
      line: 1,
      message: `dead file: no entry point (${entries.join(', ')}) imports it`,
    }));
}
