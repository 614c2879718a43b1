// metrics-server: the age of what an autoscaler knows of CPU and memory. The server scrapes each kubelet every 15 s (60
// s where the flag is absent), keeps the last two points of each container, and answers with the CPU rate between the
// two.
// Source: metrics-server: pkg/storage/pod.go; its README and shipped manifests for `--metric-resolution`. A kubelet's
// own figures are up to some 10 s old when they are scraped: `takenNs` of a point is for the driver to choose.
import { SECOND_NS } from '../units.js';
import type { PodSample } from './observed-pods.js';

/** `--metric-resolution` as the shipped manifests set it. */
export const MANIFEST_RESOLUTION_NS = 15 * SECOND_NS;
/** `--metric-resolution` where the flag is absent. */
export const FLAG_RESOLUTION_NS = 60 * SECOND_NS;

/** A container younger than this gives no CPU rate yet. */
const FRESH_CONTAINER_NS = 10 * SECOND_NS;

/** What a kubelet says of one container. */
export interface ContainerPoint {
  readonly container: string;
  readonly takenNs: number;
  /** When this run of the container started. */
  readonly startedNs: number;
  /** CPU time since the start of the container, in core-nanoseconds. */
  readonly cpuNs: number;
  readonly memoryBytes: number;
}

/** What a kubelet says of one pod. */
export interface PodPoint {
  readonly pod: string;
  readonly containers: readonly ContainerPoint[];
}

type Points = ReadonlyMap<string, ContainerPoint>;

/** Points of all pods, of the last two scrapes. Who is not in a scrape is forgotten. */
export class MetricsServer {
  private last: ReadonlyMap<string, Points> = new Map();
  private previous: ReadonlyMap<string, Points> = new Map();

  /** @param resolutionNs how far scrapes are apart; the driver calls `scrape` at this pace */
  constructor(readonly resolutionNs: number = MANIFEST_RESOLUTION_NS) {}

  /** One scrape of all kubelets. */
  scrape(pods: readonly PodPoint[]): void {
    const last = new Map<string, Points>();
    const previous = new Map<string, Points>();
    for (const { pod, containers } of pods) {
      last.set(pod, new Map(containers.map((point) => [point.container, point])));
      const before = containers.flatMap((point): (readonly [string, ContainerPoint])[] => {
        const earlier = this.earlier(pod, point);
        return earlier === null ? [] : [[point.container, earlier]];
      });
      previous.set(pod, new Map(before));
    }
    this.last = last;
    this.previous = previous;
  }

  /**
   * What the metrics API answers for a pod; null: the pod is not listed, as it is while any of its containers has no
   * two points.
   * @param container the one container that is asked for; null: the sum over all
   */
  sample(pod: string, resource: 'cpu' | 'memory', container: string | null = null): PodSample | null {
    const last = this.last.get(pod);
    const previous = this.previous.get(pod);
    if (last === undefined || previous === undefined || last.size === 0) return null;
    let milli = 0;
    let takenNs = Infinity;
    let windowNs = 0;
    let found = false;
    for (const [name, point] of last) {
      const before = previous.get(name);
      if (before === undefined) return null;
      if (point.takenNs < takenNs) {
        takenNs = point.takenNs;
        windowNs = point.takenNs - before.takenNs;
      }
      if (container !== null && name !== container) continue;
      found = true;
      milli += resource === 'cpu' ? cpuMilli(before, point) : point.memoryBytes * 1000;
    }
    return found ? { milli, takenNs, windowNs } : null;
  }

  /**
   * The point that a rate is reckoned from: the start of a fresh container, or the last point of the same run of the
   * container.
   */
  private earlier(pod: string, point: ContainerPoint): ContainerPoint | null {
    const ageNs = point.takenNs - point.startedNs;
    if (ageNs > 0 && ageNs < this.resolutionNs && ageNs >= FRESH_CONTAINER_NS) {
      return { ...point, takenNs: point.startedNs, cpuNs: 0 };
    }
    const before = this.last.get(pod)?.get(point.container);
    if (before === undefined || point.startedNs >= before.takenNs) return null;
    if (point.takenNs > before.takenNs) return before;
    const kept = this.previous.get(pod)?.get(point.container);
    return kept !== undefined && kept.takenNs < point.takenNs ? kept : null;
  }
}

/** The CPU rate in millicores, rounded up as quantities are. */
function cpuMilli(from: ContainerPoint, to: ContainerPoint): number {
  return Math.ceil((1000 * (to.cpuNs - from.cpuNs)) / (to.takenNs - from.takenNs));
}
