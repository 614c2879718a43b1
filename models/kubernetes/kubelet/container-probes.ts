// All probes of one container together: whether the container has started, is ready, or is to be killed.
// Source: k8s: pkg/kubelet/prober/prober_manager.go (UpdatePodStatus).
// Whoever drives it: `started` and `stopped` as the container comes and goes, `due` at `nextNs`, and `finish` for each
// probe that `due` names.
// The room: probe.ts one probe; restart-backoff.ts when a container starts again; start-order.ts and stop-order.ts the
// containers of a pod; image-pulls.ts the images of a node; memory.ts who dies without memory. How long anything takes
// (boot of an application, hooks, exits) is for the driver to say.
import { type ProbeEffect, type ProbeKind, type ProbeSpec, ProbeWorker } from './probe.js';

/** The probes that a container has. */
export interface ProbeSpecs {
  readonly startup: ProbeSpec | null;
  readonly readiness: ProbeSpec | null;
  readonly liveness: ProbeSpec | null;
}

/** The probes of one container. */
export class ContainerProbes {
  private readonly workers: readonly ProbeWorker[];
  private runningSinceNs: number | null = null;
  private terminating = false;

  /** @param firstTickNs when the grid of a probe begins: the making of the pod, or any phase of the driver's choice */
  constructor(specs: ProbeSpecs, firstTickNs: (kind: ProbeKind) => number) {
    const kinds: readonly ProbeKind[] = ['startup', 'readiness', 'liveness'];
    this.workers = kinds.flatMap((kind) => {
      const spec = specs[kind];
      return spec === null ? [] : [new ProbeWorker(kind, spec, firstTickNs(kind))];
    });
  }

  /** The container runs, and its startup probe, if any, has succeeded. */
  get isStarted(): boolean {
    return this.runningSinceNs !== null && this.succeeded('startup');
  }

  /** The container has started, and its readiness probe, if any, says that it is ready. */
  get isReady(): boolean {
    return this.isStarted && this.succeeded('readiness');
  }

  /** When `due` wants to be asked; null: no probe waits. */
  get nextNs(): number | null {
    let nextNs: number | null = null;
    for (const worker of this.workers) {
      const { nextNs: atNs } = worker;
      if (atNs !== null) nextNs = nextNs === null ? atNs : Math.min(nextNs, atNs);
    }
    return nextNs;
  }

  /** The container, or a new one in its place, runs from now on. */
  started(nowNs: number): void {
    this.runningSinceNs = nowNs;
    for (const worker of this.workers) worker.restart();
    if (this.isStarted) this.kickReadiness(nowNs);
  }

  /** The container has exited. */
  stopped(nowNs: number): void {
    this.runningSinceNs = null;
    for (const worker of this.workers) worker.abandon(nowNs);
  }

  /** The pod has a deletionTimestamp: only readiness is probed from now on. */
  deleted(): void {
    this.terminating = true;
  }

  /** The probes to run now; each is to be finished, at the latest after its time-out. */
  due(nowNs: number): readonly ProbeKind[] {
    const due: ProbeKind[] = [];
    for (const worker of this.workers) {
      if (worker.nextNs === null || worker.nextNs > nowNs) continue;
      const { runningSinceNs, terminating } = this;
      if (worker.tick(nowNs, { runningSinceNs, terminating, started: this.isStarted })) due.push(worker.kind);
    }
    return due;
  }

  /** How a probe went. Success of the startup probe lets the readiness probe run at once. */
  finish(nowNs: number, kind: ProbeKind, success: boolean): ProbeEffect {
    const worker = this.worker(kind);
    if (worker === undefined) throw new RangeError(`the container has no ${kind} probe`);
    const wasStarted = this.isStarted;
    const effect = worker.finish(nowNs, success);
    if (this.isStarted && !wasStarted) this.kickReadiness(nowNs);
    return effect;
  }

  private kickReadiness(nowNs: number): void {
    this.worker('readiness')?.kick(nowNs);
  }

  private succeeded(kind: ProbeKind): boolean {
    const worker = this.worker(kind);
    return worker === undefined || worker.result === 'success';
  }

  private worker(kind: ProbeKind): ProbeWorker | undefined {
    return this.workers.find((worker) => worker.kind === kind);
  }
}

/** A pod is Ready if all of its containers are, native sidecars included, and all of its readiness gates hold. */
export function isPodReady(containers: readonly boolean[], gates: readonly boolean[] = []): boolean {
  return containers.every((ready) => ready) && gates.every((holds) => holds);
}
