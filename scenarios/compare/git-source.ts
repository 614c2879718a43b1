// YAML as a git revision holds it, read from the object database and never from the work tree: no checkout, no shell, no filter, no
// network. Source: git-rev-parse(1), git-ls-tree(1), git-cat-file(1) (`--batch`).
import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';
import { INPUT_BYTES_MAX } from '../../models/bounds.js';
import { decodeText } from '../../models/config/decode.js';
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { NamedText } from '../../models/config/resource.js';
import { findTrees } from '../gather/find-trees.js';
import type { Gathered } from '../gather/gather.js';
import { expandBraces, isGlob, matchesSegment } from '../gather/glob.js';
import { INTO_FILE } from '../gather/tree.js';

const EXTENSION = /\.(ya?ml|json)$/i;
const LISTING_BYTES_MAX = 256 * 1024 * 1024;

export interface GitRevision {
  /** As it was given, e.g. `HEAD~1`. */
  readonly name: string;
  /** Full hash of the commit. */
  readonly commit: string;
  /** A directory of its repository's work tree. */
  readonly directory: string;
}

interface Blob {
  readonly path: string;
  readonly hash: string;
  readonly bytes: number;
}

/** The commit that a name means in the repository of a directory; null where git, a repository or the name is not there. */
export function findRevision(name: string, directory = '.'): GitRevision | null {
  const commit = git(directory, ['rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`]);
  return commit === null ? null : { name, commit: commit.toString('utf8').trim(), directory };
}

/** `./mesh` is below the directory of the revision, anything else below the root of the repository; both without a `/` at the end. */
export function pathInRepository({ directory }: GitRevision, path: string): string {
  const below = /^\.{1,2}(\/|$)/.test(path)
    ? (git(directory, ['rev-parse', '--show-prefix'])?.toString('utf8').trim() ?? '')
    : '';
  return posix.join(below, path).replace(/\/+$/, '').replace(/^\.$/, '');
}

/** Whether a revision has a file (not a directory) at a path. */
export function hasFile(revision: GitRevision, path: string): boolean {
  return listBlobs(revision, path).some((blob) => blob.path === path);
}

/**
 * What `gather` does for files, for the paths of a revision: files, directories (their files by name, then their directories), globs;
 * hidden entries and `node_modules` are passed over, links and submodules are not followed. Texts are called `REVISION:path`.
 */
export function gatherRevision(
  revision: GitRevision,
  paths: readonly string[],
  maxInputBytes = INPUT_BYTES_MAX,
): Gathered {
  const diagnostics: Diagnostic[] = [];
  const blobs = new Map<string, Blob>();
  for (const path of paths) {
    const { blobs: found, trees } = blobsAt(revision, path);
    for (const blob of found) blobs.set(blob.path, blob);
    diagnostics.push(...trees.map((tree) => inRevision(tree, revision)));
    if (found.length === 0 && trees.length === 0) {
      const message = `${revision.name}:${path}: there is no .yaml, .yml or .json file in this revision`;
      diagnostics.push(failure('input-not-found', revision, path, message, 'check the path: it starts at the root'));
    }
  }
  const bytes = [...blobs.values()].reduce((sum, blob) => sum + blob.bytes, 0);
  if (bytes > maxInputBytes) {
    const message = `${revision.name}: the input exceeds ${maxInputBytes} bytes`;
    const hint = 'raise --max-input, or name fewer files';
    return { texts: [], diagnostics: [failure('input-too-large', revision, paths[0] ?? '', message, hint)] };
  }
  const read = readBlobs(revision, [...blobs.values()]);
  if (read !== null) return { texts: read.texts, diagnostics: [...diagnostics, ...read.diagnostics] };
  const message = `${revision.name}: git cannot read its files`;
  return {
    texts: [],
    diagnostics: [
      failure('input-unreadable', revision, paths[0] ?? '', message, 'run git fsck, or fetch what is missing'),
    ],
  };
}

function failure(code: string, revision: GitRevision, path: string, message: string, hint: string): Diagnostic {
  const position = { file: `${revision.name}:${path}`, line: 1, column: 1 };
  return { code, severity: 'error', position, message, hint };
}

/** What a path means, and what stands there that a tool has to render first. */
interface FoundBlobs {
  readonly blobs: readonly Blob[];
  readonly trees: readonly Diagnostic[];
}

function blobsAt(revision: GitRevision, path: string): FoundBlobs {
  if (posix.isAbsolute(path) || path === '..' || path.startsWith('../')) return { blobs: [], trees: [] };
  const exact = listBlobs(revision, path);
  if (exact.some((blob) => blob.path === path)) return { blobs: exact, trees: [] };
  if (exact.length > 0) return blobsBelow(revision, exact, path);
  return { blobs: isGlob(path) ? matchingBlobs(revision, path) : [], trees: [] };
}

function blobsBelow(revision: GitRevision, all: readonly Blob[], directory: string): FoundBlobs {
  const walked = new Map(all.filter(({ path }) => isWalked(path, directory)).map((blob) => [blob.path, blob]));
  const textOf = (path: string): string | null => {
    const blob = walked.get(path);
    return blob === undefined ? null : (readBlobs(revision, [blob])?.texts[0]?.text ?? null);
  };
  const isRead = (path: string): boolean => EXTENSION.test(path);
  const trees = findTrees({ files: [...walked.keys()], textOf }, isRead, INTO_FILE);
  const blobs = [...walked.values()].filter(({ path }) => isRead(path) && !trees.isLeftOut(path)).sort(filesFirst);
  return { blobs, trees: trees.diagnostics };
}

function inRevision(diagnostic: Diagnostic, { name }: GitRevision): Diagnostic {
  const { position } = diagnostic;
  return position === null
    ? diagnostic
    : { ...diagnostic, position: { ...position, file: `${name}:${position.file}` } };
}

function matchingBlobs(revision: GitRevision, path: string): Blob[] {
  const patterns = expandBraces(path).map((pattern) => pattern.split('/').filter((segment) => segment !== '.'));
  return listBlobs(revision, '')
    .filter((blob) => EXTENSION.test(blob.path))
    .filter((blob) => patterns.some((pattern) => matchesPath(blob.path.split('/'), pattern)))
    .sort((a, b) => compare(a.path, b.path));
}

/** Whether a walk from `directory` comes across a file. */
function isWalked(path: string, directory: string): boolean {
  const steps = path.slice(directory === '' ? 0 : directory.length + 1).split('/');
  return !steps.some(isHidden);
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

function matchesPath(names: readonly string[], pattern: readonly string[]): boolean {
  const [segment, ...rest] = pattern;
  const [name, ...others] = names;
  if (segment === undefined || name === undefined) return segment === undefined && name === undefined;
  if (segment === '**') {
    const here = matchesPath(names, rest.length === 0 ? ['*'] : rest);
    return here || (!isHidden(name) && others.length > 0 && matchesPath(others, pattern));
  }
  const isFound = isGlob(segment) ? !isHidden(name) && matchesSegment(name, segment) : name === segment;
  return isFound && matchesPath(others, rest);
}

/** A directory's files by name, then its directories by name. */
function filesFirst(a: Blob, b: Blob): number {
  const left = a.path.split('/');
  const right = b.path.split('/');
  for (let i = 0; ; i++) {
    const isLeftFile = i === left.length - 1;
    const isRightFile = i === right.length - 1;
    if (isLeftFile !== isRightFile) return isLeftFile ? -1 : 1;
    if (left[i] !== right[i] || isLeftFile) return compare(left[i], right[i]);
  }
}

/** Regular files at or below a path; the whole tree for ``. */
function listBlobs(revision: GitRevision, path: string): Blob[] {
  const words = ['--literal-pathspecs', 'ls-tree', '-r', '-z', '-l', '--full-tree', revision.commit];
  const listing = git(revision.directory, path === '' ? words : [...words, '--', path]);
  if (listing === null) return [];
  return listing
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const entry = /^100(?:644|755|664) blob ([0-9a-f]+) +(\d+)\t(.+)$/s.exec(line);
      return entry === null ? [] : [{ hash: entry[1], bytes: Number(entry[2]), path: entry[3] }];
    });
}

/** null where git cannot give all of them. */
function readBlobs(revision: GitRevision, blobs: readonly Blob[]): Gathered | null {
  if (blobs.length === 0) return { texts: [], diagnostics: [] };
  const wanted = blobs.map(({ hash }) => `${hash}\n`).join('');
  const room = blobs.reduce((sum, { bytes }) => sum + bytes + 200, 1000);
  const output = git(revision.directory, ['cat-file', '--batch'], wanted, room);
  if (output === null) return null;
  const texts: NamedText[] = [];
  const diagnostics: Diagnostic[] = [];
  let at = 0;
  for (const { hash, bytes, path } of blobs) {
    const header = `${hash} blob ${bytes}\n`;
    if (output.toString('latin1', at, at + header.length) !== header) return null;
    at += header.length;
    const name = `${revision.name}:${path}`;
    const decoded = decodeText(name, output.subarray(at, at + bytes));
    if ('problem' in decoded) diagnostics.push(decoded.problem);
    else texts.push({ name, text: decoded.text });
    at += bytes + 1;
  }
  return { texts, diagnostics };
}

/** Standard output of a git command; null where it fails. */
export function git(cwd: string, words: readonly string[], input = '', maxBuffer = LISTING_BYTES_MAX): Buffer | null {
  try {
    return execFileSync('git', words, {
      cwd,
      input,
      maxBuffer,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' },
    });
  } catch {
    return null;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
