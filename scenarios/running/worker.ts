// The worker thread's side of the pool: takes one replication at a time, reports, and hands back its result.
import { parentPort, workerData } from 'node:worker_threads';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { type ReplicationOptions, type ReplicationProgress, replicate } from './replicate.js';

export type WorkerReply =
  | { readonly kind: 'progress'; readonly progress: ReplicationProgress }
  | { readonly kind: 'result'; readonly job: number; readonly result: ReplicationResult }
  | { readonly kind: 'failed'; readonly job: number; readonly stack: string };

const plan = workerData as MeshPlan;

function post(reply: WorkerReply): void {
  parentPort?.postMessage(reply);
}

parentPort?.on('message', ({ job, options }: { job: number; options: ReplicationOptions }) => {
  try {
    const result = replicate(plan, options, (progress) => post({ kind: 'progress', progress }));
    post({ kind: 'result', job, result });
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    post({ kind: 'failed', job, stack });
  }
});
