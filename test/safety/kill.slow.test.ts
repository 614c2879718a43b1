// 200 runs that are killed with SIGKILL, most of them while they write: always the old or the new result, and the next run leaves nothing behind.
import { spawn } from 'node:child_process';
import { readdirSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isBuilt, MAIN, NOT_BUILT } from '../cli/script.js';
import { SHORT, seatrialIn, workspace } from './command.js';
import { seedOfWholeResult } from './result-directory.js';

const ROUNDS = 200;
/** In so many directories at the same time. */
const LANES = 2;
const PATIENCE_MS = 3_600_000;
/** One round in so many is killed at any time of the run; the others from the first change of the directory on. */
const ANY_TIME_EVERY = 10;
/** About as long as a run, and as a write, take on a machine that is not busy. */
const RUN_MS = 1500;
const WRITE_MS = 60;

function words(seed: string): string[] {
  return ['run', 'mesh', ...SHORT, '--format', 'csv,md', '--quiet', '--seed', seed, '--out', 'out'];
}

/** Runs until a moment after its first change in the directory, or until it ends. @returns whether it was killed before it was done. */
async function runAndKill(cwd: string, seed: string, share: number, isAnyTime: boolean): Promise<boolean> {
  const child = spawn(process.execPath, [MAIN, ...words(seed)], { cwd, stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('exit', (_, signal) => resolve(signal));
  });
  let isPlanned = false;
  const plan = (ms: number): void => {
    if (isPlanned) return;
    isPlanned = true;
    setTimeout(() => child.kill('SIGKILL'), ms);
  };
  const watcher = watch(join(cwd, 'out'), () => plan(share * WRITE_MS));
  if (isAnyTime) plan(share * RUN_MS);
  const signal = await ended;
  watcher.close();
  return signal === 'SIGKILL';
}

/** Numbers in [0, 1) from a fixed seed (Park and Miller, CACM 31, 1988). */
function shares(lane: number): () => number {
  let state = 20261130 + lane;
  return () => {
    state = (state * 48271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
}

describe.skipIf(!isBuilt)(`kill -9${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test.concurrent.each(Array.from({ length: LANES }, (_, lane) => lane))(
    `${ROUNDS / LANES} rounds, lane %i`,
    async (lane) => {
      const cwd = workspace();
      const next = shares(lane);
      expect(seatrialIn(words('first'), { cwd }).status).toBe(0);
      let before: string | null = 'first';
      const count = { killed: 0, old: 0, new: 0 };
      for (let round = 0; round < ROUNDS / LANES; round++) {
        const seed = `round-${round}`;
        const isKilled = await runAndKill(cwd, seed, next(), round % ANY_TIME_EVERY === 0);
        const found = seedOfWholeResult(join(cwd, 'out'));
        expect([before, seed], `round ${round}`).toContain(found);
        if (!isKilled) expect(found).toBe(seed);
        if (isKilled) count.killed += 1;
        count[found === seed ? 'new' : 'old'] += 1;
        before = found;
      }
      console.info(`${count.killed} killed: ${count.old} times the old result, ${count.new} times the new one`);
      expect(count.killed).toBeGreaterThan(0);
      expect(seatrialIn(words('last'), { cwd }).status).toBe(0);
      expect(seedOfWholeResult(join(cwd, 'out'))).toBe('last');
      expect(readdirSync(join(cwd, 'out')).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(readdirSync(cwd).sort()).toEqual(['mesh', 'out']);
      rmSync(cwd, { recursive: true, force: true });
    },
    PATIENCE_MS,
  );
});
