// Ctrl-C: what is finished is reported and written, and says that it is not all.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isBuilt, MAIN, NOT_BUILT, ROOT } from './script.js';

/** Long enough for some of the short replications, however slow the machine; far too short for all of them. */
const PATIENCE_MS = 5000;

describe.skipIf(!isBuilt)(`interruption${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test('after some replications', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'seatrial-test-')), 'out');
    const words = ['run', 'examples/minimal', '--replications', '10000', '--workers', '1', '--out', out];
    const child = spawn(process.execPath, [MAIN, ...words], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
    });
    setTimeout(() => child.kill('SIGINT'), PATIENCE_MS);
    const exitCode = await new Promise((resolve) => {
      child.on('close', resolve);
    });
    expect(exitCode).toBe(130);
    const { replications, replicationsRequested, verdict, warnings } = JSON.parse(
      readFileSync(join(out, 'results.json'), 'utf8'),
    );
    expect(replicationsRequested).toBe(10_000);
    expect(replications).toBeGreaterThan(0);
    expect(replications).toBeLessThan(10_000);
    expect(verdict).toBe('inconclusive');
    expect(warnings.map(({ code }: { code: string }) => code)).toContain('interrupted');
    expect(stdout).toContain(`${replications} of 10000 × 20 s`);
    expect(JSON.parse(readFileSync(join(out, 'meta.json'), 'utf8')).command).toContain(
      `--replications=${replications}`,
    );
    rmSync(join(out, '..'), { recursive: true });
  });
});
