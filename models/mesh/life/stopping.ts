// How pods end: the kubelet runs their hooks, sends SIGTERM, and SIGKILL when the grace period is over (models/kubernetes/kubelet/stop-order.ts); the agent of a
// proxy drains it and kills it (models/control-plane/proxy-shutdown.ts); an application does with SIGTERM what the scenario says.
// Where the proxy is gone, so is the network of its pod: what is under way is cut, and who connects is refused.
// k8s: pkg/kubelet/kuberuntime/kuberuntime_container.go; istio: pkg/envoy/agent.go.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { ProxyShutdown } from '../../control-plane/proxy-shutdown.js';
import { ContainerStop, type StopAction } from '../../kubernetes/kubelet/stop-order.js';
import type { WorkloadPlan } from '../../plan/contract/plan.js';
import { CLASSIC_PROXY, GRACE_SECONDS, LINKERD_PROXY, type StoppingPlan } from '../../plan/contract/stopping-plan.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { Pod } from '../state/pod.js';

const APP = 'application';
const PROXY = 'proxy';
const NEVER_NS = Number.POSITIVE_INFINITY;
/** The kubelet sees within so long that a container has exited (k8s: pkg/kubelet/kubelet.go, plegRelistPeriod). */
const RELIST_NS = 1_000_000_000;
/** A server that drains looks whether all is done after 1 ms, then after twice as long, at most 500 ms (go: src/net/http/server.go, Shutdown). */
const FIRST_LOOK_NS = 1_000_000;
const MAX_LOOK_NS = 500_000_000;

/** What becomes of the parts of a pod that stops. */
export interface PodEnds {
  /** The proxy tells each connection to close: with its next response (`atOnce` false), or idle ones at once. */
  drain(pod: Pod, atOnce: boolean): void;
  /** The application takes no connection any more, and goes on with what it has. */
  closeApplication(pod: Pod): void;
  /** The process of the application is gone; its proxy is there. */
  applicationGone(pod: Pod): void;
  /** Nothing of the pod can be reached any more, and nothing leaves it. */
  cut(pod: Pod): void;
  /** Requests are at the application, or calls of it under way. */
  hasWork(pod: Pod): boolean;
  /** Connections that others have to it now, and calls of its own. */
  connectionsOf(pod: Pod): number;
  /** All of its containers have exited. */
  ended(pod: Pod): void;
}

interface Stop {
  readonly pod: Pod;
  readonly plan: StoppingPlan;
  readonly kubelet: ContainerStop;
  readonly agent: ProxyShutdown | null;
  /** When the hook of a container returns. */
  readonly hooks: Map<string, number>;
  /** Containers that have exited, and when the kubelet sees that. */
  readonly exits: Map<string, number>;
  readonly running: Set<string>;
  /** An application that drains: when it looks again, and after how long. */
  lookNs: number;
  waitNs: number;
  timer: number;
}

export class Stopping {
  private readonly stops = new Map<Pod, Stop>();
  private readonly relists: Draws;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly ends: PodEnds,
  ) {
    this.relists = new Draws(seed, 'kubelets that look at containers');
  }

  /** The deletion of a pod has begun. @param graceSeconds above 0; null: as the pod says */
  begin(pod: Pod, graceSeconds: number | null): void {
    const plan = stoppingOf(pod.plan);
    const { proxy } = plan;
    const hasApp = !pod.passesThrough;
    const proxyContainer = {
      name: PROXY,
      role: proxy?.isNative === true && hasApp ? ('sidecar' as const) : ('ordinary' as const),
      hasPreStop: proxy !== null && (proxy.hookNs > 0 || proxy.isNative),
    };
    const containers = [
      ...(proxy === null ? [] : [proxyContainer]),
      ...(hasApp || proxy === null ? [{ name: APP, role: 'ordinary' as const, hasPreStop: plan.hookNs > 0 }] : []),
    ];
    const stop: Stop = {
      pod,
      plan,
      kubelet: new ContainerStop(this.calendar.nowNs, graceSeconds ?? plan.graceSeconds, containers),
      agent: proxy === null ? null : new ProxyShutdown(proxy),
      hooks: new Map(),
      exits: new Map(),
      running: new Set(containers.map(({ name }) => name)),
      lookNs: NEVER_NS,
      waitNs: FIRST_LOOK_NS,
      timer: NOTHING,
    };
    this.stops.set(pod, stop);
    this.advance(stop);
  }

  /** Its pod has died otherwise: there is nothing left to stop. */
  forget(pod: Pod): void {
    const stop = this.stops.get(pod);
    if (stop === undefined) return;
    if (stop.timer !== NOTHING) this.calendar.cancel(stop.timer);
    this.stops.delete(pod);
  }

  /** The event `podStopping`. */
  fire(pod: Pod): void {
    const stop = this.stops.get(pod);
    if (stop === undefined) return;
    stop.timer = NOTHING;
    this.advance(stop);
  }

  private advance(stop: Stop): void {
    const { nowNs } = this.calendar;
    const { kubelet, hooks, exits, agent } = stop;
    let actions: readonly StopAction[];
    do {
      for (const [name, endNs] of hooks) {
        if (endNs > nowNs) continue;
        hooks.delete(name);
        kubelet.hookEnded(nowNs, name);
      }
      for (const [name, seenNs] of exits) {
        if (seenNs > nowNs) continue;
        exits.delete(name);
        kubelet.exited(name);
      }
      actions = kubelet.advance(nowNs);
      for (const action of actions) this.act(stop, action);
      if (agent !== null && agent.nextNs <= nowNs && stop.running.has(PROXY)) {
        if (agent.fire(nowNs, this.ends.connectionsOf(stop.pod)) === 'kill') this.exit(stop, PROXY);
      }
      if (stop.lookNs <= nowNs) this.look(stop);
    } while (actions.length > 0);
    if (kubelet.isDone) {
      this.stops.delete(stop.pod);
      this.ends.ended(stop.pod);
      return;
    }
    this.wait(stop);
  }

  private wait(stop: Stop): void {
    const { kubelet, hooks, exits, agent, running, lookNs } = stop;
    const agentNs = agent !== null && running.has(PROXY) ? agent.nextNs : NEVER_NS;
    const atNs = Math.min(kubelet.nextNs ?? NEVER_NS, agentNs, lookNs, ...hooks.values(), ...exits.values());
    if (atNs === NEVER_NS) return;
    const nextNs = Math.max(this.calendar.nowNs + 1, Math.ceil(atNs));
    stop.timer = this.calendar.schedule(nextNs, PHASE.control, EVENT.podStopping, stop.pod.id);
  }

  private act(stop: Stop, { name, action }: StopAction): void {
    const { nowNs } = this.calendar;
    const { pod, plan, agent, hooks, running } = stop;
    if (!running.has(name)) return;
    if (action === 'SIGKILL') {
      this.exit(stop, name);
      return;
    }
    if (action === 'preStop') {
      hooks.set(name, nowNs + (name === APP ? plan.hookNs : (plan.proxy?.hookNs ?? 0)));
      if (name === PROXY && plan.proxy?.isNative === true) {
        agent?.preStop(nowNs);
        this.ends.drain(pod, false);
      }
      return;
    }
    if (name === PROXY) {
      agent?.sigterm(nowNs);
      this.ends.drain(pod, pod.linkerd);
    } else this.terminate(stop);
  }

  private terminate(stop: Stop): void {
    switch (stop.plan.onSigterm) {
      case 'exit':
        this.exit(stop, APP);
        return;
      case 'drain':
        this.ends.closeApplication(stop.pod);
        this.look(stop);
        return;
      case 'ignore':
        return;
    }
  }

  /** An application that drains looks whether all is done. */
  private look(stop: Stop): void {
    stop.lookNs = NEVER_NS;
    if (!stop.running.has(APP)) return;
    if (!this.ends.hasWork(stop.pod)) {
      this.exit(stop, APP);
      return;
    }
    stop.lookNs = this.calendar.nowNs + stop.waitNs;
    stop.waitNs = Math.min(2 * stop.waitNs, MAX_LOOK_NS);
  }

  private exit({ pod, plan, running, exits }: Stop, name: string): void {
    running.delete(name);
    const seenNs = this.relists.uniform(pod.key, name === APP ? 2 * pod.incarnation : 2 * pod.incarnation + 1);
    exits.set(name, this.calendar.nowNs + seenNs * RELIST_NS);
    if (name === PROXY || plan.proxy === null) this.ends.cut(pod);
    else if (running.has(PROXY)) this.ends.applicationGone(pod);
  }
}

/** How a pod of a workload ends; defaults of Kubernetes and Istio where the plan says nothing. */
export function stoppingOf({ stopping, proxy }: WorkloadPlan): StoppingPlan {
  if (stopping !== undefined) return stopping;
  return {
    graceSeconds: GRACE_SECONDS,
    hookNs: 0,
    onSigterm: 'exit',
    proxy: proxy === null ? null : proxy.product === 'linkerd' ? LINKERD_PROXY : CLASSIC_PROXY,
  };
}
