// How fast a whole mesh is simulated: attempts and events a second of the lean and the full plan, and whether memory stays flat.
import { MeshSimulation } from '../models/mesh/run/simulation.js';
import { bookinfoPlan } from './plans.js';

const NS_PER_S = 1_000_000_000;
const SIMULATED_S = 120;

export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Runs one plan for some simulated minutes on this thread. */
export function benchMesh(kind: 'lean' | 'full'): BenchRow[] {
  const plan = bookinfoPlan(kind);
  const options = {
    seed: 'bench',
    warmupNs: 0,
    durationNs: SIMULATED_S * NS_PER_S,
    intervalNs: NS_PER_S,
    maxEvents: Number.POSITIVE_INFINITY,
  };
  new MeshSimulation(plan, { ...options, replication: 1 }).runUntil(20 * NS_PER_S);
  const simulation = new MeshSimulation(plan, { ...options, replication: 0 });
  simulation.runUntil(20 * NS_PER_S);
  const heapEarly = process.memoryUsage().heapUsed;
  const peakEarly = simulation.population;
  const eventsEarly = simulation.events;
  const attemptsEarly = attempts(simulation);
  const startNs = process.hrtime.bigint();
  simulation.runUntil(SIMULATED_S * NS_PER_S);
  const seconds = Number(process.hrtime.bigint() - startNs) / NS_PER_S;
  const events = simulation.events - eventsEarly;
  const made = attempts(simulation) - attemptsEarly;
  return [
    { name: `${kind}: attempts`, value: made / seconds, unit: '1/s' },
    { name: `${kind}: events`, value: events / seconds, unit: '1/s' },
    { name: `${kind}: events an attempt`, value: events / made, unit: '' },
    {
      name: `${kind}: heap growth from 20 s to ${SIMULATED_S} s`,
      value: (process.memoryUsage().heapUsed - heapEarly) / 1e6,
      unit: 'MB',
    },
    { name: `${kind}: calls in flight, early`, value: peakEarly.calls, unit: '' },
    { name: `${kind}: calls in flight, at the end`, value: simulation.population.calls, unit: '' },
  ];
}

function attempts(simulation: MeshSimulation): number {
  let made = 0;
  for (const row of simulation.result().rows) made += row.attempts;
  return made;
}
