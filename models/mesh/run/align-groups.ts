// The groups of endpoints of a cluster that changes with the configuration: a group keeps its place in all versions, so that a request which goes by one
// version finds at a host of another what it meets there.
import type { ClusterPlan, DestinationPlan, EndpointArrivalPlan, MeshPlan } from '../../plan/contract/plan.js';

/** The versions with groups that are in the same places; a version that lacks a group has it without endpoints (`absent`). */
export function alignGroups(versions: readonly MeshPlan[]): readonly MeshPlan[] {
  const [first] = versions;
  const moving = first.clusters.flatMap((_, index) => {
    const keys = versions.map(({ clusters }) => clusters[index].groups.map(keyOf));
    const all = [...new Set(keys.flat())];
    const isAlike = keys.every((own) => own.length === all.length && own.every((key, place) => key === all[place]));
    return isAlike ? [] : [[index, all] as const];
  });
  if (moving.length === 0) return versions;
  const places = new Map(moving);
  const arrivals = new Arrivals(versions, places);
  return versions.map((version) => ({
    ...version,
    clusters: version.clusters.map((cluster, index) => {
      const all = places.get(index);
      return all === undefined ? cluster : aligned(cluster, all, versions, index);
    }),
    sites: version.sites.map((site, number) => {
      const { action } = site.route;
      if (action.kind !== 'forward') return site;
      const move = (destination: DestinationPlan): DestinationPlan =>
        places.has(destination.cluster) ? arrivals.aligned(version, number, destination) : destination;
      const destinations = action.destinations.map(move);
      const mirrors = action.mirrors.map((mirror) => ({ ...mirror, destination: move(mirror.destination) }));
      return { ...site, route: { ...site.route, action: { ...action, destinations, mirrors } } };
    }),
  }));
}

function keyOf({ workload, passage }: ClusterPlan['groups'][number]): string {
  return passage === null ? `${workload}` : `${workload} ${passage.cluster} ${passage.locality}`;
}

/** One list by group as the places want it. */
function placed<T>(
  own: readonly T[],
  { groups }: Pick<ClusterPlan, 'groups'>,
  all: readonly string[],
  other: (key: string) => T,
): T[] {
  const keys = groups.map(keyOf);
  return all.map((key) => own[keys.indexOf(key)] ?? other(key));
}

function aligned(
  cluster: ClusterPlan,
  all: readonly string[],
  versions: readonly MeshPlan[],
  index: number,
): ClusterPlan {
  const { groups, localityViews, endpointTls, healthCheck } = cluster;
  const anywhere = versions.flatMap((version) => version.clusters[index].groups);
  const found = (key: string) => anywhere.find((group) => keyOf(group) === key) as (typeof groups)[number];
  return {
    ...cluster,
    groups: placed(groups, cluster, all, (key) => ({ ...found(key), absent: true })),
    localityViews: localityViews.map((view) =>
      view === null
        ? null
        : { ...view, priorities: placed(view.priorities, cluster, all, () => view.priorities[0] ?? []) },
    ),
    endpointTls:
      endpointTls.length === 0 ? endpointTls : placed(endpointTls, cluster, all, () => endpointTls[0] ?? cluster),
    healthCheck:
      healthCheck === null
        ? null
        : { ...healthCheck, handlers: placed(healthCheck.handlers, cluster, all, () => healthCheck.handlers[0] ?? -1) },
  };
}

/** What requests meet at the groups of clusters. */
class Arrivals {
  /** By site and cluster, and by cluster alone: what is known of a group from any version. */
  private readonly known = new Map<string, EndpointArrivalPlan>();

  constructor(
    private readonly versions: readonly MeshPlan[],
    private readonly places: ReadonlyMap<number, readonly string[]>,
  ) {
    for (const version of versions) {
      for (const [number, { route }] of version.sites.entries()) {
        if (route.action.kind !== 'forward') continue;
        const { destinations, mirrors } = route.action;
        for (const one of [...destinations, ...mirrors.map(({ destination }) => destination)]) {
          this.learn(version, number, one);
        }
      }
    }
  }

  private learn({ clusters }: MeshPlan, site: number, { cluster, arrivals }: DestinationPlan): void {
    // A site that only another version has stands in the list of this one too, and says nothing of the groups here.
    if (!this.places.has(cluster) || arrivals.length !== clusters[cluster].groups.length) return;
    for (const [group, arrival] of arrivals.entries()) {
      const key = keyOf(clusters[cluster].groups[group]);
      for (const name of [`${site} ${cluster} ${key}`, `${cluster} ${key}`]) {
        if (!this.known.has(name)) this.known.set(name, arrival);
      }
    }
  }

  aligned({ clusters }: MeshPlan, site: number, destination: DestinationPlan): DestinationPlan {
    const { cluster, arrivals } = destination;
    const all = this.places.get(cluster) ?? [];
    return {
      ...destination,
      arrivals: placed(arrivals, clusters[cluster], all, (key) => {
        const found = this.known.get(`${site} ${cluster} ${key}`) ?? this.known.get(`${cluster} ${key}`);
        return found ?? this.anyOf(cluster);
      }),
    };
  }

  private anyOf(cluster: number): EndpointArrivalPlan {
    for (const { sites } of this.versions) {
      for (const { route } of sites) {
        if (route.action.kind !== 'forward') continue;
        for (const one of route.action.destinations) {
          if (one.cluster === cluster && one.arrivals.length > 0) return one.arrivals[0];
        }
      }
    }
    throw new Error(`nothing leads to cluster ${cluster}`);
  }
}
