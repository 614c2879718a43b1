// What `npm run bench ratios` measures, each in a process of its own and in user CPU, which what else the machine does disturbs least.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINE_FLAGS } from '../cli/engine-flags.js';
import type { RunOptions } from '../models/mesh/run/run-options.js';
import { MeshSimulation } from '../models/mesh/run/simulation.js';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import { loadScenario } from '../scenarios/loading/load-scenario.js';
import { runReplications } from '../scenarios/running/pool.js';
import { BOOKINFO_FLOOR, type FloorShape, runFloor, treeFloor } from './floor.js';
import { bookinfoPlan } from './plans.js';
import { TREE_ATTEMPTS_PER_SECOND, TREE_BRANCHES, treeTexts } from './tree.js';

const NS_PER_S = 1_000_000_000;
const US_PER_S = 1_000_000;
const REPLICATIONS = 4;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Measure = () => number | Promise<number>;

/** By name; what a number is, its name says. */
export const MEASURES: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ['floor attempts/s', () => floor(BOOKINFO_FLOOR, 60)],
  ['floor 10 attempts/s', () => floor(treeFloor(10, TREE_BRANCHES, TREE_ATTEMPTS_PER_SECOND / 10), 20)],
  ['floor 1000 attempts/s', () => floor(treeFloor(1000, TREE_BRANCHES, TREE_ATTEMPTS_PER_SECOND / 1000), 20)],
  ['lean attempts/s', () => attemptsPerSecond(bookinfoPlan('lean'), 5, 60)],
  ['full attempts/s', () => attemptsPerSecond(bookinfoPlan('full'), 5, 40)],
  ['full simulated s/s', () => timesReal(bookinfoPlan('full'))],
  ...[10, 100, 300, 1000].map((services): [string, Measure] => [
    `tree ${services} attempts/s`,
    () => inTree(services, (folder) => attemptsPerSecond(planOf(folder), 2, services > 100 ? 4 : 8)),
  ]),
  ...[10, 250, 1000, 3000].map((services): [string, Measure] => [
    `plan ${services} s`,
    () => inTree(services, (folder) => userSeconds(() => planOf(folder))),
  ]),
  ['node s', () => childSeconds(['-e', '0'])],
  ['lint s', () => childSeconds([join(ROOT, 'dist/cli/main.js'), 'lint', join(ROOT, 'examples/minimal')])],
  ['lean bytes an attempt', () => bytesAnAttempt(bookinfoPlan('lean'))],
  ['full bytes an attempt', () => bytesAnAttempt(bookinfoPlan('full'))],
  ['1 worker wall s', () => wallSeconds(1)],
  ['2 workers wall s', () => wallSeconds(2)],
  [
    'tree 1000 MiB',
    () =>
      inTree(1000, (folder) => {
        attemptsPerSecond(planOf(folder), 2, 4);
        return process.resourceUsage().maxRSS / 1024;
      }),
  ],
]);

function floor(shape: FloorShape, seconds: number): number {
  runFloor(shape, 2);
  let attempts = 0;
  const spent = userSeconds(() => {
    attempts = runFloor(shape, seconds).attempts;
  });
  return attempts / spent;
}

/** A run that stands at `warmS` simulated seconds. */
function warmRun(plan: MeshPlan, warmS: number, seconds: number): MeshSimulation {
  const simulation = new MeshSimulation(plan, optionsOf(0, warmS + seconds));
  simulation.runUntil(warmS * NS_PER_S);
  return simulation;
}

function optionsOf(replication: number, seconds: number): RunOptions {
  return {
    seed: 'bench',
    replication,
    warmupNs: 0,
    durationNs: seconds * NS_PER_S,
    intervalNs: NS_PER_S,
    maxEvents: Number.POSITIVE_INFINITY,
  };
}

function attemptsPerSecond(plan: MeshPlan, warmS: number, seconds: number): number {
  const simulation = warmRun(plan, warmS, seconds);
  const before = attemptsOf(simulation);
  const spent = userSeconds(() => simulation.runUntil((warmS + seconds) * NS_PER_S));
  return (attemptsOf(simulation) - before) / spent;
}

function timesReal(plan: MeshPlan): number {
  const simulation = warmRun(plan, 5, 40);
  return 40 / userSeconds(() => simulation.runUntil(45 * NS_PER_S));
}

/** What the steady state allocates, in a young generation that is never collected meanwhile (see `flagsOf`). */
function bytesAnAttempt(plan: MeshPlan): number {
  const simulation = warmRun(plan, 20, 20);
  const attempts = attemptsOf(simulation);
  const bytes = process.memoryUsage().heapUsed;
  simulation.runUntil(40 * NS_PER_S);
  const used = process.memoryUsage().heapUsed - bytes;
  return used / (attemptsOf(simulation) - attempts);
}

/** Flags of Node that a measure needs, or that the program sets for what is measured. */
export function flagsOf(name: string): readonly string[] {
  if (name.includes('bytes an attempt')) return ['--min-semi-space-size=512', '--max-semi-space-size=512'];
  return name.startsWith('plan ') ? ENGINE_FLAGS : [];
}

function attemptsOf(simulation: MeshSimulation): number {
  return simulation.result().rows.reduce((sum, { attempts }) => sum + attempts, 0);
}

function userSeconds(run: () => void): number {
  const { user } = process.cpuUsage();
  run();
  return (process.cpuUsage().user - user) / US_PER_S;
}

/** User CPU of a Node process from its start to its end, as it says itself. */
function childSeconds(args: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-bench-'));
  const preload = join(folder, 'usage.cjs');
  writeFileSync(preload, `process.on('exit',()=>process.stderr.write('\\n'+process.cpuUsage().user))`);
  const { stderr } = spawnSync(process.execPath, ['-r', preload, ...args], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return Number(stderr.slice(stderr.lastIndexOf('\n') + 1)) / US_PER_S;
}

function inTree(services: number, measure: (folder: string) => number): number {
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-bench-'));
  const { mesh, scenario } = treeTexts(services);
  writeFileSync(join(folder, 'mesh.yaml'), mesh);
  writeFileSync(join(folder, 'scenario.yaml'), scenario);
  const value = measure(folder);
  rmSync(folder, { recursive: true });
  return value;
}

function planOf(folder: string): MeshPlan {
  const { plan, diagnostics } = loadScenario(join(folder, 'scenario.yaml'));
  if (plan === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return plan;
}

/** Replications of the lean plan on so many threads, start of the threads included: a matter of wall time. */
async function wallSeconds(workers: number): Promise<number> {
  const jobs = Array.from({ length: REPLICATIONS }, (_, replication) => optionsOf(replication, 240));
  const begin = performance.now();
  await runReplications(bookinfoPlan('lean'), jobs, workers);
  return (performance.now() - begin) / 1000;
}
