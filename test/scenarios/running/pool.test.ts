// Worker threads: they load compiled files, so these tests run on what `npm run build` made.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type * as PoolModule from '../../../scenarios/running/pool.js';
import type { ReplicationProgress } from '../../../scenarios/running/replicate.js';
import { runReplicationsInline } from '../../../scenarios/running/replicate.js';
import { poisson, smallPlan } from '../../support/plans.js';

const POOL = join(import.meta.dirname, '../../../dist/scenarios/running/pool.js');
const isBuilt = existsSync(POOL);

const PLAN = smallPlan({ arrivals: [poisson(100)], pods: 2 });

function jobs(n: number, durationNs = 2e9) {
  return Array.from({ length: n }, (_, replication) => ({
    seed: 'pool',
    replication,
    warmupNs: 1e8,
    durationNs,
    intervalNs: durationNs / 20,
    maxEvents: 1e12,
  }));
}

describe.skipIf(!isBuilt)(
  `the pool${isBuilt ? '' : ' (dist/scenarios/running/pool.js is missing: npm run build)'}`,
  async () => {
    const { runReplications } = isBuilt
      ? ((await import(pathToFileURL(POOL).href)) as typeof PoolModule)
      : { runReplications: () => Promise.reject(new Error('not built')) };

    it('gives the same bytes on one thread, on several and inline, in the order of the jobs', async () => {
      const inline = JSON.stringify(runReplicationsInline(PLAN, jobs(5)));
      for (const workers of [1, 2, 4]) {
        expect(JSON.stringify(await runReplications(PLAN, jobs(5), workers))).toBe(inline);
      }
    });

    it('reports each replication', async () => {
      const seen: ReplicationProgress[] = [];
      await runReplications(PLAN, jobs(3), 2, { onProgress: (progress) => seen.push(progress) });
      const finished = seen.filter((progress) => progress.finished);
      expect(finished.map(({ replication }) => replication).sort()).toEqual([0, 1, 2]);
      expect(finished.every(({ simulatedNs, totalNs, events }) => simulatedNs === totalNs && events > 0)).toBe(true);
    });

    it('stops at once and keeps the first finished ones', async () => {
      const stop = new AbortController();
      const long = [...jobs(2), ...jobs(4, 1e15).slice(2)];
      const running = runReplications(PLAN, long, 2, {
        signal: stop.signal,
        onProgress: ({ replication }) => {
          if (replication === 3) stop.abort();
        },
      });
      const results = await running;
      expect(results.map(({ replication }) => replication)).toEqual([0, 1]);
      expect(JSON.stringify(results)).toBe(JSON.stringify(runReplicationsInline(PLAN, jobs(2))));
    });

    it('does nothing for a signal that came before', async () => {
      expect(await runReplications(PLAN, jobs(2), 2, { signal: AbortSignal.abort() })).toEqual([]);
    });

    it('rejects with one clear fault where a thread fails', async () => {
      const broken = { ...PLAN, traffic: [{ ...PLAN.traffic[0], client: 99 }] };
      const fault = await runReplications(broken, jobs(2), 2).catch((error: unknown) => error);
      expect(fault).toMatchObject({
        name: 'SimulationFault',
        message: expect.stringMatching(/^replication [01] failed: /),
      });
    });

    it('refuses a number of workers that is none', () => {
      expect(() => runReplications(PLAN, jobs(1), 0)).toThrow(RangeError);
    });
  },
);
