// May two samples come from one distribution? The statistic of Kolmogorov and Smirnov, which forgives values that differ by a share (as Lévy's metric
// does): what a machine adds to every latency is no difference of the distributions. Critical values by N. Smirnov (1939):
// sqrt(-Math.log(error / 2) / 2) * sqrt((n + m) / (n m)), conservative where values repeat.

export function mayBeOne(
  theirs: readonly number[],
  ours: readonly number[],
  { share, error }: { readonly share: number; readonly error: number },
): boolean {
  const n = theirs.length;
  const m = ours.length;
  if (n === 0 || m === 0) return false;
  const critical = Math.sqrt(-Math.log(error / 2) / 2) * Math.sqrt((n + m) / (n * m));
  return distance(theirs, ours, share) <= critical;
}

/** Largest difference of the two distribution functions at points that are a share apart. */
export function distance(a: readonly number[], b: readonly number[], share: number): number {
  let most = 0;
  for (const x of [...a, ...b]) {
    const [low, high] = [x * (1 - share), x * (1 + share)];
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
