// What is done to a mesh while it runs: the timeline of a scenario, with every target settled to numbers of the plan. Times are nanoseconds after the
// end of the warm-up. Pods are chosen when an entry begins (chaos-mesh: pkg/selector), by draws of the entry's own.
import type { SourcePosition } from '../../config/diagnostic.js';

export interface TimelineEntryPlan {
  /** As reports call it: `kill 1 pod of cart`. */
  readonly name: string;
  readonly position: SourcePosition | null;
  /** When it begins, ascending; empty: it has begun before the run, so that the warm-up has it too. */
  readonly startsNs: readonly number[];
  /** How long each time lasts; null: until the run ends; 0: it is over at once. */
  readonly durationNs: number | null;
  /** How long it takes to grow to its full size, linearly, within `durationNs`; 0 = at once. */
  readonly rampNs: number;
  readonly action: TimelineAction;
}

export type TimelineAction =
  | { readonly kind: 'pods'; readonly target: PodTargetPlan; readonly fault: PodFaultPlan }
  | LinkActionPlan
  | TrafficActionPlan
  | ClientsActionPlan
  | DnsActionPlan
  | IstiodActionPlan
  | RolloutActionPlan
  | NodeActionPlan
  /** Another configuration begins to hold, and ends (`MeshPlan.configurations` says which). */
  | { readonly kind: 'configuration' };

/** What is done to nodes: to all of these, or to some, drawn when it begins. */
export interface NodeActionPlan {
  readonly kind: 'nodes';
  /** Indices of nodes. */
  readonly nodes: readonly number[];
  readonly count: PodTargetPlan['pods'];
  readonly fault: NodeFaultPlan;
}

export type NodeFaultPlan =
  /** The machine has no power: nobody there answers, and nobody is told. */
  | { readonly kind: 'lose' }
  /** `kubectl drain`: no new pods come, and those that are there are evicted as far as budgets let them. */
  | { readonly kind: 'drain' }
  /** A share (0..1) of the CPU of all its pods is used by others. */
  | { readonly kind: 'squeeze'; readonly share: number };

/** What is asked of the controllers of workloads. */
export type RolloutActionPlan =
  /** All pods are replaced, in the way of their controller (kubectl: pkg/polymorphichelpers/objectrestarter.go). */
  | { readonly kind: 'restart'; readonly workloads: readonly number[] }
  /** `spec.replicas` from now on. */
  | { readonly kind: 'scale'; readonly workloads: readonly number[]; readonly replicas: number };

/** Which pods: those of the workloads in the places with the ordinals, and of these all, so many, or a share. */
export interface PodTargetPlan {
  /** Indices of workloads. */
  readonly workloads: readonly number[];
  /** Indices of localities; null = anywhere. */
  readonly localities: readonly number[] | null;
  /** null = any. */
  readonly ordinals: readonly number[] | null;
  readonly pods: { readonly kind: 'all' } | { readonly kind: 'count'; readonly count: number } | PodSharePlan;
}

/** A part of the pods that match, 0..1, rounded up. */
export interface PodSharePlan {
  readonly kind: 'share';
  readonly share: number;
}

export type PodFaultPlan =
  /** The processes are killed, and the pod is deleted: its owner makes another one. */
  | { readonly kind: 'kill' }
  /** The pod is deleted and ends by itself, its owner makes another one: in `graceSeconds` (0: it is killed; null: as the pod says). */
  | { readonly kind: 'stop'; readonly graceSeconds: number | null }
  /** The application is killed and started anew in its place by the kubelet, again and again while the entry lasts. */
  | { readonly kind: 'crash' }
  /** Requests are taken and never answered. */
  | { readonly kind: 'hang' }
  /** Connections to the application are refused. */
  | { readonly kind: 'refuse' }
  /** A share (0..1) of the requests is answered with the status instead of being worked on. */
  | { readonly kind: 'fail'; readonly share: number; readonly status: number }
  /** Work takes `factor` as long, and each request `addNs` longer. */
  | { readonly kind: 'slow'; readonly factor: number; readonly addNs: number }
  /** A share (0..1) of the pod's CPU is used by others. */
  | { readonly kind: 'steal'; readonly share: number }
  /** All threads stand still for `lengthNs`, every `everyNs`. */
  | { readonly kind: 'pause'; readonly lengthNs: number; readonly everyNs: number };

/** What is done to the pods at once: no time belongs to it. */
export function isOverAtOnce({ kind }: PodFaultPlan): boolean {
  return kind === 'kill' || kind === 'stop';
}

/** One end of a link: pods of workloads, or all in localities; null = any. */
export interface LinkEndPlan {
  readonly workloads: readonly number[] | null;
  readonly localities: readonly number[] | null;
  /** Of the pods only those with these ordinals; absent: all. */
  readonly ordinals?: readonly number[];
}

export interface LinkActionPlan {
  readonly kind: 'link';
  /** Messages from here … */
  readonly from: LinkEndPlan;
  /** … to there; and back, where `bothWays`. */
  readonly to: LinkEndPlan;
  readonly bothWays: boolean;
  readonly fault: LinkFaultPlan;
}

export type LinkFaultPlan =
  /** Every message takes longer, by `addNs` with a uniform spread of `jitterNs` to either side (linux: net/sched/sch_netem.c). */
  | { readonly kind: 'delay'; readonly addNs: number; readonly jitterNs: number }
  /** Probability that a message loses a packet. */
  | { readonly kind: 'loss'; readonly probability: number }
  /** Messages of all pairs of pods that are meant have so much for each pair. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Nothing gets through, and nobody is told. */
  | { readonly kind: 'partition' };

export type IstiodActionPlan =
  /** No istiod answers: proxies keep what they have, and hear nothing new. */
  | { readonly kind: 'istiod'; readonly isDown: true }
  /** All that istiod does takes `factor` as long, above 1. */
  | { readonly kind: 'istiod'; readonly isDown: false; readonly factor: number };

export interface TrafficActionPlan {
  readonly kind: 'traffic';
  /** Indices into `MeshPlan.traffic`. */
  readonly traffic: readonly number[];
  /** The rate, or the number of connections that send, is multiplied by this, >= 0. */
  readonly factor: number;
  /** Of the one source that `traffic` names, by request: its share of what is sent, 0..1; together 1. Absent: as ever. */
  readonly mix?: readonly number[];
}

/** Connections of the pods that send end, and others take their place. */
export interface ClientsActionPlan {
  readonly kind: 'clients';
  /** Indices into `MeshPlan.traffic`: whose pods. */
  readonly traffic: readonly number[];
  /** The share (0..1) of the connections that end each second, each when nothing is under way on it; null: all end at once, whatever they carry. */
  readonly sharePerSecond: number | null;
}

/** A name that proxies resolve resolves otherwise. */
export interface DnsActionPlan {
  readonly kind: 'dns';
  /** Workloads that stand for the host; its addresses are those of their pods, in this order. */
  readonly workloads: readonly number[];
  /** One host, at the first address (DNS_ROUND_ROBIN), which an answer without addresses leaves as it is. */
  readonly isLogical: boolean;
  /** How many of the addresses, the first ones, 0 = the name does not exist; `fails`: the resolver answers with an error, or not at all. */
  readonly answers: number | 'fails';
  /** How long an answer may be kept; 0 = Istio's refresh rate. */
  readonly ttlSeconds: number;
}
