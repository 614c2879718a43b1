// Half of a large mesh dies at once: a tree of services (tree.ts) over two zones, the pods of one of which are killed. What that costs beside the same
// mesh without it, and how it grows with the mesh: a hundred services more should cost what the hundred before did.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MeshSimulation } from '../models/mesh/run/simulation.js';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import { loadScenario } from '../scenarios/loading/load-scenario.js';
import type { BenchRow } from './mesh.js';
import { treeTexts } from './tree.js';

const NS_PER_S = 1_000_000_000;
const MS = 1_000_000;
const SIZES = [250, 500, 1000];
const LOST_S = 4;
const END_S = 14;

export function benchZoneLoss(): BenchRow[] {
  return SIZES.flatMap((services) => {
    const { plan: calm, calmMs } = withoutLoss(services);
    const { killMs, afterMs, pods } = withLoss(services);
    return [
      { name: `zone lost, ${services} services: pods killed`, value: pods, unit: '' },
      { name: `zone lost, ${services} services: the instant itself`, value: killMs, unit: 'ms' },
      { name: `zone lost, ${services} services: ${END_S - LOST_S} s after it`, value: afterMs, unit: 'ms' },
      { name: `zone lost, ${services} services: the same ${END_S - LOST_S} s without it`, value: calmMs, unit: 'ms' },
      { name: `zone lost, ${services} services: pods of the mesh`, value: podsOf(calm), unit: '' },
      {
        name: `zone lost, ${services} services: largest memory so far`,
        value: process.resourceUsage().maxRSS / 1024,
        unit: 'MiB',
      },
    ];
  });
}

function withoutLoss(services: number): { readonly plan: MeshPlan; readonly calmMs: number } {
  const plan = planOf(services, '');
  const simulation = runOf(plan);
  simulation.runUntil(LOST_S * NS_PER_S + MS);
  return { plan, calmMs: spentMs(() => simulation.runUntil(END_S * NS_PER_S)) };
}

function withLoss(services: number): { readonly killMs: number; readonly afterMs: number; readonly pods: number } {
  const simulation = runOf(planOf(services, `\n  timeline: [{ at: ${LOST_S}s, kill: { zone: region/a } }]`));
  simulation.runUntil(LOST_S * NS_PER_S - MS);
  const killMs = spentMs(() => simulation.runUntil(LOST_S * NS_PER_S + MS));
  const afterMs = spentMs(() => simulation.runUntil(END_S * NS_PER_S));
  return {
    killMs,
    afterMs,
    pods: (simulation.result().happenings ?? []).filter(({ kind }) => kind === 'pod killed').length,
  };
}

function runOf(plan: MeshPlan): MeshSimulation {
  return new MeshSimulation(plan, {
    seed: 'bench',
    replication: 0,
    warmupNs: 0,
    durationNs: END_S * NS_PER_S,
    intervalNs: NS_PER_S,
    maxEvents: Number.POSITIVE_INFINITY,
  });
}

function spentMs(run: () => void): number {
  const { user } = process.cpuUsage();
  run();
  return (process.cpuUsage().user - user) / 1000;
}

function podsOf({ workloads }: MeshPlan): number {
  return workloads.reduce((sum, { podLocalities }) => sum + podLocalities.length, 0);
}

function planOf(services: number, timeline: string): MeshPlan {
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-bench-'));
  const { mesh, scenario } = treeTexts(services);
  const zones = '\n  zones: [region/a, region/b]';
  writeFileSync(join(folder, 'mesh.yaml'), mesh);
  writeFileSync(
    join(folder, 'scenario.yaml'),
    `${scenario.trimEnd()}${zones}${timeline}\n`.replace('warmup: 2s', 'warmup: 0s'),
  );
  const { plan, diagnostics } = loadScenario(join(folder, 'scenario.yaml'));
  rmSync(folder, { recursive: true });
  if (plan === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return plan;
}
