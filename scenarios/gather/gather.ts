// Paths as a user types them → named texts: files, directories (recursively, in a stable order), globs, and `-` for standard
// input. The only part of reading the input that touches the disk.
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { INPUT_BYTES_MAX } from '../../models/bounds.js';
import { decodeText } from '../../models/config/decode.js';
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { NamedText } from '../../models/config/resource.js';
import { findTrees } from './find-trees.js';
import { expandBraces, isGlob, matchesSegment } from './glob.js';
import { holdsResults } from './output-mark.js';
import { type Read, readBounded, SilentPipe } from './read-file.js';
import type { Rendering } from './tree.js';

export interface GatherOptions {
  /** Bytes of all texts together; more is an error. Default 256 MiB. */
  readonly maxInputBytes?: number | undefined;
  /** Folders that a tool has to render first are left out, and named with what to do (`needs-rendering`): for whoever asks what runs. */
  readonly trees?: Rendering;
  /** What `-` reads; default the standard input of the process. May throw as `readFileSync` does. */
  readonly readStandardInput?: () => Uint8Array;
}

export interface Gathered {
  /** In the order of the paths; in a directory its files by name, then its directories by name. Each file once. */
  readonly texts: readonly NamedText[];
  readonly diagnostics: readonly Diagnostic[];
}

const STANDARD_INPUT = '-';
const PEEK_BYTES_MAX = 1 << 20;
const EXTENSION = /\.(ya?ml|json)$/i;

/**
 * Reads what the paths name. A file that is named itself is read whatever its name; in directories and globs only `.yaml`, `.yml`
 * and `.json` are read, hidden entries, `node_modules` and results of earlier runs are passed over, links to directories are not followed. Never throws:
 * what cannot be read or found is an error diagnostic (`input-not-found`, `input-unreadable`, `input-empty`, `input-too-large`, `input-not-text`).
 */
export function gather(paths: readonly string[], options: GatherOptions = {}): Gathered {
  const gathering = new Gathering(options);
  for (const path of paths) gathering.add(path);
  return { texts: gathering.texts, diagnostics: gathering.diagnostics };
}

class Gathering {
  readonly texts: NamedText[] = [];
  readonly diagnostics: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private readonly limit: number;
  private bytes = 0;
  private isFull = false;

  constructor(private readonly options: GatherOptions) {
    this.limit = options.maxInputBytes ?? INPUT_BYTES_MAX;
  }

  add(path: string): void {
    if (path === STANDARD_INPUT) {
      const given = this.options.readStandardInput;
      this.read(STANDARD_INPUT, (limit) => (given === undefined ? readBounded(path, limit) : { bytes: given() }));
      return;
    }
    const stats = statsOf(path);
    if (stats?.isDirectory() === true) this.addDirectory(path);
    else if (stats !== null) this.readFile(path, stats);
    else if (isGlob(path)) this.addFound(path, this.matching(path), 'no .yaml, .yml or .json file matches');
    else
      this.error(
        'input-not-found',
        path,
        'there is no such file or directory',
        'check the path and the current directory',
      );
  }

  private addDirectory(path: string): void {
    const files = this.below(path);
    const isRead = (file: string): boolean => EXTENSION.test(file);
    const complaint = 'no .yaml, .yml or .json file is below it';
    const rendering = this.options.trees;
    if (rendering === undefined) {
      this.addFound(path, files.filter(isRead), complaint);
      return;
    }
    const names = new Map(files.map((file) => [file.split(sep).join('/'), file]));
    const listing = { files: [...names.keys()], textOf: (name: string) => textOf(names.get(name) ?? name) };
    const trees = findTrees(listing, isRead, rendering);
    this.diagnostics.push(...trees.diagnostics);
    const kept = [...names].filter(([name]) => isRead(name) && !trees.isLeftOut(name)).map(([, file]) => file);
    // What stands in the way has been said.
    if (kept.length > 0 || trees.diagnostics.length === 0) this.addFound(path, kept, complaint);
  }

  private addFound(path: string, files: readonly string[], complaint: string): void {
    for (const file of files) {
      const stats = statsOf(file);
      if (stats !== null) this.readFile(file, stats);
    }
    if (files.length === 0) this.error('input-empty', path, complaint, 'name a file or another directory');
  }

  private readFile(path: string, stats: Stats): void {
    const name = join(path);
    if (this.seen.has(name)) return;
    this.seen.add(name);
    if (stats.isFile() && this.bytes + stats.size > this.limit) this.tooLarge(name);
    else this.read(name, (limit) => readBounded(path, limit));
  }

  private read(name: string, read: (limit: number) => Read): void {
    if (this.isFull) return;
    try {
      const content = read(this.limit - this.bytes);
      if (content === 'too-large' || this.bytes + content.bytes.length > this.limit) {
        this.tooLarge(name);
        return;
      }
      this.bytes += content.bytes.length;
      const decoded = decodeText(name, content.bytes);
      if ('problem' in decoded) this.diagnostics.push(decoded.problem);
      else this.texts.push({ name, text: decoded.text });
    } catch (error) {
      this.error(
        'input-unreadable',
        name,
        `it cannot be read (${reasonOf(error)})`,
        error instanceof SilentPipe ? 'start what writes to it, or name a file' : 'check its permissions',
      );
    }
  }

  /** Nothing more is read: half an input would be simulated as if it were all. */
  private tooLarge(name: string): void {
    if (this.isFull) return;
    this.isFull = true;
    this.error(
      'input-too-large',
      name,
      `with it the input exceeds ${this.limit} bytes`,
      'raise --max-input, or name fewer files',
    );
  }

  private error(code: string, path: string, message: string, hint: string): void {
    const position = { file: path, line: 1, column: 1 };
    this.diagnostics.push({ code, severity: 'error', position, message: `${path}: ${message}`, hint });
  }

  private entries(directory: string): string[] {
    try {
      return readdirSync(directory === '' ? '.' : directory)
        .filter((name) => !name.startsWith('.') && name !== 'node_modules')
        .sort(compare);
    } catch (error) {
      this.error('input-unreadable', directory, `it cannot be listed (${reasonOf(error)})`, 'check its permissions');
      return [];
    }
  }

  /** Files below a directory: its own by name, then those of its directories. */
  private below(directory: string): string[] {
    const paths = this.entries(directory).map((name) => join(directory, name));
    const files = paths.filter((path) => statsOf(path)?.isFile() === true);
    return [...files, ...paths.filter(isWalked).flatMap((path) => this.below(path))];
  }

  private matching(pattern: string): string[] {
    const found = expandBraces(pattern).flatMap((expanded) => {
      const segments = expanded.split('/').filter((segment) => segment !== '');
      return this.matchSegments(expanded.startsWith('/') ? '/' : '', segments);
    });
    return [...new Set(found)].sort(compare);
  }

  private matchSegments(directory: string, segments: readonly string[]): string[] {
    const [segment, ...rest] = segments;
    if (segment === undefined) return [];
    if (segment === '**') {
      const directories = this.entries(directory).map((name) => join(directory, name));
      const here = this.matchSegments(directory, rest.length === 0 ? ['*'] : rest);
      return [...here, ...directories.filter(isWalked).flatMap((path) => this.matchSegments(path, segments))];
    }
    if (!isGlob(segment)) return this.matchRest(join(directory, segment), rest);
    const names = this.entries(directory).filter((name) => matchesSegment(name, segment));
    return names.flatMap((name) => this.matchRest(join(directory, name), rest));
  }

  private matchRest(path: string, rest: readonly string[]): string[] {
    const stats = statsOf(path);
    if (rest.length > 0) return stats?.isDirectory() === true ? this.matchSegments(path, rest) : [];
    return stats?.isFile() === true && EXTENSION.test(path) ? [path] : [];
  }
}

/** A small file that is looked at before the others are read; null where it cannot be. */
function textOf(path: string): string | null {
  try {
    const read = readBounded(path, PEEK_BYTES_MAX);
    if (read === 'too-large') return null;
    const decoded = decodeText(path, read.bytes);
    return 'text' in decoded ? decoded.text : null;
  } catch {
    return null;
  }
}

function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** A directory and not a link to one, so that a walk always ends; and not the results of an earlier run. */
function isWalked(path: string): boolean {
  try {
    return lstatSync(path).isDirectory() && !holdsResults(path);
  } catch {
    return false;
  }
}

/** `EACCES: permission denied`, without the path that Node adds. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split(',')[0]! : String(error);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
