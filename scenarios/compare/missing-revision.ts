// What to say where `REVISION:PATH` is neither on disk nor a revision of the repository around: which of them is missing, and how to get it.
// Source: git-rev-parse(1), gitrevisions(7), git-clone(1) (`--depth`).
import type { Diagnostic } from '../../models/config/diagnostic.js';
import { git } from './git-source.js';

/** null where the text before the colon cannot be a revision, as in `C:\\mesh`. */
export function missingRevision(name: string, text: string, directory = '.'): Diagnostic | null {
  if (!/^[^\s~^:?*[\\][^\s:?*[\\]+$/.test(name)) return null;
  const found = (message: string, hint: string): Diagnostic => ({
    code: 'revision-not-found',
    severity: 'error',
    position: { file: text, line: 1, column: 1 },
    message,
    hint,
  });
  if (git(directory, ['rev-parse', '--git-dir']) === null) {
    const message = `${text}: there is no such file, and git has no repository here that could have the revision ${name}`;
    return found(message, 'check the path, or run the command inside the repository');
  }
  const commits = answer(directory, ['rev-list', '--count', 'HEAD']);
  const there =
    commits === null ? 'there is no commit yet' : `${commits} ${commits === '1' ? 'commit is' : 'commits are'} there`;
  const message = `${name}: the repository has no such revision; ${there}`;
  if (answer(directory, ['rev-parse', '--is-shallow-repository']) === 'true') {
    const hint = 'fetch with `fetch-depth: 0` in the pipeline (actions/checkout), or run `git fetch --unshallow`';
    return found(`${message}; this is a shallow clone`, hint);
  }
  return found(
    message,
    'check the name with `git log --oneline` and `git branch --all`; a branch of a remote may have to be fetched first',
  );
}

function answer(directory: string, words: readonly string[]): string | null {
  return git(directory, words)?.toString('utf8').trim() ?? null;
}
