// How a proxy of Istio ends: its agent has Envoy drain, waits, and kills it; Envoy accepts connections all the while
// (istio: pkg/envoy/agent.go, admin.go; pilot/cmd/pilot-agent/options; injection-template.yaml).
import { NEVER_NS, S_NS } from './time.js';

export interface ShutdownOptions {
  /** From SIGTERM to the kill (`terminationDrainDuration`). */
  readonly terminationDrainNs: number;
  /** EXIT_ON_ZERO_ACTIVE_CONNECTIONS: instead, until no connection is left. */
  readonly exitsOnZeroConnections: boolean;
  /** MINIMUM_DRAIN_DURATION: before connections are counted for the first time. */
  readonly minimumDrainNs: number;
}

export const ISTIO_SHUTDOWN: ShutdownOptions = {
  terminationDrainNs: 5 * S_NS,
  exitsOnZeroConnections: false,
  minimumDrainNs: 5 * S_NS,
};

/** istio: pkg/envoy/agent.go (activeConnectionCheckDelay, retryCount). */
const CHECK_NS = S_NS;
const MAX_UNREADABLE = 5;

/**
 * Connections of the proxy's listeners, those of Istio's own ports left out; `absent`: Envoy has never had any, so that
 * there is no such number; `unreadable`: Envoy does not answer.
 */
export type ActiveConnections = number | 'absent' | 'unreadable';

/** `kill`: Envoy is gone, with every connection of the pod in both directions; `wait`: the agent asks again. */
export type ShutdownDecision = 'kill' | 'wait';

/** One agent. A pod's end of grace is the kubelet's, and kills whatever is left. */
export class ProxyShutdown {
  /** Since when responses tell inbound connections to close (of a gateway: all connections); `NEVER_NS`: not yet. */
  drainsFromNs = NEVER_NS;
  private timerNs = NEVER_NS;
  private isDrained = false;
  private isTerminating = false;
  private unreadable = 0;

  constructor(private readonly options: ShutdownOptions = ISTIO_SHUTDOWN) {}

  /** When `fire` is to be called. */
  get nextNs(): number {
    return this.timerNs;
  }

  /** The agent's readiness fails from SIGTERM on; a drain alone leaves it as it is. */
  get isReady(): boolean {
    return !this.isTerminating;
  }

  /** The hook that native sidecars have: drains at the pod's deletion, and has SIGTERM end the proxy at once. */
  preStop(nowNs: number): void {
    this.drain(nowNs);
    this.isDrained = true;
  }

  /** SIGTERM to the container, or `/quitquitquit` (`isImmediate`). */
  sigterm(nowNs: number, isImmediate = false): void {
    if (this.isTerminating) return;
    this.isTerminating = true;
    if (this.isDrained || isImmediate) {
      this.isDrained = true;
      this.timerNs = nowNs;
      return;
    }
    this.drain(nowNs);
    const { exitsOnZeroConnections, minimumDrainNs, terminationDrainNs } = this.options;
    this.timerNs = nowNs + (exitsOnZeroConnections ? minimumDrainNs + CHECK_NS : terminationDrainNs);
  }

  /** At `nextNs`. @param connections as Envoy counts them now; looked at where the agent waits for them */
  fire(nowNs: number, connections: ActiveConnections): ShutdownDecision {
    this.timerNs = NEVER_NS;
    if (this.isDrained || !this.options.exitsOnZeroConnections || this.isOver(connections)) return 'kill';
    this.timerNs = nowNs + CHECK_NS;
    return 'wait';
  }

  private isOver(connections: ActiveConnections): boolean {
    if (connections === 'unreadable') {
      this.unreadable++;
      return this.unreadable >= MAX_UNREADABLE;
    }
    if (connections === 'absent' || connections === 0) return true;
    this.unreadable = 0;
    return false;
  }

  private drain(nowNs: number): void {
    this.drainsFromNs = Math.min(this.drainsFromNs, nowNs);
  }
}
