// What a run knows is not lost when it meets a bound: of events, of memory, of a disk.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isBuilt, NOT_BUILT, ROOT } from '../cli/script.js';
import { poisson, smallPlan, work } from '../support/plans.js';
import { complaintOf, SHORT, seatrialIn, workspace } from './command.js';

const FULL_DEVICE = '/dev/full';
const PATIENCE_MS = 300_000;

let cwd: string;

beforeEach(() => {
  cwd = workspace();
});
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

interface Written {
  readonly verdict: string;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly totals: { readonly servedPerSecond: { readonly value: number | null } };
  readonly series: { readonly intervals: number };
}

function written(name: string): Written {
  return JSON.parse(readFileSync(join(cwd, 'out', name), 'utf8')) as Written;
}

describe.skipIf(!isBuilt)(`bounds${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test.each([
    { maxEvents: 1000, where: 'in the warm-up' },
    { maxEvents: 2500, where: 'in the measured window' },
  ])(
    'maxEvents $maxEvents, reached $where: exit 4, and the results of what was simulated',
    ({ maxEvents, where }) => {
      const bound = ['--set', `scenario:spec.run.maxEvents=${maxEvents}`, '--replications', '2', '--quiet'];
      const isMeasured = where !== 'in the warm-up';
      const run = seatrialIn(['run', 'mesh', ...bound, '--out', 'out'], { cwd });
      expect([run.status, run.stderr]).toEqual([4, '']);
      const { verdict, warnings, totals, series } = written('results.json');
      expect(verdict).toBe('inconclusive');
      const [stopped] = warnings.filter(({ code }) => code === 'stopped-early');
      expect(stopped?.message).toContain('2 of 2 replications hit the bound of events');
      expect(stopped?.message.includes('nothing was measured')).toBe(!isMeasured);
      expect(totals.servedPerSecond.value === null).toBe(!isMeasured);
      expect(series.intervals > 0).toBe(isMeasured);
      for (const name of readdirSync(join(cwd, 'out')).filter((file) => !file.endsWith('.html'))) {
        expect(readFileSync(join(cwd, 'out', name), 'utf8'), name).not.toMatch(/\bNaN\b|\bInfinity\b/);
      }
      const change = ['--set', 'Deployment/default/greeter:spec.replicas=3'];
      const diff = seatrialIn(['diff', 'mesh', 'mesh', ...change, ...bound, '--out', 'diff'], { cwd });
      expect([diff.status, diff.stderr]).toEqual([4, '']);
    },
    PATIENCE_MS,
  );

  test.skipIf(!existsSync(FULL_DEVICE))(
    'standard output on a full device: exit 2 with one line, and the results are written',
    () => {
      const stdout = openSync(FULL_DEVICE, 'w');
      const outcome = seatrialIn(['run', 'mesh', ...SHORT, '--format', 'none', '--out', 'out', '--json'], {
        cwd,
        stdout,
      });
      expect(complaintOf(outcome).split('\n')[0]).toMatch(/^error: cannot write to standard output: ENOSPC/);
      expect(readdirSync(join(cwd, 'out'))).toContain('results.json');
      expect(complaintOf(seatrialIn(['schema', 'results'], { cwd, stdout }))).toMatch(/^error: cannot write .*\n$/);
      closeSync(stdout);
    },
    PATIENCE_MS,
  );

  test(
    'a disk that takes nothing: the summary is shown, then exit 2 says so',
    () => {
      // A limit on the size of files is a disk that is full for the larger ones.
      const words = ['run', 'mesh', ...SHORT, '--format', 'none', '--out', 'out'].map((word) => `'${word}'`).join(' ');
      const main = join(ROOT, 'dist/cli/main.js');
      const shell = `trap '' XFSZ; ulimit -f 8; '${process.execPath}' '${main}' ${words} | cat`;
      const outcome = spawnSync('bash', ['-o', 'pipefail', '-c', shell], { cwd, encoding: 'utf8' });
      expect(complaintOf(outcome)).toMatch(/^error: cannot write out: EFBIG.*\n {2}help: .*\n$/);
      expect(outcome.stdout).toContain('minimal');
      expect(outcome.stdout).toContain('visitors');
      expect(existsSync(join(cwd, 'out'))).toBe(false);
    },
    PATIENCE_MS,
  );

  test(
    'a thread out of memory before the first replication is done: exit 2, and the option that gives more',
    () => {
      const words = [
        'run',
        'mesh',
        '--set',
        'scenario:spec.traffic[0].rate=20000/s',
        '--duration',
        '60s',
        '--out',
        'out',
      ];
      const outcome = seatrialIn([...words, '--workers', '1'], { cwd, nodeOptions: ['--max-old-space-size=48'] });
      expect(complaintOf(outcome)).toContain('a simulation thread ran out of memory');
      expect(outcome.stderr).toContain('NODE_OPTIONS=--max-old-space-size=');
      expect(existsSync(join(cwd, 'out'))).toBe(false);
    },
    PATIENCE_MS,
  );

  test.each(['running/pool.js', 'compare/arm-pool.js'])(
    'a thread out of memory later, in %s: the replications before that are there',
    (module) => {
      // Nothing is ever answered, and the third replication is longer than the others: what waits grows for ever.
      const plan = smallPlan({ arrivals: [poisson(20_000)], pods: 1, program: [work(1e15)] });
      const job = (replication: number, durationNs: number) => ({
        seed: 'memory',
        replication,
        warmupNs: 0,
        durationNs,
        intervalNs: durationNs / 20,
        maxEvents: 1e12,
      });
      const jobs = [job(0, 1e7), job(1, 1e7), job(2, 1e13), job(3, 1e7)];
      const script = `
        import { deserialize } from 'node:v8';
        const [module, words] = process.argv.slice(2);
        const { runReplications, openArmRunner } = await import(module);
        const { plan, jobs } = deserialize(Buffer.from(words, 'base64'));
        const running = runReplications
          ? runReplications(plan, jobs, 1)
          : openArmRunner([plan], 1).run(
              jobs.map((own) => ({ arm: 0, isPilot: false, options: own })), new AbortController().signal, () => {});
        const error = await running.then(() => null, (reason) => reason);
        console.log(error.name, error.finished?.map(({ replication }) => replication).join() ?? error.message);
      `;
      const url = pathToFileURL(join(ROOT, 'dist/scenarios', module)).href;
      writeFileSync(join(cwd, 'script.mjs'), script);
      const words = ['--max-old-space-size=48', 'script.mjs', url, serialize({ plan, jobs }).toString('base64')];
      const { stdout, stderr } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8', timeout: PATIENCE_MS });
      expect([stdout, stderr]).toEqual(['OutOfMemory 0,1\n', '']);
    },
    PATIENCE_MS,
  );
});
