// Processor sharing under a CPU quota once more, as slowly and plainly as possible: exact fractions, period by period, every job's
// remaining work by itself. The reference that the fast station is compared with. Times are whole units; at most 8 jobs at once.

export interface ReferenceVisit {
  readonly arriveNs: number;
  readonly demandNs: number;
  /** Leaves at this time if it is still there; null = stays. */
  readonly abandonNs: number | null;
}

export interface ReferenceOptions {
  readonly cores: 1 | 2 | 4;
  readonly quotaNs: number | null;
  readonly periodNs: number;
  readonly phaseNs: number;
}

export interface ReferenceResult {
  /** End of service by visit, null if it left before. */
  readonly endsNs: readonly (number | null)[];
  readonly usedNs: number;
  readonly throttledNs: number;
  readonly throttledPeriods: number;
}

/** Fractions are counted in units of 1 / SCALE: divisible by 1..8, by the products that occur, and by 1024. */
const SCALE = 840n * 1024n * 64n;
/** Service that is taken for rounding noise, as the station declares. */
const NOISE = SCALE / 1024n;

export function simulateProcessorSharing(
  visits: readonly ReferenceVisit[],
  options: ReferenceOptions,
): ReferenceResult {
  const cores = BigInt(options.cores);
  const period = BigInt(options.periodNs) * SCALE;
  const quota = options.quotaNs === null ? cores * period : BigInt(options.quotaNs) * SCALE;
  const endsNs: (number | null)[] = visits.map(() => null);
  const remaining = new Map<number, bigint>();
  let now = 0n;
  let pool = quota;
  let boundary = BigInt(options.phaseNs) * SCALE;
  if (boundary === 0n) boundary = period;
  let used = 0n;
  let throttled = 0n;
  let throttledPeriods = 0;
  let counted = false;

  const changes = visits.flatMap((visit, job) => {
    const arrival = { atNs: visit.arriveNs, rank: 1, job, leaves: false };
    if (visit.abandonNs === null) return [arrival];
    return [arrival, { atNs: visit.abandonNs, rank: visit.abandonNs === visit.arriveNs ? 2 : 0, job, leaves: true }];
  });
  changes.sort((a, b) => a.atNs - b.atNs || a.rank - b.rank || a.job - b.job);

  /** Runs to `until`; everything that is there gets its share of what runs. */
  function runTo(until: bigint): void {
    while (now < until) {
      const stop = boundary < until ? boundary : until;
      const jobs = BigInt(remaining.size);
      const drain = jobs < cores ? jobs : cores;
      const span = stop - now;
      let run = span;
      if (drain > 0n && drain * span > pool) {
        run = exact(pool, drain);
        throttled += span - run;
        if (!counted) throttledPeriods++;
        counted = true;
      }
      pool -= drain * run;
      used += drain * run;
      for (const [job, left] of remaining) remaining.set(job, left - exact(run * drain, jobs));
      now = stop;
      if (now === boundary) {
        pool = quota;
        counted = false;
        boundary += period;
      }
    }
  }

  /** The job that is the next to end if nothing changes, and when. */
  function nextEnd(): { job: number; at: bigint } | null {
    let job = -1;
    for (const [candidate, left] of remaining) {
      if (job < 0 || left < (remaining.get(job) ?? 0n)) job = candidate;
    }
    if (job < 0) return null;
    const jobs = BigInt(remaining.size);
    const drain = jobs < cores ? jobs : cores;
    let need = exact((remaining.get(job) ?? 0n) * jobs, drain) - NOISE;
    if (need <= 0n) return { job, at: now };
    let at = now;
    let left = pool;
    let end = boundary;
    for (;;) {
      const possible = drain * (end - at) > left ? exact(left, drain) : end - at;
      if (need <= possible) return { job, at: roundUp(at + need) };
      need -= possible;
      at = end;
      end += period;
      left = quota;
    }
  }

  function endAllUntil(limit: bigint | null): void {
    for (;;) {
      const next = nextEnd();
      if (next === null || (limit !== null && next.at > limit)) return;
      runTo(next.at);
      remaining.delete(next.job);
      endsNs[next.job] = Number(next.at / SCALE);
    }
  }

  for (const change of changes) {
    const at = BigInt(change.atNs) * SCALE;
    endAllUntil(at);
    runTo(at);
    if (change.leaves) remaining.delete(change.job);
    else remaining.set(change.job, BigInt(visits[change.job].demandNs) * SCALE);
  }
  endAllUntil(null);
  return { endsNs, usedNs: scaled(used), throttledNs: scaled(throttled), throttledPeriods };
}

function exact(numerator: bigint, denominator: bigint): bigint {
  if (numerator % denominator !== 0n) throw new Error('the scale of the reference is too coarse');
  return numerator / denominator;
}

function roundUp(value: bigint): bigint {
  const rest = value % SCALE;
  return rest === 0n ? value : value - rest + SCALE;
}

function scaled(value: bigint): number {
  return Number(value) / Number(SCALE);
}
