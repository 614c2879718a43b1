// When the application of an injected pod may start, and when its proxy is ready (istio:
// pilot/cmd/pilot-agent/status/ready/probe.go, pilot/cmd/pilot-agent/app/wait.go,
// manifests/charts/istio-control/istio-discovery/files/injection-template.yaml).
import { MS_NS, NEVER_NS, S_NS } from './time.js';

/**
 * `together`: a classic sidecar; `held`: with holdApplicationUntilProxyStarts; `native`: an init container that goes
 * on.
 */
export type StartOrder = 'together' | 'held' | 'native';

const WAIT_PERIOD_NS = 500 * MS_NS;
const WAIT_TIMEOUT_NS = 60 * S_NS;
const STARTUP_PERIOD_NS = S_NS;
const STARTUP_FAILURES = 600;

/**
 * One proxy, from the start of its container on: ready when it has taken clusters and listeners once, and Envoy's
 * workers run.
 */
export class ProxyStart {
  private clustersNs = NEVER_NS;
  private listenersNs = NEVER_NS;
  private workersNs = NEVER_NS;

  constructor(private readonly startedNs: number) {}

  /** Since when `/healthz/ready` answers 200; `NEVER_NS`: not yet. It stays so until SIGTERM. */
  get readyNs(): number {
    return Math.max(this.clustersNs, this.listenersNs, this.workersNs);
  }

  /** A first update of that type has been accepted. */
  accepted(nowNs: number, type: 'cds' | 'lds'): void {
    if (type === 'cds') this.clustersNs = Math.min(this.clustersNs, nowNs);
    else this.listenersNs = Math.min(this.listenersNs, nowNs);
  }

  /** Envoy is live and its workers have started. */
  workersStarted(nowNs: number): void {
    this.workersNs = Math.min(this.workersNs, nowNs);
  }

  /**
   * When the kubelet starts the next container, as far as is known; `NEVER_NS`: not yet, or never. The hook of `held`
   * gives up after a minute, the startup probe of `native` after ten: the kubelet restarts the proxy then.
   */
  applicationNs(order: StartOrder): number {
    if (order === 'together') return this.startedNs;
    const waitedNs = this.readyNs - this.startedNs;
    if (waitedNs === NEVER_NS) return NEVER_NS;
    if (order === 'held') {
      // The first look comes after one period.
      const looks = Math.max(1, Math.ceil(waitedNs / WAIT_PERIOD_NS));
      return looks * WAIT_PERIOD_NS < WAIT_TIMEOUT_NS ? this.startedNs + looks * WAIT_PERIOD_NS : NEVER_NS;
    }
    const failures = Math.ceil(waitedNs / STARTUP_PERIOD_NS);
    return failures < STARTUP_FAILURES ? this.startedNs + failures * STARTUP_PERIOD_NS : NEVER_NS;
  }
}
