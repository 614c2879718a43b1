// What a timeline costs a run that it does not touch: the plans of plans.ts as they are, with one entry that comes at the end of the run, and with one that makes
// the pods slow of a workload that nobody calls. By turns, in user CPU, the least of each, since what else the
// machine does only adds: noise is what the two without any differ by.
import { MeshSimulation } from '../models/mesh/run/simulation.js';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import type { PodFaultPlan, TimelineEntryPlan } from '../models/plan/contract/timeline-plan.js';
import type { BenchRow } from './mesh.js';
import { bookinfoPlan } from './plans.js';

const NS_PER_S = 1_000_000_000;
const WARM_S = 5;
const END_S = 25;
const ROUNDS = 15;

export function benchUnaffected(): BenchRow[] {
  return (['lean', 'full'] as const).flatMap((kind) => {
    const plan = bookinfoPlan(kind);
    const unused = plan.workloads.length;
    const more: MeshPlan = { ...plan, workloads: [...plan.workloads, { ...plan.workloads[1], name: 'unused' }] };
    const late = { ...plan, timeline: [entry(1, { kind: 'kill' }, END_S - 1e-3, 0)] };
    const elsewhere = { ...more, timeline: [entry(unused, { kind: 'slow', factor: 2, addNs: 0 }, WARM_S, null)] };
    spentSeconds(plan);
    const seconds: [number[], number[], number[], number[]] = [[], [], [], []];
    const plans = [plan, late, elsewhere, plan];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, one] of plans.entries()) seconds[index]!.push(spentSeconds(one));
    }
    const [base, ...others] = seconds;
    const row = (name: string, index: 0 | 1 | 2): BenchRow => {
      const ratios = others[index].map((spent, round) => spent / base[round]!).sort((a, b) => a - b);
      const median = ratios[(ROUNDS - 1) / 2]!.toFixed(3);
      return {
        name: `${kind}: ${name}`,
        value: Math.min(...others[index]) / Math.min(...base),
        unit: `times, least by least (median of pairs ${median})`,
      };
    };
    return [
      row('a kill at the end of the run', 0),
      row('slow pods that nobody calls', 1),
      row('the same plan again', 2),
    ];
  });
}

function entry(workload: number, fault: PodFaultPlan, atS: number, durationNs: number | null): TimelineEntryPlan {
  const target = { workloads: [workload], localities: null, ordinals: [0], pods: { kind: 'all' } } as const;
  const startsNs = [Math.round(atS * NS_PER_S)];
  return { name: fault.kind, position: null, startsNs, durationNs, rampNs: 0, action: { kind: 'pods', target, fault } };
}

function spentSeconds(plan: MeshPlan): number {
  const simulation = new MeshSimulation(plan, {
    seed: 'bench',
    replication: 0,
    warmupNs: 0,
    durationNs: END_S * NS_PER_S,
    intervalNs: NS_PER_S,
    maxEvents: Number.POSITIVE_INFINITY,
  });
  simulation.runUntil(WARM_S * NS_PER_S);
  const { user } = process.cpuUsage();
  simulation.runUntil(END_S * NS_PER_S);
  return (process.cpuUsage().user - user) / 1e6;
}
