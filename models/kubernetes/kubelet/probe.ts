// One probe of one container, as the worker of a kubelet runs it: a grid of ticks, thresholds, and a hold after a
// failure that kills the container.
// Sources: k8s: pkg/kubelet/prober/worker.go, prober_manager.go (UpdatePodStatus: early runs of readiness probes). The
// worker exists before its container does, so that the phase of the grid against the start of the container is
// arbitrary.
import { SECOND_NS } from '../units.js';

/** What a probe is for. */
export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** `startupProbe`, `readinessProbe` or `livenessProbe`, with its defaults. Whole seconds. */
export interface ProbeSpec {
  readonly initialDelaySeconds: number;
  /** >= 1. */
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
  /** `terminationGracePeriodSeconds` of the probe, for the kill that it causes; null: that of the pod. */
  readonly graceSeconds: number | null;
}

/** A probe that says nothing but how to probe. */
export const DEFAULT_PROBE: ProbeSpec = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
  graceSeconds: null,
};

/** What is believed of a container by one of its probes. */
export type ProbeResult = 'success' | 'failure' | 'unknown';

/** The container as its probe finds it. */
export interface ProbedContainer {
  /** Since when the container runs; null: it does not. */
  readonly runningSinceNs: number | null;
  /** The startup probe has succeeded, or there is none. */
  readonly started: boolean;
  /** The pod has a deletionTimestamp. */
  readonly terminating: boolean;
}

/** What the end of a probe brings about. */
export interface ProbeEffect {
  /** What is believed from now on. */
  readonly result: ProbeResult;
  /** The container is to be killed with its grace period, and restarted under its back-off. */
  readonly kill: boolean;
}

/** The worker of one probe. */
export class ProbeWorker {
  private believed: ProbeResult;
  private last: boolean | null = null;
  private run = 0;
  private onHold = false;
  private probingSinceNs: number | null = null;
  private kicked = false;
  private dueNs: number;
  private ended = false;

  /** @param firstTickNs the first tick of the grid; the others follow by periods */
  constructor(
    readonly kind: ProbeKind,
    readonly spec: ProbeSpec,
    private readonly firstTickNs: number,
  ) {
    this.believed = initialResult(kind);
    this.dueNs = firstTickNs;
  }

  get result(): ProbeResult {
    return this.believed;
  }

  /** When the worker wants to be asked by `tick`; null: while a probe runs, or never again. */
  get nextNs(): number | null {
    return this.ended || this.probingSinceNs !== null ? null : this.dueNs;
  }

  /**
   * A new container has come in the place of the one before: nothing is believed of it. The count of equal results goes
   * on.
   */
  restart(): void {
    this.believed = initialResult(this.kind);
    this.onHold = false;
  }

  /**
   * Lets the worker run now, before its tick: readiness probes of containers that are not ready (they have just
   * started, say).
   */
  kick(nowNs: number): void {
    if (this.probingSinceNs === null) this.dueNs = Math.min(this.dueNs, nowNs);
    else this.kicked = true;
  }

  /**
   * A tick.
   * @returns true: the container is to be probed now, and `finish` is to be told how that went, at the latest when the
   * time-out is over
   */
  tick(nowNs: number, container: ProbedContainer): boolean {
    this.dueNs = this.gridAfter(nowNs);
    if (this.onHold || container.runningSinceNs === null) return false;
    if (container.terminating && this.kind !== 'readiness') {
      this.believed = 'success';
      this.ended = true;
      return false;
    }
    const ranSeconds = Math.trunc((nowNs - container.runningSinceNs) / SECOND_NS);
    if (ranSeconds < this.spec.initialDelaySeconds) return false;
    if (container.started === (this.kind === 'startup')) return false;
    this.probingSinceNs = nowNs;
    return true;
  }

  /** How a probe went; a probe that took as long as its time-out has failed. */
  finish(nowNs: number, success: boolean): ProbeEffect {
    const sinceNs = this.probingSinceNs ?? nowNs;
    this.probingSinceNs = null;
    // One tick, and one kick, that came meanwhile is remembered.
    const missed = this.kicked || this.gridAfter(sinceNs) <= nowNs;
    this.kicked = false;
    this.dueNs = missed ? nowNs : this.gridAfter(nowNs);
    this.run = this.last === success ? this.run + 1 : 1;
    this.last = success;
    const threshold = success ? this.spec.successThreshold : this.spec.failureThreshold;
    if (this.run < threshold) return { result: this.believed, kill: false };
    this.believed = success ? 'success' : 'failure';
    const kill = !success && this.kind !== 'readiness';
    if (kill) {
      this.onHold = true;
      this.run = 0;
    }
    return { result: this.believed, kill };
  }

  /** Forgets a probe that runs: its container has gone. */
  abandon(nowNs: number): void {
    if (this.probingSinceNs === null) return;
    this.probingSinceNs = null;
    this.kicked = false;
    this.dueNs = this.gridAfter(nowNs);
  }

  /** The first tick of the grid that is later than `nowNs`. */
  private gridAfter(nowNs: number): number {
    if (nowNs < this.firstTickNs) return this.firstTickNs;
    const periodNs = this.spec.periodSeconds * SECOND_NS;
    return this.firstTickNs + (Math.floor((nowNs - this.firstTickNs) / periodNs) + 1) * periodNs;
  }
}

function initialResult(kind: ProbeKind): ProbeResult {
  switch (kind) {
    case 'startup':
      return 'unknown';
    case 'readiness':
      return 'failure';
    case 'liveness':
      return 'success';
  }
}
