// What one request at a door asks of every service behind it: how often it comes by, and for how much CPU.
import type { FoundCall } from '../call.js';
import { classifyService, workOf } from '../discover/service-kind.js';
import type { Survey } from '../survey.js';
import type { Service, Workload } from '../surveyed.js';
import type { Demand } from './capacity.js';

/** CPU of a pod without a limit: the default cores of a node. */
const UNLIMITED_MILLIS = 4000;

export class CallTree {
  private readonly byApp = new Map<string, FoundCall[]>();

  /** `calls` must have no circles. */
  constructor(
    private readonly survey: Survey,
    calls: readonly FoundCall[],
  ) {
    for (const call of calls) {
      const app = survey.appOf(call.from);
      const list = this.byApp.get(app);
      if (list === undefined) this.byApp.set(app, [call]);
      else list.push(call);
    }
  }

  /** Calls that the pods behind a service make. */
  callsOf(service: Service): readonly FoundCall[] {
    return this.byApp.get(this.survey.primaryOf(service).key) ?? [];
  }

  /** Services that requests to the given ones reach, these included; a caller before whom it calls. */
  reachedFrom(doors: readonly Service[]): readonly Service[] {
    const finished: Service[] = [];
    const seen = new Set<Service>();
    for (const door of doors) {
      const open: { service: Service; next: number }[] = [];
      const enter = (service: Service): void => {
        const primary = this.survey.primaryOf(service);
        if (seen.has(primary)) return;
        seen.add(primary);
        open.push({ service: primary, next: 0 });
      };
      enter(door);
      for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
        const call = this.callsOf(top.service)[top.next];
        top.next += 1;
        if (call !== undefined) enter(call.to);
        else {
          finished.push(top.service);
          open.pop();
        }
      }
    }
    return finished.reverse();
  }

  /** Visits of a request that comes to each of `doors` with its weight; all weights together are 1. */
  visits(doors: readonly { readonly service: Service; readonly weight: number }[]): ReadonlyMap<Service, number> {
    const visits = new Map<Service, number>();
    const add = (service: Service, count: number): void => {
      const primary = this.survey.primaryOf(service);
      visits.set(primary, (visits.get(primary) ?? 0) + count);
    };
    for (const { service, weight } of doors) add(service, weight);
    for (const service of this.reachedFrom(doors.map((door) => door.service))) {
      const own = visits.get(service) ?? 0;
      for (const call of this.callsOf(service)) add(call.to, own * shareOf(call.from, service));
    }
    return visits;
  }

  /** Demands of the services that are visited. */
  demands(visits: ReadonlyMap<Service, number>): Demand[] {
    return [...visits].map(([service, count]) => ({
      service: service.name,
      cpuMs: count * workOf(classifyService(service).kind).cpuMs,
      capacityMillis: service.workloads.reduce((sum, workload) => sum + capacityOf(workload), 0) || UNLIMITED_MILLIS,
    }));
  }
}

/** Part of a service's requests that a workload behind it gets. */
function shareOf(workload: Workload, service: Service): number {
  const all = service.workloads.reduce((sum, { replicas }) => sum + replicas, 0);
  return all === 0 ? 1 : workload.replicas / all;
}

function capacityOf({ containers, replicas }: Workload): number {
  const limits = containers
    .filter(({ name }) => name !== 'istio-proxy')
    .map(({ resources }) => resources.cpuLimitMillis);
  const pod = limits.some((limit) => limit === null)
    ? UNLIMITED_MILLIS
    : limits.reduce((sum: number, limit) => sum + (limit ?? 0), 0);
  return replicas * pod;
}
