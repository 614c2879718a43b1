// What happened in a run besides its requests: entries of the timeline that begin and end, and what followed for pods and for those who hear of them.
import type { Calendar } from '../../../sim/calendar.js';

export const HAPPENINGS = [
  /** An entry of the timeline begins, and ends. */
  'began',
  'ended',
  /** A pod is killed; a new one is created in its place; it serves. */
  'pod killed',
  'pod created',
  'pod ready',
  /** The kernel kills an application at the memory limit of its container. */
  'out of memory',
  /** The application of a pod dies, and is back. */
  'application down',
  'application up',
  /** The kubelet finds a pod not ready any more, and ready again; a probe of liveness or start-up condemns its container. */
  'pod unready',
  'pod ready again',
  'container killed',
  /** A workload is to have another number of pods. */
  'scaled',
  /** A pod that is not needed any more is to go; it has ended. */
  'pod leaving',
  'pod ended',
  /** No node takes a pod. */
  'pod pending',
  /** Pods get another template; more of the new ones serve; all of them do; nothing has moved for too long. */
  'rollout began',
  'rollout progressed',
  'rollout done',
  'rollout stuck',
  /** The control plane has noticed that a node is lost; a node is back. */
  'node unknown',
  'node back',
  /** A node that the Cluster Autoscaler has asked for takes pods; a node that it needs no more has gone. */
  'node added',
  'node removed',
  /** The eviction of a pod is granted, or refused by a budget; all pods of a node have gone. */
  'pod evicted',
  'eviction refused',
  'node drained',
  /** The last proxy has heard of a change of endpoints. */
  'endpoints known',
] as const;

export type HappeningKind = (typeof HAPPENINGS)[number];

export interface HappeningResult {
  /** Nanoseconds after the end of the warm-up. */
  readonly atNs: number;
  readonly kind: HappeningKind;
  /** Index into the plan's timeline; -1 = nobody planned it. */
  readonly entry: number;
  /** Index of the workload, and ordinal of the pod; -1 = it is about none. */
  readonly workload: number;
  readonly pod: number;
  /** Of `scaled`: how many pods the workload was to have before, and from now on. */
  readonly replicas?: ScaledReplicas;
}

export interface ScaledReplicas {
  readonly from: number;
  readonly to: number;
}

/** More of them say nothing to anybody. */
export const HAPPENINGS_MAX = 10_000;

export class Happenings {
  readonly all: HappeningResult[] = [];

  /** @param startNs calendar time at which the measured window begins */
  constructor(
    private readonly calendar: Calendar,
    private readonly startNs: number,
  ) {}

  /** @param entry of the timeline that asks for it; -1 = an autoscaler does */
  scaled(workload: number, replicas: ScaledReplicas, entry: number): void {
    if (this.all.length >= HAPPENINGS_MAX) return;
    this.all.push({
      atNs: this.calendar.nowNs - this.startNs,
      kind: 'scaled',
      entry,
      workload,
      pod: -1,
      replicas,
    });
  }

  add(kind: HappeningKind, entry: number, workload = -1, pod = -1): void {
    if (this.all.length >= HAPPENINGS_MAX) return;
    this.all.push({ atNs: this.calendar.nowNs - this.startNs, kind, entry, workload, pod });
  }
}
