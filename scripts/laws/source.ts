// A source file as the laws see it: stripped, with its imports found.
import { lineOf, type StrippedSource, stripSource } from './strip.js';

export interface SourceFile extends StrippedSource {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly ImportOf[];
}

export interface ImportOf {
  /** As written, e.g. `../plan/plan.js`. */
  readonly specifier: string;
  /** Path of the source file it means (`models/plan/contract/plan.ts`), or null for a package. */
  readonly target: string | null;
  readonly line: number;
}

export interface Violation {
  readonly file: string;
  readonly line: number;
  /** What is wrong, and what to do instead. */
  readonly message: string;
}

const IMPORTS =
  /\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1|\bnew\s+URL\(\s*(['"])(\.[^'"\n]+\.js)\3\s*,\s*import\.meta\.url/g;

export function readSource(path: string, text: string): SourceFile {
  const stripped = stripSource(text);
  const imports: ImportOf[] = [];
  for (const match of stripped.withStrings.matchAll(IMPORTS)) {
    const isCode = stripped.code[match.index] !== ' ';
    const specifier = match[2] ?? match[4];
    if (isCode) imports.push({ specifier, target: resolveImport(path, specifier), line: lineOf(text, match.index) });
  }
  return { path, text, imports, ...stripped };
}

/** `models/plan/contract/plan.ts` + `../config/load.js` = `models/config/load.ts`; null for packages and `node:`. */
export function resolveImport(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/\.js$/, '.ts');
}

/** The room (first folder) of a path. */
export function roomOf(path: string): string {
  return path.split('/')[0];
}

/** One violation for each match of `pattern` in `searched`, which has the same offsets as the file's text. */
export function violationsOf(file: SourceFile, searched: string, pattern: RegExp, message: string): Violation[] {
  return [...searched.matchAll(pattern)].map((match) => ({
    file: file.path,
    line: lineOf(file.text, match.index),
    message: message.replace('$&', match[0].trim()),
  }));
}
