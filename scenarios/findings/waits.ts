// Where the clients' time goes: by Little's law the mean number of requests that wait at a station, over the rate of the clients, is what the station
// adds to the clients' mean latency (J. D. C. Little, "A Proof for the Queuing Formula L = λW", Operations Research 9, 1961). Branches that run in
// parallel count each by itself, so that the parts of a mesh with parallel calls may come to more than the latency.
import type { WorkloadResult } from '../../models/mesh/recording/result.js';
import { NO_LIMIT } from '../../models/plan/contract/plan.js';
import type { Facts } from './facts.js';
import { areWorkersFull, isCpuFull, isProxyFull } from './full.js';
import type { Ledger } from './ledger.js';
import { clusterSubject, edgeSubject, filterSubject, linkSubject, workloadSubject } from './subjects.js';

const NS_PER_MS = 1e6;
/** So many times slower than the others of its service counts as slow. */
const SLOWER = 2.5;

export function chargeWaits(facts: Facts, ledger: Ledger): void {
  if (facts.calls === 0) return;
  const perCallMs = (ns: number): number => ns / facts.calls / NS_PER_MS;
  facts.plan.workloads.forEach((_, workload) => {
    const add = (code: 'F201' | 'F202' | 'F203' | 'F103', ns: number): void => {
      ledger.entry(code, workloadSubject(workload)).latencyMs += perCallMs(ns);
    };
    if (isCpuFull(facts, workload))
      add(
        'F201',
        facts.workload(workload, (result) => result.cpuWaitNs),
      );
    if (areWorkersFull(facts, workload)) add('F202', queuedNs(facts, workload));
    if (isProxyFull(facts, workload))
      add(
        'F203',
        facts.workload(workload, (result) => result.proxyWaitNs),
      );
    const inboundNs = facts.workload(workload, (result) => result.inboundWaitNs);
    if (inboundNs > 0) add('F103', inboundNs);
  });
  chargePools(facts, ledger, perCallMs);
  chargeSlowWorkloads(facts, ledger, perCallMs);
  chargeDelays(facts, ledger, perCallMs);
  chargeLosses(facts, ledger, perCallMs);
}

function queuedNs(facts: Facts, workload: number): number {
  return facts.results.reduce((sum, { workloads, measuredNs }) => sum + workloads[workload].queued * measuredNs, 0);
}

/** Waits for a connection where the limit of connections is what they wait for. */
function chargePools(facts: Facts, ledger: Ledger, perCallMs: (ns: number) => number): void {
  facts.plan.clusters.forEach(({ limits }, cluster) => {
    if (limits.maxConnections >= NO_LIMIT || facts.cluster(cluster, (result) => result.upstreamCxOverflow) === 0)
      return;
    const waitedNs = facts.cluster(cluster, (result) => result.pendingWaitNs);
    if (waitedNs > 0) ledger.entry('F204', clusterSubject(facts, cluster)).latencyMs += perCallMs(waitedNs);
  });
}

/** Time of a workload's own: work, CPU and workers waited for, no calls. */
function ownNs({ appCpuNs, cpuWaitNs, pauseNs }: WorkloadResult): number {
  return appCpuNs + cpuWaitNs + pauseNs;
}

function chargeSlowWorkloads(facts: Facts, ledger: Ledger, perCallMs: (ns: number) => number): void {
  const { plan, names } = facts;
  for (const service of new Set(names)) {
    const own = plan.workloads.flatMap((workload, i) => (names[i] === service && workload.kind === 'app' ? [i] : []));
    if (own.length < 2) continue;
    for (const workload of own) {
      const served = facts.workload(workload, (result) => result.completed);
      const eachNs = served === 0 ? 0 : facts.workload(workload, ownNs) / served;
      const others = own.filter((other) => other !== workload);
      const othersServed = others.reduce((sum, other) => sum + facts.workload(other, (result) => result.completed), 0);
      if (served === 0 || othersServed === 0) continue;
      const otherNs = others.reduce((sum, other) => sum + facts.workload(other, ownNs), 0) / othersServed;
      if (otherNs <= 0 || eachNs < SLOWER * otherNs) continue;
      const entry = ledger.entry('F205', workloadSubject(workload));
      entry.latencyMs += perCallMs((eachNs - otherNs) * served);
      entry.factor = eachNs / otherNs;
    }
  }
}

/** Delays that the YAML injects, by the route or the filter that does. */
function chargeDelays(facts: Facts, ledger: Ledger, perCallMs: (ns: number) => number): void {
  facts.rows.forEach(({ delayed }, row) => {
    if (delayed === 0) return;
    for (const site of facts.sitesOf(row)) {
      const { route } = facts.plan.sites[site];
      if ((route.fault?.delayNs ?? 0) > 0 && route.fault !== null) {
        ledger.entry('F206', edgeSubject(facts, row)).latencyMs += perCallMs(delayed * route.fault.delayNs);
        return;
      }
      const filter = route.filters.find((own) => delayOf(facts, own) > 0);
      if (filter === undefined) continue;
      ledger.entry('F206', filterSubject(facts, filter)).latencyMs += perCallMs(delayed * delayOf(facts, filter));
      return;
    }
  });
}

function chargeLosses(facts: Facts, ledger: Ledger, perCallMs: (ns: number) => number): void {
  for (const { losses } of facts.results) {
    for (const { from, to, lostNs } of losses)
      ledger.entry('F207', linkSubject(from, to)).latencyMs += perCallMs(lostNs);
  }
}

function delayOf({ plan }: Facts, filter: number): number {
  const found = plan.filters[filter];
  return found?.kind === 'fault' ? found.delayNs : 0;
}
