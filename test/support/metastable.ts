// The experiment of a metastable failure (examples/incidents/05-metastable-failure): its course by second, and its arms with other numbers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadMesh, type RunResult, type ScenarioSpec, simulate } from '../../scenarios/library.js';

export const METASTABLE = join(import.meta.dirname, '../../examples/incidents/05-metastable-failure');
const MESH = readFileSync(join(METASTABLE, 'mesh.yaml'), 'utf8');

/** By second: answers that were good in time, and attempts at the primary. */
export interface Course {
  readonly good: readonly number[];
  readonly attempts: readonly number[];
  readonly total: number;
}

export function courseOf({ series }: RunResult): Course {
  const { servedPerSecond, errorsPerSecond } = series.traffic[0]!;
  const { arrivalsPerSecond } = series.workloads.find(({ name }) => name === 'primary.default')!;
  const width = 1 / series.intervalSeconds;
  const second = (values: readonly number[], at: number): number =>
    Array.from({ length: width }, (_, i) => values[at * width + i]!).reduce((sum, value) => sum + value, 0) / width;
  const seconds = Array.from({ length: 160 }, (_, at) => at);
  const attempts = seconds.map((at) => second(arrivalsPerSecond, at));
  return {
    good: seconds.map((at) => second(servedPerSecond, at) - second(errorsPerSecond, at)),
    attempts,
    total: attempts.reduce((sum, value) => sum + value, 0),
  };
}

/** The experiment with the numbers of its script: rate, share of the CPU that is taken, for how long, resends of the client. */
export async function experiment(rate: number, share: string, seconds: number, retries = 4): Promise<Course> {
  const scenario: ScenarioSpec = {
    run: { duration: '160s', warmup: '0s', replications: 1 },
    traffic: [{ name: 'inserts', to: 'http://client/', rate, arrivals: 'constant' }],
    services: {
      client: { steps: [{ call: 'primary', timeout: '3s', retries }] },
      primary: { cpu: '1ms', workers: 1 },
    },
    network: { sameZone: '0ms', crossZone: '0ms', external: '0ms' },
    timeline: [{ at: '60s', for: `${seconds}s`, stealCpu: { workload: 'primary', share } }],
  };
  return courseOf(await simulate(loadMesh([{ name: 'mesh.yaml', text: MESH }], { scenario }), { workers: 0 }));
}
