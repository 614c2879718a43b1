// Where `--out` may point to: what is there is replaced, so a slip of the hand (`--out "$UNSET"`, `--out nosuch/..`) must not reach
// a place that matters. Every check is made on the real path, with all links followed, and by identity of the directory, not by its name.
import { type BigIntStats, lstatSync, realpathSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join, parse, resolve, sep } from 'node:path';
import { codeOf, reasonOf } from './system-error.js';
import { UserError } from './user-error.js';

/** Folders that stand for a repository as a whole. */
const REPOSITORIES = ['.git', '.hg', '.svn', '.jj'];

/**
 * The real path of an output directory, which need not exist.
 * @param inputs paths as the user gave them, of files and directories that are read; what is no path of the disk is passed over.
 * @throws UserError for a value that is empty or odd, and for a place that is never a target.
 */
export function resolveOutputDirectory(directory: string, inputs: readonly string[] = []): string {
  refuseOddPath(directory, 'DIR');
  const real = realPathOf(directory, 'DIR');
  const what = whyProtected(real, inputs);
  if (what !== null) {
    throw new UserError(`--out ${directory} is ${what}`, 'give a directory of its own for the results: --out DIR');
  }
  return real;
}

/** Throws a UserError for a value that nobody means: empty, with control characters, an option, `~`, or `..` behind a name. */
export function refuseOddPath(path: string, word: 'DIR' | 'FILE'): void {
  const refuse = (what: string, hint: string): never => {
    throw new UserError(what, hint);
  };
  if (path.trim() === '') refuse('--out is empty', `is a variable unset? Give a path: --out ${word}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) {
    refuse(`--out ${JSON.stringify(path)} holds a control character`, `give a path without it: --out ${word}`);
  }
  if (path.startsWith('-')) {
    refuse(`--out ${path} looks like an option`, `give a path, or write ./${path} if it is really called so`);
  }
  const segments = path.split(sep === '/' ? '/' : /[\\/]/);
  if (segments[0].startsWith('~')) {
    refuse(`--out ${path}: no shell has replaced the ~`, `write the path in full, or ./${path} if it is called so`);
  }
  const named = segments.findIndex((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (named >= 0 && segments.indexOf('..', named) >= 0) {
    refuse(`--out ${path} goes up again with ..`, 'write the path of the target itself, with .. at its beginning only');
  }
}

/** The path with all links followed; what does not exist yet is taken as it is written. Throws a UserError for a link to nothing. */
export function realPathOf(path: string, word: 'DIR' | 'FILE'): string {
  const whole = resolve(path);
  let existing = whole;
  let rest = '';
  for (;;) {
    try {
      return join(realpathSync.native(existing), rest);
    } catch (error) {
      const hint = `give another path with --out ${word}`;
      if (codeOf(error) !== 'ENOENT') throw new UserError(`cannot use ${path}: ${reasonOf(error)}`, hint);
      if (isThere(existing)) throw new UserError(`${existing} is a link to something that does not exist`, hint);
      rest = join(existing.slice(dirname(existing).length), rest);
      existing = dirname(existing);
    }
  }
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** What the place is that must not be a target; null where it is none. */
function whyProtected(real: string, inputs: readonly string[]): string | null {
  if (real === parse(real).root) return 'the root of the file system';
  const target = identityOf(real);
  if (real.split(sep).some((name) => REPOSITORIES.includes(name))) return 'inside the data of a repository';
  if (target === null) return null;
  if (isAtOrAbove(target, process.cwd())) return 'the current directory, or a directory that holds it';
  if (homes().some((home) => isAtOrAbove(target, home))) return 'a home directory, or a directory that holds one';
  if (REPOSITORIES.some((name) => isThere(join(real, name)))) return 'the root of a repository';
  if (inputs.some((input) => isAtOrAbove(target, input))) return 'where the input is, or a directory that holds it';
  return null;
}

function homes(): string[] {
  const found = [homedir(), '/root'];
  try {
    found.push(userInfo().homedir);
  } catch {
    // A user without an entry in the system's list has no home there.
  }
  return found.filter((home) => home !== '');
}

/** Whether the directory is `path` itself or one that it lies in. */
function isAtOrAbove(directory: BigIntStats, path: string): boolean {
  let at: string;
  try {
    at = realpathSync.native(path);
  } catch {
    return false;
  }
  for (;;) {
    const here = identityOf(at);
    if (here !== null && here.dev === directory.dev && here.ino === directory.ino) return true;
    if (at === dirname(at)) return false;
    at = dirname(at);
  }
}

function identityOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return null;
  }
}
