// Sessions in the documentation, run as they stand there:
//
//   ```console
//   $ seatrial run mesh --quiet
//   expected standard output; … stands for any text of a line, a line of … alone for any lines
//   $ seatrial diff before after     # exit 1
//   ```
//
// The blocks of a page share one directory, which holds a copy of the examples. Without expected lines only the exit code counts.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MAIN, ROOT } from '../cli/script.js';

export interface Command {
  readonly line: number;
  readonly text: string;
  readonly exitCode: number;
  readonly expected: readonly string[];
}

/** The commands of all ```console blocks of a page, in order. */
export function sessionOf(page: string): Command[] {
  const commands: { line: number; text: string; exitCode: number; expected: string[] }[] = [];
  let isInside = false;
  page.split('\n').forEach((line, index) => {
    if (line.startsWith('```')) {
      isInside = line === '```console';
      return;
    }
    if (!isInside) return;
    const command = /^\$ (.*?)(?:\s+# exit (\d+))?$/.exec(line);
    if (command !== null) {
      commands.push({ line: index + 1, text: command[1], exitCode: Number(command[2] ?? 0), expected: [] });
      return;
    }
    const last = commands.at(-1);
    if (last === undefined) throw new Error(`line ${index + 1}: output without a command`);
    last.expected.push(line);
  });
  return commands;
}

/** A directory for one page: `seatrial` on the path, a copy of the examples in it. */
export class Shell {
  constructor(private readonly directory: string) {
    const bin = join(directory, '.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'seatrial'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    chmodSync(join(bin, 'seatrial'), 0o755);
    cpSync(join(ROOT, 'examples'), join(directory, 'examples'), { recursive: true });
  }

  /** What the command lacks; empty where all is as the page says. Each command has a shell of its own. */
  failuresOf(command: Command): string[] {
    const { status, stdout, stderr } = this.bash(command.text);
    return failuresIn(command, { status, stdout, stderr });
  }

  /** As somebody types them: all in one shell, whose directory and variables they change; what each lacks. */
  typed(commands: readonly Command[]): string[] {
    const out = join(this.directory, '.typed');
    mkdirSync(out);
    const script = commands.map(
      ({ text }, i) => `{ ${text}\n} > '${out}/${i}.out' 2> '${out}/${i}.err'; echo $? > '${out}/${i}.rc'`,
    );
    this.bash(script.join('\n'), []);
    const read = (name: string): string => readFileSync(join(out, name), 'utf8');
    return commands.flatMap((command, i) =>
      failuresIn(command, { status: Number(read(`${i}.rc`)), stdout: read(`${i}.out`), stderr: read(`${i}.err`) }),
    );
  }

  private bash(text: string, options: readonly string[] = ['-euo', 'pipefail']): Outcome {
    return spawnSync('bash', [...options, '-c', text], {
      cwd: this.directory,
      encoding: 'utf8',
      input: '',
      maxBuffer: 1 << 28,
      env: {
        ...process.env,
        PATH: `${join(this.directory, '.bin')}${delimiter}${process.env.PATH}`,
        REPOSITORY: ROOT,
        COLUMNS: '80',
        NO_COLOR: '1',
        FORCE_COLOR: '',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
      },
    });
  }
}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function failuresIn({ text, exitCode, expected, line }: Command, { status, stdout, stderr }: Outcome): string[] {
  const problems = status === exitCode ? [] : [`line ${line}: exit ${status}, the page says ${exitCode}`];
  if (expected.length > 0 && !matches(stdout.trimEnd().split('\n'), trimmedEnd(expected)))
    problems.push(`line ${line}: the page says\n${expected.join('\n')}`);
  return problems.length === 0 ? [] : [...problems, `$ ${text}\nstdout:\n${stdout}\nstderr:\n${stderr}`];
}

function trimmedEnd(lines: readonly string[]): readonly string[] {
  return lines.join('\n').trimEnd().split('\n');
}

/** Whether the lines are as expected; `…` is anything. */
export function matches(lines: readonly string[], expected: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return lines.length === 0;
  if (first.trim() === '…') {
    for (let skipped = 0; skipped <= lines.length; skipped++) if (matches(lines.slice(skipped), rest)) return true;
    return false;
  }
  return lines.length > 0 && lineMatches(lines[0], first) && matches(lines.slice(1), rest);
}

function lineMatches(line: string, expected: string): boolean {
  const pattern = expected
    .trimEnd()
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`, 'u').test(line.trimEnd());
}
