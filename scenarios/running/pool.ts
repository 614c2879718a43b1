// Replications on several threads. Each thread gets the plan once and then one replication after the other; the results come
// back in the order of the jobs, so that they are the same for one thread and for many.
import { Worker } from 'node:worker_threads';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { ReplicateOptions, ReplicationOptions } from './replicate.js';
import { isOutOfMemory, OutOfMemory, SimulationFault } from './thread-failure.js';
import type { WorkerReply } from './worker.js';

const WORKER_FILE = new URL('./worker.js', import.meta.url);

/**
 * Runs the jobs on up to `workers` threads (an integer >= 1). Results come in the order of the jobs. After an abort the threads are
 * stopped at once and only the finished jobs before the first unfinished one count, so that the same can be run again by number.
 * Rejects with a SimulationFault if a thread fails, and with OutOfMemory, which holds the same finished jobs, where its heap is full.
 * Needs the compiled `worker.js` beside this module.
 */
export function runReplications(
  plan: MeshPlan,
  jobs: readonly ReplicationOptions[],
  workers: number,
  options: ReplicateOptions = {},
): Promise<ReplicationResult[]> {
  if (!Number.isSafeInteger(workers) || workers < 1) throw new RangeError(`cannot run on ${workers} workers`);
  if (jobs.length === 0 || options.signal?.aborted) return Promise.resolve([]);
  return new Pool(plan, jobs, Math.min(workers, jobs.length), options).finished;
}

class Pool {
  readonly finished: Promise<ReplicationResult[]>;
  private readonly results: (ReplicationResult | undefined)[];
  private readonly threads: Worker[];
  private nextJob = 0;
  /** Jobs below this one are wanted: all, until a thread runs out of memory; then those before the one that it was at. */
  private wanted: number;
  private readonly jobOf = new Map<Worker, number>();
  private settled = false;
  private resolve: (results: ReplicationResult[]) => void = () => {};
  private reject: (error: Error) => void = () => {};

  constructor(
    plan: MeshPlan,
    private readonly jobs: readonly ReplicationOptions[],
    workers: number,
    private readonly options: ReplicateOptions,
  ) {
    this.results = new Array(jobs.length);
    this.wanted = jobs.length;
    this.finished = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    options.signal?.addEventListener('abort', this.onAbort, { once: true });
    this.threads = Array.from({ length: workers }, () => this.start(plan));
  }

  private start(plan: MeshPlan): Worker {
    const worker = new Worker(WORKER_FILE, { workerData: plan });
    worker.on('message', (reply: WorkerReply) => this.take(worker, reply));
    worker.on('error', (error) => {
      if (isOutOfMemory(error)) this.stopShort(this.jobOf.get(worker) ?? 0);
      else this.fail(`a simulation thread failed: ${error.stack ?? error.message}`);
    });
    // Of a thread without memory this comes after its error, when no more is expected of it.
    worker.on('exit', (code) => {
      if (this.wanted === this.jobs.length) this.fail(`a simulation thread ended early with code ${code}`);
    });
    this.assign(worker);
    return worker;
  }

  private assign(worker: Worker): void {
    if (this.nextJob >= this.wanted) return;
    const job = this.nextJob++;
    this.jobOf.set(worker, job);
    worker.postMessage({ job, options: this.jobs[job] });
  }

  private take(worker: Worker, reply: WorkerReply): void {
    if (this.settled) return;
    switch (reply.kind) {
      case 'progress':
        this.options.onProgress?.(reply.progress);
        return;
      case 'failed':
        this.fail(`replication ${this.jobs[reply.job].replication} failed: ${reply.stack}`);
        return;
      case 'result':
        this.results[reply.job] = reply.result;
        this.assign(worker);
        this.settleIfDone();
        return;
    }
  }

  private readonly onAbort = (): void => {
    void this.settle(() => this.resolve(this.firstFinished()));
  };

  /** The job, and so all after it, is given up; those before it go on. */
  private stopShort(job: number): void {
    this.wanted = Math.min(this.wanted, job);
    this.settleIfDone();
  }

  private settleIfDone(): void {
    const finished = this.firstFinished();
    if (finished.length < this.wanted) return;
    void this.settle(() =>
      this.wanted === this.jobs.length ? this.resolve(finished) : this.reject(new OutOfMemory(finished)),
    );
  }

  private fail(message: string): void {
    void this.settle(() => this.reject(new SimulationFault(message)));
  }

  /** Stops all threads, then tells the caller. */
  private async settle(tell: () => void): Promise<void> {
    if (this.settled) return;
    this.settled = true;
    this.options.signal?.removeEventListener('abort', this.onAbort);
    await Promise.all(this.threads.map((thread) => thread.terminate()));
    tell();
  }

  /** Results of the jobs 0 .. k − 1, k being the first that is not finished. */
  private firstFinished(): ReplicationResult[] {
    const finished: ReplicationResult[] = [];
    for (const result of this.results) {
      if (result === undefined || finished.length === this.wanted) break;
      finished.push(result);
    }
    return finished;
  }
}
