// What a server's proxy does with its connections when its filters change: those of chains that have changed keep the filters with which they were accepted,
// each is told with its next response to go (`Connection: close`, GOAWAY), and after the drain time whatever is left of them is cut (envoy:
// source/common/listener_manager/listener_manager_impl.cc, drainFilterChains; source/server/drain_manager_impl.cc; istio: pkg/envoy/proxy.go,
// `--drain-strategy immediate`; pkg/config/mesh/mesh.go, drainDuration 45 s). Envoy up to 1.39: an idle connection hears nothing before its end.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { type Connection, STATE } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import type { ObjectPool } from '../state/object-pool.js';
import type { Pod } from '../state/pod.js';
import type { RuntimePlan } from '../state/runtime.js';
import { type ChangedListeners, changedListeners } from './listener-changes.js';

const DRAIN_NS = 45_000_000_000;

interface Drain {
  readonly pod: Pod;
  readonly connections: readonly Connection[];
  /** How many lives their objects had had: an object may be another connection's by now. */
  readonly lives: readonly number[];
}

export class ListenerDrains {
  private readonly drains: Drain[] = [];
  private readonly changes = new Map<string, ChangedListeners>();

  constructor(
    private readonly calendar: Calendar,
    private readonly connections: ObjectPool<Connection>,
  ) {}

  /** The proxy of a pod has other listeners from now on. */
  begin(pod: Pod, to: RuntimePlan): void {
    const from = pod.listenerConfig;
    pod.listenerConfig = to;
    const ports = this.between(from, to).get(pod.workload);
    if (ports === undefined) return;
    const held = this.connections.all.filter(({ state, pool, end }) => {
      return state !== STATE.closed && end.pod === pod && ports.has(pool.host.cluster.plan.port);
    });
    for (const connection of held) {
      connection.listeners ??= from;
      connection.isDrained = true;
    }
    if (held.length === 0) return;
    const number = this.drains.push({ pod, connections: held, lives: held.map(({ life }) => life) }) - 1;
    this.calendar.schedule(this.calendar.nowNs + DRAIN_NS, PHASE.control, EVENT.listenersDrained, number);
  }

  /** An event of the drains: the time of one is over (its number), or the news of that has come (connection). */
  handle(kind: number, ref: number): void {
    if (kind === EVENT.listenersDrained) {
      this.over(ref);
      return;
    }
    const connection = this.connections.all[ref];
    if (connection.state !== STATE.closed) connection.pool.lost(connection);
  }

  /** The drain time is over: the news that connections are closed travels to the callers. */
  private over(number: number): void {
    const { connections, lives } = this.drains[number];
    for (const [index, connection] of connections.entries()) {
      if (connection.life !== lives[index] || connection.state === STATE.closed) continue;
      const { pool, relay, end } = connection;
      const backNs = relay === null ? pool.host.back.meanNs : relay.back.meanNs + end.back.meanNs;
      this.calendar.schedule(this.calendar.nowNs + backNs, PHASE.completion, EVENT.connectionCut, connection.id);
    }
  }

  private between(from: RuntimePlan, to: RuntimePlan): ChangedListeners {
    const key = `${from.version} ${to.version}`;
    let found = this.changes.get(key);
    if (found === undefined) {
      found = changedListeners(from, to);
      this.changes.set(key, found);
    }
    return found;
  }
}
