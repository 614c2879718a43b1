// Readable scripts of the command line: a command, its exit code, fragments of what it prints.
//
//   # a comment
//   $ seatrial run examples/minimal --out $TMP/out
//   exit 0
//   stdout: a fragment of standard output
//   stderr: a fragment of standard error
//   !stderr: what must not be there
//
// Commands of one script share a directory $TMP, which is empty when it starts.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
export const MAIN = join(ROOT, 'dist/cli/main.js');

/** Tests of the command line run what `npm run build` made. */
export const isBuilt = existsSync(MAIN);
export const NOT_BUILT = 'dist/cli/main.js is missing: npm run build';

export interface Expectation {
  readonly stream: 'stdout' | 'stderr';
  readonly fragment: string;
  readonly isAbsent: boolean;
  readonly line: number;
}

export interface ScriptCommand {
  readonly words: readonly string[];
  readonly line: number;
  readonly exitCode: number;
  readonly expectations: readonly Expectation[];
}

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Throws with the line's number where a script cannot be read. */
export function parseScript(text: string, tmp: string): ScriptCommand[] {
  const commands: { words: string[]; line: number; exitCode: number; expectations: Expectation[] }[] = [];
  text.split('\n').forEach((raw, index) => {
    const content = raw.trim().replaceAll('$TMP', tmp);
    const line = index + 1;
    if (content === '' || content.startsWith('#')) return;
    if (content.startsWith('$ seatrial')) {
      commands.push({ words: content.split(/\s+/).slice(2), line, exitCode: 0, expectations: [] });
      return;
    }
    const command = commands[commands.length - 1];
    const exit = /^exit (\d+)$/.exec(content);
    const expectation = /^(!?)(stdout|stderr): (.+)$/.exec(content);
    if (command === undefined || (exit === null && expectation === null))
      throw new Error(`line ${line}: cannot read ${content}`);
    if (exit !== null) command.exitCode = Number(exit[1]);
    if (expectation !== null) {
      const [, not, stream, fragment] = expectation;
      command.expectations.push({
        stream: stream === 'stdout' ? 'stdout' : 'stderr',
        fragment,
        isAbsent: not === '!',
        line,
      });
    }
  });
  return commands;
}

/** Runs seatrial in the repository's root, without colour and without a terminal. */
export function seatrial(words: readonly string[], input = ''): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, COLUMNS: '80', NO_COLOR: '1', FORCE_COLOR: '' },
  });
  return { exitCode: status, stdout, stderr };
}

/** What the outcome of a command lacks; empty if it is as the script says. */
export function failuresOf({ exitCode, expectations, line }: ScriptCommand, outcome: Outcome): string[] {
  const wrongExit =
    outcome.exitCode === exitCode ? [] : [`line ${line}: exit ${outcome.exitCode}, expected ${exitCode}`];
  const wrongText = expectations
    .filter(({ stream, fragment, isAbsent }) => outcome[stream].includes(fragment) === isAbsent)
    .map(
      ({ stream, fragment, isAbsent, line: at }) =>
        `line ${at}: ${stream} ${isAbsent ? 'holds' : 'lacks'} ${JSON.stringify(fragment)}`,
    );
  const failures = [...wrongExit, ...wrongText];
  return failures.length === 0 ? [] : [...failures, `stdout:\n${outcome.stdout}`, `stderr:\n${outcome.stderr}`];
}
