// How a pod, or one of its containers, stops: the preStop hook, SIGTERM, and SIGKILL when the grace period is over;
// native sidecars wait for their turn.
// Sources: k8s: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer, executePreStopHook),
// kuberuntime_termination_order.go.
// All hooks begin at once, those of sidecars too. What a hook and a turn took is taken from the grace period in whole
// seconds, truncated; at least 2 s are left between SIGTERM and SIGKILL. A grace period of 0 leaves these 2 s as well,
// but knows neither hooks nor an order.
import { SECOND_NS } from '../units.js';

/** k8s: minimumGracePeriodInSeconds. */
const MIN_GRACE_SECONDS = 2;

/** A container that is to stop. */
export interface StoppingContainer {
  readonly name: string;
  readonly role: 'ordinary' | 'sidecar';
  readonly hasPreStop: boolean;
}

/** What is to be done to a container. */
export interface StopAction {
  readonly name: string;
  readonly action: 'preStop' | 'SIGTERM' | 'SIGKILL';
}

type StopPhase =
  | { readonly kind: 'new' }
  | { readonly kind: 'hook' }
  | { readonly kind: 'turn'; readonly graceSeconds: number; readonly sinceNs: number }
  | { readonly kind: 'term'; readonly killNs: number }
  | { readonly kind: 'killed' }
  | { readonly kind: 'gone' };

interface Stopping {
  readonly container: StoppingContainer;
  phase: StopPhase;
}

/** One stop. Ask `advance` at the start, at `nextNs`, and after each event that is told. */
export class ContainerStop {
  private readonly all: readonly Stopping[];

  /**
   * @param startNs when the stop begins: the deletionTimestamp of a pod, or the failure of a probe
   * @param graceSeconds `terminationGracePeriodSeconds`, 30, or what the deletion or the probe says
   * @param containers the containers that run, in the order of the pod: init containers (sidecars) first
   */
  constructor(
    private readonly startNs: number,
    private readonly graceSeconds: number,
    containers: readonly StoppingContainer[],
  ) {
    this.all = containers.map((container) => ({ container, phase: { kind: 'new' } }));
  }

  /** All containers have exited. */
  get isDone(): boolean {
    return this.all.every(({ phase }) => phase.kind === 'gone');
  }

  /** When `advance` wants to be asked again; null: it waits for an event, or is done. */
  get nextNs(): number | null {
    const times = this.all.flatMap(({ phase }) => this.timeOf(phase));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** The preStop hook of a container has returned, or failed. */
  hookEnded(nowNs: number, name: string): void {
    const stopping = this.find(name);
    if (stopping?.phase.kind === 'hook') stopping.phase = this.afterHook(nowNs);
  }

  /** A container has exited, for whatever reason. */
  exited(name: string): void {
    const stopping = this.find(name);
    if (stopping !== undefined) stopping.phase = { kind: 'gone' };
  }

  /** What is to be done now. */
  advance(nowNs: number): readonly StopAction[] {
    const actions: StopAction[] = [];
    for (const stopping of this.all) this.step(nowNs, stopping, actions);
    return actions;
  }

  private step(nowNs: number, stopping: Stopping, actions: StopAction[]): void {
    const { name, hasPreStop } = stopping.container;
    if (stopping.phase.kind === 'new') {
      const runsHook = hasPreStop && this.graceSeconds > 0;
      stopping.phase = runsHook ? { kind: 'hook' } : { kind: 'turn', graceSeconds: this.graceSeconds, sinceNs: nowNs };
      if (runsHook) actions.push({ name, action: 'preStop' });
    }
    if (stopping.phase.kind === 'hook' && nowNs >= this.endNs) stopping.phase = this.afterHook(nowNs);
    if (stopping.phase.kind === 'turn') {
      const { graceSeconds, sinceNs } = stopping.phase;
      const isOver = nowNs >= sinceNs + graceSeconds * SECOND_NS;
      if (isOver || graceSeconds <= 0 || this.hasTurn(stopping)) {
        const left = graceSeconds - wholeSeconds(nowNs - sinceNs);
        const killNs = nowNs + Math.max(left, MIN_GRACE_SECONDS) * SECOND_NS;
        stopping.phase = { kind: 'term', killNs };
        actions.push({ name, action: 'SIGTERM' });
      }
    }
    if (stopping.phase.kind === 'term' && nowNs >= stopping.phase.killNs) {
      stopping.phase = { kind: 'killed' };
      actions.push({ name, action: 'SIGKILL' });
    }
  }

  private get endNs(): number {
    return this.startNs + this.graceSeconds * SECOND_NS;
  }

  private afterHook(nowNs: number): StopPhase {
    return { kind: 'turn', graceSeconds: this.graceSeconds - wholeSeconds(nowNs - this.startNs), sinceNs: nowNs };
  }

  /** A sidecar has its turn when all ordinary containers have gone, and all sidecars that come after it. */
  private hasTurn(stopping: Stopping): boolean {
    if (stopping.container.role === 'ordinary') return true;
    const later = this.all.slice(this.all.indexOf(stopping) + 1);
    return later.every(({ phase }) => phase.kind === 'gone');
  }

  private timeOf(phase: StopPhase): readonly number[] {
    switch (phase.kind) {
      case 'new':
        return [this.startNs];
      case 'hook':
        return [this.endNs];
      case 'turn':
        return [phase.sinceNs + Math.max(0, phase.graceSeconds) * SECOND_NS];
      case 'term':
        return [phase.killNs];
      case 'killed':
      case 'gone':
        return [];
    }
  }

  private find(name: string): Stopping | undefined {
    return this.all.find(({ container }) => container.name === name);
  }
}

function wholeSeconds(ns: number): number {
  return Math.trunc(ns / SECOND_NS);
}
