// A worker thread that knows the plans of all worlds and runs one replication of one of them at a time.
import { parentPort, workerData } from 'node:worker_threads';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { ReplicationProgress } from '../running/replicate.js';
import { type ArmJob, runArmJob } from './arm-job.js';

export type ArmReply =
  | { readonly kind: 'progress'; readonly job: ArmJob; readonly progress: ReplicationProgress }
  | { readonly kind: 'result'; readonly index: number; readonly result: ReplicationResult }
  | { readonly kind: 'failed'; readonly index: number; readonly stack: string };

const plans = workerData as readonly MeshPlan[];
const port = parentPort;

port?.on('message', ({ index, job }: { index: number; job: ArmJob }) => {
  const tell = (reply: ArmReply): void => port.postMessage(reply);
  try {
    const result = runArmJob(plans, job, (progress) => tell({ kind: 'progress', job, progress }));
    tell({ kind: 'result', index, result });
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell({ kind: 'failed', index, stack });
  }
});
