import { afterEach, expect, test, vi } from 'vitest';
import { explain } from '../../cli/fault.js';
import { UserError } from '../../cli/user-error.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function told(error: unknown): { readonly exitCode: number; readonly text: string } {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  vi.stubEnv('NO_COLOR', '1');
  return { exitCode: explain(error), text };
}

test("a user's mistake: what, and how to put it right", () => {
  expect(told(new UserError('out is a file\u0007', 'give another'))).toEqual({
    exitCode: 2,
    text: 'error: out is a file\\u{7}\n  help: give another\n',
  });
});

test('a fault of ours: one line and how to report it, the stack only on demand', () => {
  vi.stubEnv('SEATRIAL_DEBUG', undefined);
  const fault = new Error('replication 3 failed: impossible\n    at thread.js:1:1');
  const { exitCode, text } = told(fault);
  expect(exitCode).toBe(3);
  expect(text).toContain('seatrial has a fault: replication 3 failed: impossible\n');
  expect(text).toContain('report');
  expect(text).not.toContain('at thread.js');
  vi.stubEnv('SEATRIAL_DEBUG', '1');
  expect(told(fault).text).toContain('at thread.js:1:1');
});
