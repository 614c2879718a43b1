// Versions over one numbering: the lists of each are as long as what all of them have.
import type { WorkloadPlan } from './contract/plan.js';
import type { Compiled } from './draft.js';

/** The versions with lists that have no gaps (a workload that is not there has no pods): where a version lacks something, its list holds what the version before had there, else the next. */
export function withoutGaps(versions: readonly (Compiled | null)[]): (Compiled | null)[] {
  const present = versions.filter((version) => version !== null);
  return versions.map((version) => {
    if (version === null) return null;
    const place = present.indexOf(version);
    const whole = <T>(list: (of: Compiled) => readonly T[]): T[] => filled(present.map(list), place);
    return {
      plan: {
        ...version.plan,
        workloads: whole(({ plan }) => plan.workloads).map((workload, number) =>
          version.plan.workloads[number] === undefined && isInCluster(workload)
            ? { ...workload, podLocalities: [] }
            : workload,
        ),
        clusters: whole(({ plan }) => plan.clusters),
        edges: whole(({ plan }) => plan.edges),
        rows: whole(({ plan }) => plan.rows),
        sites: whole(({ plan }) => plan.sites),
        handlers: whole(({ plan }) => plan.handlers),
        chains: whole(({ plan }) => plan.chains),
        filters: whole(({ plan }) => plan.filters),
      },
      facts: version.facts,
      sources: {
        workloads: whole(({ sources }) => sources.workloads),
        clusters: whole(({ sources }) => sources.clusters),
        filters: whole(({ sources }) => sources.filters),
        sites: whole(({ sources }) => sources.sites),
      },
    };
  });
}

/** What is outside of the cluster is there whatever the YAML says. */
function isInCluster({ kind }: WorkloadPlan): boolean {
  return kind !== 'external' && kind !== 'client';
}

/** The list of one version, as long as the longest of all. */
function filled<T>(lists: readonly (readonly T[])[], version: number): T[] {
  const length = Math.max(...lists.map((list) => list.length));
  const order = [lists[version]!, ...lists.slice(0, version).toReversed(), ...lists.slice(version + 1)];
  return Array.from({ length }, (_, number) => {
    const holder = order.find((list) => list[number] !== undefined);
    if (holder === undefined) throw new Error(`no version has number ${number}`);
    return holder[number]!;
  });
}
