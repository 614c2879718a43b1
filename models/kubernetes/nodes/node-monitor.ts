// What the control plane makes of a node that falls silent: passes that look for renewed leases, a grace period,
// taints, and pods that are Ready no more.
// Sources: k8s: pkg/controller/nodelifecycle/node_lifecycle_controller.go (monitorNodeHealth, tryUpdateNodeHealth,
// processTaintBaseEviction, handleDisruption, ComputeZoneState),
// pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go,
// pkg/controller/nodelifecycle/config/v1alpha1/defaults.go.
// Whoever drives it: `renewed` at each renewal of a lease (every 10 s by a kubelet that lives and reaches the API
// server), `pass` at `nextNs`. A node that is cut off goes on serving whoever reaches it. What the taints do to pods is
// in taint-eviction.ts.
// The room: this file, and taint-eviction.ts. Graceful shutdown of nodes is left out: kubelets have it off by default.
import { TokenBucket } from '../../../sim/stations/token-bucket.js';
import { SECOND_NS } from '../units.js';

/** Flags of kube-controller-manager. */
export interface NodeMonitorFlags {
  /** `--node-monitor-period`, 5 s. */
  readonly periodNs: number;
  /** `--node-monitor-grace-period`, 50 s; 40 s before 1.32. */
  readonly graceNs: number;
  /** `--node-startup-grace-period`, 60 s: for a node that has never reported. */
  readonly startupGraceNs: number;
  /** `--node-eviction-rate`: nodes a second that are tainted NoExecute, in each zone. */
  readonly evictionRate: number;
  /** `--secondary-node-eviction-rate`, for a zone of which much is lost, in a large cluster. */
  readonly secondaryRate: number;
  /** `--unhealthy-zone-threshold`. */
  readonly unhealthyZoneThreshold: number;
  /** `--large-cluster-size-threshold`: a zone of no more nodes than this, of which much is lost, is left alone. */
  readonly largeClusterSize: number;
  /** Before 1.34 a node that is lost is queued for its taint by the next pass only. */
  readonly lateTaint: boolean;
}

/** The flags as the controller manager has them where nobody sets them. */
export const DEFAULT_NODE_MONITOR_FLAGS: NodeMonitorFlags = {
  periodNs: 5 * SECOND_NS,
  graceNs: 50 * SECOND_NS,
  startupGraceNs: 60 * SECOND_NS,
  evictionRate: 0.1,
  secondaryRate: 0.01,
  unhealthyZoneThreshold: 0.55,
  largeClusterSize: 50,
  lateTaint: false,
};

/** How often a kubelet renews its lease. */
export const LEASE_RENEWAL_NS = 10 * SECOND_NS;

/** The condition Ready of a node: Unknown is set by the controller, the others by the kubelet. */
export type NodeReady = 'True' | 'False' | 'Unknown';

/**
 * The taint of the effect NoExecute that a node has. The one of the effect NoSchedule is there whenever Ready is not
 * True.
 */
export type NoExecuteTaint = 'not-ready' | 'unreachable';

/** What a pass changes. */
export interface NodePass {
  /** Nodes whose Ready has become Unknown now. */
  readonly lost: readonly string[];
  /** Nodes all of whose pods become Ready=False now: endpoints lose them after their batching. */
  readonly podsNotReady: readonly string[];
  /** Nodes that get a taint of the effect NoExecute now. */
  readonly tainted: readonly { readonly node: string; readonly taint: NoExecuteTaint }[];
  /** Nodes that lose this taint now. */
  readonly untainted: readonly string[];
  readonly nextNs: number;
}

type ZoneState = 'normal' | 'partial' | 'full';

interface Watched {
  readonly name: string;
  readonly zone: string;
  /** When a pass first saw what the kubelet last said: the clock of the grace period. */
  seenNs: number;
  /** The kubelet has said something since the last pass. */
  isFresh: boolean;
  /** null: the kubelet has never reported, and the grace period of a start is not over. */
  ready: NodeReady | null;
  /** Ready was True at the end of the last pass. */
  wasReady: boolean;
  taint: NoExecuteTaint | null;
  isQueued: boolean;
}

interface Zone {
  readonly state: ZoneState;
  /** null: nothing is tainted. */
  readonly bucket: TokenBucket | null;
}

/** The node lifecycle controller. */
export class NodeMonitor {
  private readonly nodes = new Map<string, Watched>();
  private readonly zones = new Map<string, Zone>();
  /** Names of nodes that wait for their taint, in order. */
  private queue: string[] = [];
  private allFull = false;

  constructor(private readonly flags: NodeMonitorFlags = DEFAULT_NODE_MONITOR_FLAGS) {}

  /** A node is made; its kubelet has said nothing yet. */
  add(nowNs: number, name: string, zone: string): void {
    this.nodes.set(name, {
      name,
      zone,
      seenNs: nowNs,
      isFresh: false,
      ready: null,
      wasReady: false,
      taint: null,
      isQueued: false,
    });
  }

  /** A Node object is deleted. */
  remove(name: string): void {
    this.nodes.delete(name);
  }

  /** A kubelet has renewed its lease. A node that was Unknown stays so until the kubelet reports its status. */
  renewed(name: string): void {
    const node = this.nodes.get(name);
    if (node !== undefined) node.isFresh = true;
  }

  /** A kubelet has reported its status: at its start, at each change, and after the node was Unknown. */
  reported(name: string, ready: boolean): void {
    const node = this.nodes.get(name);
    if (node === undefined) return;
    node.isFresh = true;
    node.ready = ready ? 'True' : 'False';
  }

  /** What the API server says of a node. */
  readyOf(name: string): NodeReady {
    return this.nodes.get(name)?.ready ?? 'Unknown';
  }

  /** One pass over all nodes. */
  pass(nowNs: number): NodePass {
    const lost: string[] = [];
    const podsNotReady: string[] = [];
    const untainted: string[] = [];
    const tainted: { node: string; taint: NoExecuteTaint }[] = [];
    for (const node of this.nodes.values()) {
      const before = node.ready;
      if (this.isLost(nowNs, node)) {
        node.ready = 'Unknown';
        lost.push(node.name);
      }
      if (node.wasReady && node.ready !== 'True') podsNotReady.push(node.name);
      node.wasReady = node.ready === 'True';
      const found = this.flags.lateTaint ? before : node.ready;
      if (found === 'True') {
        if (node.taint !== null) untainted.push(node.name);
        node.taint = null;
        node.isQueued = false;
      } else if (found !== null) this.taint(node, found, tainted);
    }
    for (const node of this.rateZones(nowNs)) {
      if (node.taint !== null) untainted.push(node.name);
      node.taint = null;
      node.isQueued = false;
    }
    tainted.push(...this.work(nowNs));
    return { lost, podsNotReady, tainted, untainted, nextNs: nowNs + this.flags.periodNs };
  }

  private isLost(nowNs: number, node: Watched): boolean {
    if (node.isFresh) node.seenNs = nowNs;
    node.isFresh = false;
    const graceNs = node.ready === null ? this.flags.startupGraceNs : this.flags.graceNs;
    return node.ready !== 'Unknown' && nowNs > node.seenNs + graceNs;
  }

  /** A taint that is there becomes the other one at once; a new one waits for its turn. */
  private taint(node: Watched, found: NodeReady, tainted: { node: string; taint: NoExecuteTaint }[]): void {
    const wanted = taintFor(found);
    if (node.taint !== null && node.taint !== wanted) {
      node.taint = wanted;
      tainted.push({ node: node.name, taint: wanted });
    } else if (node.taint === null && !node.isQueued) {
      node.isQueued = true;
      this.queue.push(node.name);
    }
  }

  /** Sets the pace of each zone. Returns the nodes that lose their taints since all zones are lost. */
  private rateZones(nowNs: number): readonly Watched[] {
    const byZone = new Map<string, Watched[]>();
    for (const node of this.nodes.values()) {
      const zone = byZone.get(node.zone);
      if (zone === undefined) byZone.set(node.zone, [node]);
      else zone.push(node);
    }
    const states = new Map([...byZone].map(([name, nodes]) => [name, this.stateOf(nodes)]));
    const wereAllFull = this.allFull;
    this.allFull = states.size > 0 && [...states.values()].every((state) => state === 'full');
    for (const [name, state] of states) {
      const zone = this.zones.get(name);
      if (zone?.state === state && this.allFull === wereAllFull) continue;
      const rate = this.allFull ? 0 : this.rateOf(state, byZone.get(name)!.length);
      const bucket = rate > 0 ? new TokenBucket(1, rate) : null;
      // Who waits for the old pace waits for the new one.
      if (zone?.bucket != null && zone.bucket.tokensAt(nowNs) < 1) bucket?.take(nowNs);
      this.zones.set(name, { state, bucket });
    }
    if (this.allFull && !wereAllFull) return [...this.nodes.values()];
    if (wereAllFull && !this.allFull) for (const node of this.nodes.values()) node.seenNs = nowNs;
    return [];
  }

  private stateOf(nodes: readonly Watched[]): ZoneState {
    const notReady = nodes.filter(({ ready }) => ready !== 'True').length;
    if (notReady === nodes.length) return 'full';
    return notReady > 2 && notReady / nodes.length >= this.flags.unhealthyZoneThreshold ? 'partial' : 'normal';
  }

  private rateOf(state: ZoneState, size: number): number {
    switch (state) {
      case 'normal':
      case 'full':
        return this.flags.evictionRate;
      case 'partial':
        return size > this.flags.largeClusterSize ? this.flags.secondaryRate : 0;
    }
  }

  /**
   * Taints nodes in their order, as fast as their zones allow. Passes do so; the controller itself looks every 100 ms,
   * and so may the driver.
   */
  work(nowNs: number): readonly { readonly node: string; readonly taint: NoExecuteTaint }[] {
    const tainted: { node: string; taint: NoExecuteTaint }[] = [];
    const left: string[] = [];
    for (const name of this.queue) {
      const node = this.nodes.get(name);
      if (node === undefined || !node.isQueued) continue;
      if (this.zones.get(node.zone)?.bucket?.take(nowNs) !== true) {
        left.push(name);
        continue;
      }
      node.isQueued = false;
      node.taint = taintFor(node.ready);
      tainted.push({ node: name, taint: node.taint });
    }
    this.queue = left;
    return tainted;
  }
}

function taintFor(ready: NodeReady | null): NoExecuteTaint {
  return ready === 'False' ? 'not-ready' : 'unreachable';
}
