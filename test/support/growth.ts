// How often each part of the code is executed, counted by V8's precise coverage: exact numbers, on every machine the same, and no clock. What grows
// faster than its input shows at once, with the name of the function. Modules must be loaded after the counting has begun: V8 counts the blocks
// of what it compiles from then on.
import { Session } from 'node:inspector';

/** Executions by function and block, `models/plan/graph/graph.ts complete 2712` with the offset of the block. */
export type Counts = ReadonlyMap<string, number>;

export interface Counter {
  /** What a function executes, of the files whose paths match. */
  count(run: () => unknown, files: RegExp): Counts;
  stop(): void;
}

export function startCounting(): Counter {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const take = (): Counts => {
    const counts = new Map<string, number>();
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      for (const { url, functions } of result) {
        for (const { functionName, ranges } of functions) {
          for (const { startOffset, count } of ranges) {
            const name = `${url} ${functionName} ${startOffset}`;
            counts.set(name, (counts.get(name) ?? 0) + count);
          }
        }
      }
    });
    return counts;
  };
  return {
    count(run, files) {
      take();
      run();
      return new Map([...take()].filter(([name]) => files.test(name)));
    },
    stop() {
      session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}

/**
 * What is executed more than `factor` times as often in `large` as in `small`, by its name: both counts. What `small` does not execute at all, and what
 * `large` executes less than `ignored` times, is left out.
 */
export function growingFaster(small: Counts, large: Counts, factor: number, ignored: number): Map<string, string> {
  const found = [...large].filter(
    ([name, count]) => count >= ignored && count > factor * (small.get(name) ?? Number.POSITIVE_INFINITY),
  );
  return new Map(found.map(([name, count]) => [name, `${small.get(name)} -> ${count}`]));
}
