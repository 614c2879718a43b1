// Where one of the worlds under comparison comes from: files and directories as they are, or a git revision (`HEAD~1:mesh/`).
import { type Stats, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type Gathered, gather } from '../gather/gather.js';
import { INTO_FILE } from '../gather/tree.js';
import { findRevision, gatherRevision, hasFile, pathInRepository } from './git-source.js';
import { missingRevision } from './missing-revision.js';

export interface ArmSource {
  /** As on the command line, but never an absolute path: its last name. */
  readonly name: string;
  /** Full hash of the commit; null for files. */
  readonly revision: string | null;
  /** What was named: a file or a directory, in the words that `gather` takes. */
  readonly path: string;
  isFile(path: string): boolean;
  /** Reads files, directories and globs; the texts have the names that people see. */
  gather(paths: readonly string[]): Gathered;
  /** A path as a scenario in `directory` writes it. */
  below(directory: string, path: string): string;
  /** `gather`'s path of a text that it named so. */
  pathOf(textName: string): string;
  /** The name of a text as the result holds it, relative to a directory. */
  relativeName(directory: string, textName: string): string;
}

/**
 * What exists on disk is a path, else `REVISION:PATH` is looked up in git; of what is neither `gather` says what is wrong with it.
 */
export function armSource(text: string, maxInputBytes?: number): ArmSource {
  const colon = text.indexOf(':');
  const revision = colon > 0 && !exists(text) ? findRevision(text.slice(0, colon)) : null;
  if (revision === null) {
    const source = fileSource(text, maxInputBytes);
    const missing = colon > 0 && !exists(text) ? missingRevision(text.slice(0, colon), text) : null;
    return missing === null ? source : { ...source, gather: () => ({ texts: [], diagnostics: [missing] }) };
  }
  const prefix = `${revision.name}:`;
  const pathOf = (textName: string): string => (textName.startsWith(prefix) ? textName.slice(prefix.length) : textName);
  return {
    name: text,
    revision: revision.commit,
    path: pathInRepository(revision, text.slice(colon + 1)),
    isFile: (path) => hasFile(revision, path),
    gather: (paths) => gatherRevision(revision, paths, maxInputBytes),
    below: (directory, path) => posixJoin(directory, path),
    pathOf,
    relativeName: (directory, textName) => posixRelative(directory, pathOf(textName)),
  };
}

function fileSource(text: string, maxInputBytes: number | undefined): ArmSource {
  return {
    name: isAbsolute(text) ? basename(text) : text,
    revision: null,
    path: text,
    isFile: (path) => statsOf(path)?.isFile() === true,
    gather: (paths) => gather(paths, { trees: INTO_FILE, maxInputBytes }),
    below: (directory, path) => (path === '-' || isAbsolute(path) ? path : join(directory, path)),
    pathOf: (textName) => textName,
    relativeName: (directory, textName) =>
      textName === '-' ? textName : relative(resolve(directory), resolve(textName)).split(sep).join('/'),
  };
}

/** The directory that a result's file names are relative to, for an arm without a scenario of its own. */
export function rootOf(source: ArmSource): string {
  if (source.path === '-') return '.';
  return source.isFile(source.path) ? dirname(source.path) : source.path;
}

function exists(path: string): boolean {
  return statsOf(path) !== null;
}

/** null where there is nothing, or a file where a directory would have to be. */
function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function posixJoin(directory: string, path: string): string {
  const joined = join(directory, path).split(sep).join('/').replace(/\/+$/, '');
  return joined === '.' ? '' : joined;
}

function posixRelative(directory: string, path: string): string {
  return relative(join('/', directory), join('/', path)).split(sep).join('/');
}
