import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../models/config/diagnostic.js';
import { formatDiagnostic, formatDiagnostics } from '../../reports/diagnostics.js';

const colors = createColors(false);
const FINDING: Diagnostic = {
  code: 'unknown-field',
  severity: 'error',
  position: { file: 'istio/routes.yaml', line: 2, column: 4 },
  message: 'unknown field `retires`',
  hint: 'did you mean `retries`?',
};

describe('formatDiagnostic', () => {
  test('with the line and a caret', () => {
    expect(formatDiagnostic(FINDING, { colors, textOf: () => 'http:\n\t- retires: 3\n' })).toBe(
      [
        'istio/routes.yaml:2:4: error: unknown field `retires` (unknown-field)',
        '    2 |   - retires: 3',
        '      |     ^',
        '  help: did you mean `retries`?',
      ].join('\n'),
    );
  });

  test('without a text', () => {
    expect(formatDiagnostic(FINDING, { colors, textOf: () => null }).split('\n')).toHaveLength(2);
    expect(formatDiagnostic({ ...FINDING, position: null }, { colors }).split('\n')[0]).toBe(
      'error: unknown field `retires` (unknown-field)',
    );
  });

  test('a long line is cut around the place', () => {
    const text = formatDiagnostic(
      { ...FINDING, position: { file: 'a', line: 1, column: 501 } },
      { colors, textOf: () => `${'x'.repeat(500)}HERE${'y'.repeat(500)}` },
    );
    const [, line, caret] = text.split('\n');
    expect(line.length).toBeLessThan(120);
    expect(line.slice(caret.indexOf('^')).startsWith('HERE')).toBe(true);
  });

  test('control characters of the input do not reach the terminal', () => {
    const text = formatDiagnostic(
      { ...FINDING, message: 'a\u001b[2Jb', position: { file: 'f\u0007', line: 1, column: 1 } },
      { colors, textOf: () => '\u001b[31mred' },
    );
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text).toContain('a\\u{1b}[2Jb');
  });
});

test('errors stand last', () => {
  const text = formatDiagnostics([FINDING, { ...FINDING, severity: 'info' }, { ...FINDING, severity: 'warning' }], {
    colors,
  });
  expect([...text.matchAll(/(error|warning|info):/g)].map(([, severity]) => severity)).toEqual([
    'info',
    'warning',
    'error',
  ]);
});
