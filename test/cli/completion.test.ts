// Help at the width of the terminal, and completion: the script for bash is sourced and asked; those for zsh and fish are parsed where
// there is such a shell.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completionScript } from '../../cli/completion.js';
import { seatrialProgram } from '../../cli/program.js';
import { helpWidthOf } from '../../cli/terminal.js';

const program = seatrialProgram('1.2.3', () => undefined);
const verbs = program.commands.map((command) => command.name());
const hasShell = (name: string): boolean => spawnSync(name, ['-c', 'true']).status === 0;

describe.skipIf(!hasShell('bash'))('bash', () => {
  const script = completionScript(program, 'bash');

  /** What is offered for the last of the words. */
  function offered(...words: string[]): string[] {
    const ask = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _seatrial; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', ask, 'bash', ...words], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout.split('\n').filter((word) => word !== '');
  }

  test('commands', () => {
    expect(offered('seatrial', '')).toEqual([...verbs, '--version', '-V', '--help', '-h']);
    expect(offered('seatrial', 'ex')).toEqual(['explain', 'export']);
    expect(offered('seatrial', 'help', 'li')).toEqual(['lint']);
  });

  test.each(verbs)('every option of %s', (verb) => {
    const command = program.commands.find((one) => one.name() === verb)!;
    const long = command.options.map((option) => option.long);
    expect(offered('seatrial', verb, '--')).toEqual(expect.arrayContaining(long));
  });

  test('values of choices, after a space and after =', () => {
    expect(offered('seatrial', 'run', '--inconclusive', '')).toEqual(['fail', 'pass']);
    expect(offered('seatrial', 'diff', '--inconclusive', '=', 'p')).toEqual(['pass']);
    expect(offered('seatrial', 'lint', '--fail-on', '=')).toEqual(['error', 'warning', 'info', 'never']);
    expect(offered('seatrial', 'lint', '--format', 's')).toEqual(['sarif']);
    expect(offered('seatrial', 'schema', '')).toEqual(['scenario', 'results', 'explanation']);
    expect(offered('seatrial', 'completion', 'f')).toEqual(['fish']);
  });

  test('files are left to the shell', () => {
    expect(offered('seatrial', 'run', '')).toEqual([]);
    expect(offered('seatrial', 'run', '--out', '')).toEqual([]);
  });
});

test.each([
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const)('%s has every command and option, and parses', (shell, check) => {
  const script = completionScript(program, shell);
  for (const command of program.commands) {
    expect(script).toContain(command.name());
    for (const { long } of command.options) {
      expect(script).toContain(shell === 'fish' ? `-l ${long?.slice(2)} ` : `${long}`);
    }
  }
  if (!hasShell(shell)) return;
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-completion-'));
  try {
    const file = join(folder, '_seatrial');
    writeFileSync(file, script);
    expect(spawnSync(shell, [...check, file], { encoding: 'utf8' }).stderr).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.skipIf(!hasShell('fish'))('fish offers values of choices', () => {
  const ask = `${completionScript(program, 'fish')}\ncomplete -C 'seatrial lint --fail-on '\ncomplete -C 'seatrial ex'`;
  const { stdout } = spawnSync('fish', ['--no-config', '-c', ask], {
    encoding: 'utf8',
    env: { ...process.env, HOME: '/nonexistent' },
  });
  const words = stdout.split('\n').map((line) => line.split('\t')[0]);
  expect(words).toEqual(expect.arrayContaining(['never', 'explain', 'export']));
});

describe('help', () => {
  test.each([
    ['no terminal', {}, {}, 80],
    ['a terminal', { isTTY: true, columns: 92 }, {}, 92],
    ['a wide terminal', { isTTY: true, columns: 300 }, {}, 100],
    ['COLUMNS', {}, { COLUMNS: '60' }, 60],
  ])('width: %s', (_, stream, environment, expected) => {
    expect(helpWidthOf(stream, environment)).toBe(expected);
  });

  test.each(['', ...verbs])('%s fits into 80 columns and into 60', (verb) => {
    const command = program.commands.find((one) => one.name() === verb) ?? program;
    for (const width of [60, 80]) {
      let text = '';
      const writeOut = (part: string): void => {
        text += part;
      };
      const output = { getOutHelpWidth: () => width, writeOut };
      command.configureOutput(output).outputHelp();
      const isFree = (line: string): boolean => !/^(bash|zsh|fish): /.test(line);
      expect(text.split('\n').filter((line) => line.length > width && isFree(line))).toEqual([]);
      expect(text).not.toBe('');
    }
  });

  test('long lists of options are in groups', () => {
    const text = program.commands.find((one) => one.name() === 'diff')?.helpInformation() ?? '';
    for (const heading of ['What is compared:', 'Simulation:', 'Verdict:', 'Output:']) expect(text).toContain(heading);
  });
});
