// Threads that live through a whole comparison: they hold the plans of all worlds, and their code stays warm from batch to batch.
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { ReplicationProgress } from '../running/replicate.js';
import { isOutOfMemory, OutOfMemory, SimulationFault } from '../running/thread-failure.js';
import { type ArmJob, runArmJob } from './arm-job.js';
import type { ArmReply } from './arm-worker.js';

export type ArmProgress = (job: ArmJob, progress: ReplicationProgress) => void;

/** Runs lists of jobs, one list after the other. */
export interface ArmRunner {
  /**
   * Results in the order of the jobs; after an abort those of the jobs before the first unfinished one. Rejects with a SimulationFault if a
   * thread fails, and with OutOfMemory, which holds the same finished jobs, where its heap is full; then the runner is closed.
   */
  run(jobs: readonly ArmJob[], signal: AbortSignal, onProgress: ArmProgress): Promise<readonly ReplicationResult[]>;
  close(): Promise<void>;
}

/**
 * @param workers threads, >= 1; 0 = on the caller's own thread, where a signal is seen between replications.
 * The threads need the compiled `arm-worker.js` beside this module.
 */
export function openArmRunner(plans: readonly MeshPlan[], workers: number): ArmRunner {
  return workers === 0 ? inline(plans) : new ArmPool(plans, workers);
}

function inline(plans: readonly MeshPlan[]): ArmRunner {
  return {
    async run(jobs, signal, onProgress) {
      const results: ReplicationResult[] = [];
      for (const job of jobs) {
        await setImmediate();
        if (signal.aborted) break;
        results.push(runArmJob(plans, job, (progress) => onProgress(job, progress)));
      }
      return results;
    },
    close: () => Promise.resolve(),
  };
}

const WORKER_FILE = new URL('./arm-worker.js', import.meta.url);

/** A list of jobs under way. */
interface Order {
  readonly jobs: readonly ArmJob[];
  readonly results: (ReplicationResult | undefined)[];
  readonly onProgress: ArmProgress;
  readonly resolve: (results: readonly ReplicationResult[]) => void;
  readonly reject: (error: Error) => void;
  next: number;
  /** Jobs below this one are wanted: all, until a thread runs out of memory; then those before the one that it was at. */
  wanted: number;
}

class ArmPool implements ArmRunner {
  private readonly threads: Worker[] = [];
  private order: Order | null = null;
  private readonly jobOf = new Map<Worker, number>();
  private isClosed = false;

  constructor(
    private readonly plans: readonly MeshPlan[],
    private readonly workers: number,
  ) {
    if (!Number.isSafeInteger(workers) || workers < 1) throw new RangeError(`cannot run on ${workers} workers`);
  }

  run(jobs: readonly ArmJob[], signal: AbortSignal, onProgress: ArmProgress): Promise<readonly ReplicationResult[]> {
    if (this.order !== null || this.isClosed) throw new Error('the pool is busy or closed');
    if (jobs.length === 0 || signal.aborted) return Promise.resolve([]);
    const { promise, resolve, reject } = withResolvers();
    const order: Order = {
      jobs,
      results: new Array<undefined>(jobs.length).fill(undefined),
      onProgress,
      resolve,
      reject,
      next: 0,
      wanted: jobs.length,
    };
    this.order = order;
    const onAbort = (): void => {
      void this.close().then(() => resolve(firstFinished(order)));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    while (this.threads.length < Math.min(this.workers, jobs.length)) this.threads.push(this.start());
    for (const thread of this.threads) this.assign(thread);
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.order = null;
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private start(): Worker {
    const thread = new Worker(WORKER_FILE, { workerData: this.plans });
    thread.on('message', (reply: ArmReply) => this.take(thread, reply));
    thread.on('error', (error) => {
      if (isOutOfMemory(error)) this.stopShort(thread);
      else this.fail(`a simulation thread failed: ${error.stack ?? error.message}`);
    });
    // Of a thread without memory this comes after its error, when no more is expected of it.
    thread.on('exit', (code) => {
      if (this.order?.wanted === this.order?.jobs.length)
        this.fail(`a simulation thread ended early with code ${code}`);
    });
    return thread;
  }

  private assign(thread: Worker): void {
    const { order } = this;
    if (order === null || order.next >= order.wanted) return;
    const index = order.next++;
    this.jobOf.set(thread, index);
    thread.postMessage({ index, job: order.jobs[index] });
  }

  private take(thread: Worker, reply: ArmReply): void {
    const { order } = this;
    if (order === null) return;
    switch (reply.kind) {
      case 'progress':
        order.onProgress(reply.job, reply.progress);
        return;
      case 'failed':
        this.fail(`replication ${order.jobs[reply.index].options.replication} failed: ${reply.stack}`);
        return;
      case 'result':
        order.results[reply.index] = reply.result;
        this.assign(thread);
        this.endIfDone(order);
    }
  }

  /** The job that the thread was at, and so all after it, is given up; those before it go on. */
  private stopShort(thread: Worker): void {
    const { order } = this;
    if (order === null) return;
    order.wanted = Math.min(order.wanted, this.jobOf.get(thread) ?? 0);
    this.endIfDone(order);
  }

  private endIfDone(order: Order): void {
    const finished = firstFinished(order);
    if (finished.length < order.wanted) return;
    this.order = null;
    if (order.wanted === order.jobs.length) order.resolve(finished);
    else void this.close().then(() => order.reject(new OutOfMemory(finished)));
  }

  private fail(message: string): void {
    const { order, isClosed } = this;
    if (isClosed) return;
    void this.close().then(() => order?.reject(new SimulationFault(message)));
  }
}

function firstFinished({ results, wanted }: Order): ReplicationResult[] {
  const gap = results.indexOf(undefined);
  return results.slice(0, gap < 0 ? wanted : Math.min(gap, wanted)) as ReplicationResult[];
}

interface Deferred {
  readonly promise: Promise<readonly ReplicationResult[]>;
  readonly resolve: Order['resolve'];
  readonly reject: Order['reject'];
}

function withResolvers(): Deferred {
  let resolve: Order['resolve'] = () => {};
  let reject: Order['reject'] = () => {};
  const promise = new Promise<readonly ReplicationResult[]>((onResult, onError) => {
    resolve = onResult;
    reject = onError;
  });
  return { promise, resolve, reject };
}
