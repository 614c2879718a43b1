// The laws of CONTRIBUTING.md that a machine can check, over the whole repository. Run by test/style/laws.test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { checkDeterminism } from './laws/determinism.js';
import { checkDeadFiles, checkSizes, checkTypes } from './laws/files.js';
import { checkImports } from './laws/imports.js';
import { checkLookups } from './laws/lookups.js';
import { checkLock, entryPoints } from './laws/packages.js';
import { checkRooms } from './laws/rooms.js';
import { readSource, type SourceFile, type Violation } from './laws/source.js';

const FOLDERS = ['sim', 'models', 'scenarios', 'reports', 'cli', 'lab', 'bench', 'scripts', 'test'];

/** What scripts/build-page.mjs bundles for the browser. */
const PAGE_SCRIPT = 'reports/html/page/main.ts';

/** Every law over the repository at `root`; an empty list is a good answer. Throws if `root` is no checkout of Seatrial. */
export function checkLaws(root: string): Violation[] {
  const files = FOLDERS.flatMap((folder) => sourcesUnder(root, join(root, folder)));
  const entries = [...entryPoints(readFileSync(join(root, 'package.json'), 'utf8')), PAGE_SCRIPT];
  return [
    ...checkImports(files),
    ...checkRooms(files),
    ...checkDeterminism(files),
    ...checkLookups(files),
    ...checkTypes(files),
    ...checkSizes(files),
    ...checkDeadFiles(files, entries),
    ...checkLock(readFileSync(join(root, 'package-lock.json'), 'utf8')),
  ];
}

/** `file:line: message`, one a line. */
export function printViolations(violations: readonly Violation[]): string {
  return violations.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n');
}

function sourcesUnder(root: string, folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesUnder(root, path);
    if (!entry.name.endsWith('.ts')) return [];
    return [readSource(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'))];
  });
}
