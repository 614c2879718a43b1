// The worker thread's side of the pool: takes one replication at a time, reports, and hands back its result.
import { parentPort, workerData } from 'node:worker_threads';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import type { WorkerReply } from './pool.js';
import { type ReplicationOptions, replicate } from './replicate.js';

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
