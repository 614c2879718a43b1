// Waiting on the machine's clock, to a fraction of a millisecond: a timer until shortly before, then turns of the event loop.

const COARSE_MS = 1.5;

/** Resolves at `atMs` of `performance.now()`, not before; at once if that is past. */
export function until(atMs: number): Promise<void> {
  return new Promise((resolve) => {
    const turn = (): void => {
      if (performance.now() >= atMs) resolve();
      else setImmediate(turn);
    };
    const leftMs = atMs - performance.now();
    if (leftMs > COARSE_MS) setTimeout(turn, Math.floor(leftMs - 1));
    else turn();
  });
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Asks again until `ask` gives something, at most `boundMs`; then throws with what was waited for. */
export async function poll<T>(what: string, boundMs: number, ask: () => Promise<T | null>): Promise<T> {
  const endMs = performance.now() + boundMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > endMs) throw new Error(`gave up after ${boundMs} ms: ${what}`);
    await sleep(20);
  }
}
