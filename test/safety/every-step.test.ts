// The directory of results under a process that ends before each single step that it takes on the disk: always the whole old or the whole
// new result, and the next write leaves nothing behind. The end is played: from that step on no call reaches the disk any more, as after a
// kill -9. (kill.slow.test.ts kills for real.)
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import type * as Promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkOutputDirectory, writeOutputDirectory } from '../../cli/output-directory.js';
import { META_FILE, META_SCHEMA } from '../../scenarios/gather/output-mark.js';
import { seedOfWholeResult } from './result-directory.js';

/** What happens to the calls that change the disk. */
const disk = vi.hoisted(() => ({ step: 0, lastStep: 0, hasLinks: true, isFull: false }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof Promises>();
  const refusal = (code: string): Error => Object.assign(new Error(`${code}: played`), { code });
  const change =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>, isOnlyOfLinks = false) =>
    async (...args: A): Promise<R> => {
      disk.step += 1;
      if (disk.lastStep > 0 && disk.step >= disk.lastStep) throw refusal(disk.isFull ? 'ENOSPC' : 'KILLED');
      if (isOnlyOfLinks && !disk.hasLinks) throw refusal('EPERM');
      return await call(...args);
    };
  return {
    ...original,
    mkdir: change(original.mkdir),
    writeFile: change(original.writeFile),
    rename: change(original.rename),
    link: change(original.link),
    copyFile: change(original.copyFile),
    unlink: change(original.unlink),
    rmdir: change(original.rmdir),
    chmod: change(original.chmod),
    symlink: change(original.symlink, true),
  };
});

/** More than any write takes. */
const STEPS_MAX = 200;

function resultOf(seed: string, ...others: readonly string[]): Record<string, string> {
  const results = JSON.stringify({ seed });
  const fingerprint = createHash('sha256').update(results).digest('hex');
  const files: Record<string, string> = { 'results.json': results };
  for (const name of others) files[name] = `seed \`${seed}\``;
  files[META_FILE] = JSON.stringify({ schema: META_SCHEMA, fingerprint, files: [...Object.keys(files), META_FILE] });
  return files;
}

const OLD = resultOf('old', 'report.md');
const NEW = resultOf('new', 'report.md', 'series.csv');
const NEXT = resultOf('next', 'services.csv');

/** @returns false where the process ended before it was done. */
async function write(out: string, files: Record<string, string>, lastStep = 0): Promise<boolean> {
  Object.assign(disk, { step: 0, lastStep });
  try {
    await writeOutputDirectory(await checkOutputDirectory(out), files);
    return true;
  } catch (error) {
    if (lastStep > 0) return false;
    throw error;
  } finally {
    disk.lastStep = 0;
  }
}

let tmp: string;

beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), 'seatrial-safety-'));
  Object.assign(disk, { hasLinks: true, isFull: false });
});
afterEach(() => {
  rmSync(tmp, { recursive: true, force: true });
});

/** Writes NEW with an end before step 1, 2, 3 … until one is done. `check` looks after each. @returns what was there after each end. */
async function endAtEveryStep(
  old: Record<string, string> | null,
  check: (out: string, step: number) => Promise<void>,
  look: (out: string) => string | null = seedOfWholeResult,
): Promise<(string | null)[]> {
  const seen: (string | null)[] = [];
  for (let step = 1; step < STEPS_MAX; step++) {
    const out = join(tmp, `${step}/out`);
    mkdirSync(out, { recursive: true });
    if (old !== null) await write(out, old);
    const isDone = await write(out, NEW, step);
    seen.push(look(out));
    await check(out, step);
    if (isDone) return seen;
  }
  throw new Error(`not done after ${STEPS_MAX} steps`);
}

async function leavesNothing(out: string): Promise<void> {
  await write(out, NEXT);
  expect(seedOfWholeResult(out)).toBe('next');
  expect(readdirSync(out).sort()).toEqual(Object.keys(NEXT).sort());
  expect(readdirSync(join(out, '..'))).toEqual(['out']);
}

test.each([
  { before: 'nothing', old: null },
  { before: 'another result', old: OLD },
])('killed before any step, where there was $before: that or the new result, as a whole', async ({ old }) => {
  const seen = await endAtEveryStep(old, leavesNothing);
  // First the old one, from one step on the new one.
  const first = seen.indexOf('new');
  expect(first).toBeGreaterThan(5);
  expect(new Set(seen.slice(0, first))).toEqual(new Set([old === null ? null : 'old']));
  expect(new Set(seen.slice(first))).toEqual(new Set(['new']));
});

test('killed before any step, and again before any step of the next run', async () => {
  await endAtEveryStep(OLD, async (out, step) => {
    const seed = seedOfWholeResult(out);
    // The second end moves through the steps at another pace than the first.
    await write(out, NEXT, 1 + ((step * 7) % 60));
    expect([seed, 'next'], `step ${step}`).toContain(seedOfWholeResult(out));
    await leavesNothing(out);
  });
});

test('a disk that is full from any step on: an error, and the old result', async () => {
  disk.isFull = true;
  const seen = await endAtEveryStep(OLD, leavesNothing);
  expect(new Set(seen)).toEqual(new Set(['old', 'new']));
});

test('where the file system has no links, the next run repairs', async () => {
  disk.hasLinks = false;
  await endAtEveryStep(OLD, leavesNothing, () => null);
});

test('permissions of the directory and of its files stay', async () => {
  const out = join(tmp, 'out');
  await write(out, OLD);
  chmodSync(out, 0o750);
  chmodSync(join(out, 'results.json'), 0o600);
  await write(out, NEW);
  expect(statSync(out).mode & 0o777).toBe(0o750);
  expect(statSync(join(out, 'results.json')).mode & 0o777).toBe(0o600);
});

test('two runs that write at the same time: one after the other', async () => {
  const out = join(tmp, 'out');
  await write(out, OLD);
  const target = await checkOutputDirectory(out);
  await Promise.all([NEW, NEXT, NEW].map((files) => writeOutputDirectory(target, files)));
  // Whoever comes last: nobody promises an order.
  const last = seedOfWholeResult(out);
  expect(['new', 'next']).toContain(last);
  expect(readdirSync(out).sort()).toEqual(Object.keys(last === 'new' ? NEW : NEXT).sort());
});
