// What findings are about, from the indices of the plan: what one name stands for is one subject.
import type { Facts } from './facts.js';
import type { Subject } from './ledger.js';

export function workloadSubject(workload: number): Subject {
  return { kind: 'workload', workload };
}

/** Callers of different zones or workloads have clusters of their own, under one name. */
export function clusterSubject({ plan }: Facts, cluster: number): Extract<Subject, { kind: 'cluster' }> {
  const { name } = plan.clusters[cluster];
  return { kind: 'cluster', name, clusters: plan.clusters.flatMap((other, i) => (other.name === name ? [i] : [])) };
}

export function linkSubject(from: number, to: number): Extract<Subject, { kind: 'link' }> {
  return { kind: 'link', from: Math.min(from, to), to: Math.max(from, to) };
}

export function edgeSubject(facts: Facts, row: number): Extract<Subject, { kind: 'edge' }> {
  const { plan } = facts;
  const { fromName, toName } = plan.edges[plan.rows[row].edge];
  const rows = plan.rows.flatMap(({ edge }, i) => {
    const own = plan.edges[edge];
    return own.fromName === fromName && own.toName === toName ? [i] : [];
  });
  return { kind: 'edge', name: facts.edgeName(row), rows };
}

/** Filters of one object that decide alike: RBAC has one for each listener and each way of TLS. */
export function filterSubject({ plan, sources }: Facts, filter: number): Extract<Subject, { kind: 'filter' }> {
  const all = plan.filters;
  const key = (i: number): string => {
    const source = sources?.filters[i] ?? null;
    return source === null ? all[i].name : `${source.object} ${source.detail}`;
  };
  const own = key(filter);
  return { kind: 'filter', name: own, filters: all.flatMap((_, i) => (key(i) === own ? [i] : [])) };
}
