// May two samples come from one distribution? The statistic of Kolmogorov and Smirnov, which forgives values that differ by a little (as Lévy's metric
// does): what a machine adds to every latency is no difference of the distributions. Critical values by N. Smirnov (1939):
// sqrt(-Math.log(error / 2) / 2) * sqrt((n + m) / (n m)), conservative where values repeat.

/** By how much values may differ: by a share of them, and by so much in their unit. */
export interface Slack {
  readonly share: number;
  readonly by: number;
}

/** The distance that samples of these sizes exceed by chance with the probability `error`. */
export function critical(n: number, m: number, error: number): number {
  return n === 0 || m === 0 ? 0 : Math.sqrt(-Math.log(error / 2) / 2) * Math.sqrt((n + m) / (n * m));
}

/** Largest difference of the two distribution functions at points that are the slack apart; 1 where a sample is empty. */
export function distance(a: readonly number[], b: readonly number[], { share, by }: Slack): number {
  if (a.length === 0 || b.length === 0) return a.length === b.length ? 0 : 1;
  let most = 0;
  for (const x of [...a, ...b]) {
    const [low, high] = [x * (1 - share) - by, x * (1 + share) + by];
    most = Math.max(
      most,
      part(a, low) - part(b, x),
      part(b, low) - part(a, x),
      part(a, x) - part(b, high),
      part(b, x) - part(a, high),
    );
  }
  return most;
}

function part(sample: readonly number[], x: number): number {
  return sample.filter((one) => one <= x + 1e-9).length / sample.length;
}
