// How fast the simulator is, as ratios of what was measured by turns on one machine: they hold on any machine, and on a busy one. Each round measures
// everything once; a ratio is the median over the rounds.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { flagsOf, MEASURES } from './measures.js';
import type { BenchRow } from './mesh.js';

const ROUNDS = 5;

interface Ratio {
  readonly name: string;
  readonly of: string;
  /** null: the number itself. */
  readonly to: string | null;
  readonly bar: string;
}

const RATIOS: readonly Ratio[] = [
  { name: 'lean / floor', of: 'lean attempts/s', to: 'floor attempts/s', bar: '>= 0.7' },
  { name: 'full / floor', of: 'full attempts/s', to: 'floor attempts/s', bar: '>= 0.35' },
  { name: '1000 services / 10', of: 'tree 1000 attempts/s', to: 'tree 10 attempts/s', bar: '>= 0.6' },
  { name: '300 services / 10', of: 'tree 300 attempts/s', to: 'tree 10 attempts/s', bar: '' },
  { name: '100 services / 10', of: 'tree 100 attempts/s', to: 'tree 10 attempts/s', bar: '' },
  { name: '1000 services / 10, floor', of: 'floor 1000 attempts/s', to: 'floor 10 attempts/s', bar: '' },
  { name: 'load + plan, 1000 / 10', of: 'plan 1000 s', to: 'plan 10 s', bar: '<= 12' },
  { name: 'load + plan, 1000 / 250', of: 'plan 1000 s', to: 'plan 250 s', bar: '' },
  { name: 'load + plan, 3000 / 1000', of: 'plan 3000 s', to: 'plan 1000 s', bar: '<= 3.3' },
  { name: 'lint of two files / bare node', of: 'lint s', to: 'node s', bar: '<= 3' },
  { name: '1 worker / 2 workers, wall', of: '1 worker wall s', to: '2 workers wall s', bar: '>= 1.85' },
  { name: 'full at 1000 pages/s, simulated / real time', of: 'full simulated s/s', to: null, bar: '' },
  { name: 'lean, bytes allocated an attempt', of: 'lean bytes an attempt', to: null, bar: '<= 48' },
  { name: 'full, bytes allocated an attempt', of: 'full bytes an attempt', to: null, bar: '<= 100' },
  { name: 'memory of a run of 1000 services, MiB', of: 'tree 1000 MiB', to: null, bar: '' },
];

export function benchRatios(): BenchRow[] {
  const needed = [...new Set(RATIOS.flatMap(({ of, to }) => (to === null ? [of] : [of, to])))];
  const rounds = Array.from({ length: ROUNDS }, () => new Map(needed.map((name) => [name, measured(name)])));
  return RATIOS.map(({ name, of, to, bar }) => {
    const values = rounds.map((round) => round.get(of)! / (to === null ? 1 : round.get(to)!));
    return { name, value: median(values), unit: bar };
  });
}

function measured(name: string): number {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const text = execFileSync(process.execPath, [...flagsOf(name), main, '--measure', name], { encoding: 'utf8' });
  return Number(text);
}

/** One measure, in this process. */
export async function measure(name: string): Promise<number> {
  const run = MEASURES.get(name);
  if (run === undefined) throw new RangeError(`nothing is measured under the name "${name}"`);
  return await run();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
