// Envoy's discovery by files: what changes in a run stands in files of its own, each in a folder that Envoy watches, and is replaced by renaming
// (envoy: api/envoy/config/core/v3/config_source.proto, PathConfigSource).
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message, Value } from '../../reports/envoy/bootstrap.js';
import type { HostsChange } from './change.js';

const ASSIGNMENT = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment';
const CLUSTER = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';
const ROUTES = 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration';
const FILE = 'now.json';
const NEXT = 'next.json';

/** A folder with one file, which Envoy reads again whenever another takes its place. */
class WatchedFile {
  private versions = 0;
  private text = '';

  constructor(private readonly folder: string) {
    mkdirSync(folder);
  }

  get source(): Message {
    return {
      path_config_source: { path: join(this.folder, FILE), watched_directory: { path: this.folder } },
      resource_api_version: 'V3',
    };
  }

  /** What stands there already is not written again. */
  write(resources: readonly Message[]): void {
    const text = JSON.stringify(resources);
    if (text === this.text) return;
    this.text = text;
    this.versions++;
    const next = join(this.folder, '..', NEXT);
    writeFileSync(next, `{"version_info": "${this.versions}", "resources": ${text}}`);
    renameSync(next, join(this.folder, FILE));
  }
}

/** What one configuration of a case is to the proxy. */
interface Version {
  readonly clusters: readonly Message[];
  readonly routes: Message;
}

export class Discovery {
  /** By name of the cluster. */
  private readonly assignments = new Map<string, { readonly file: WatchedFile; readonly whole: Message }>();
  private readonly clusterFile: WatchedFile;
  private readonly routeFile: WatchedFile;
  private readonly versions: readonly Version[];
  /** The bootstrap that asks files for clusters, their endpoints, and routes. */
  readonly bootstrap: Message;

  /**
   * @param folder for the files
   * @param bootstraps of the configurations of a case; the proxy has the first
   * @param missing by configuration: names of clusters that it does not have
   * @param letterOf the host that listens on a port
   */
  constructor(
    private readonly folder: string,
    bootstraps: readonly Message[],
    missing: readonly ReadonlySet<string>[],
    private readonly letterOf: (port: number) => string,
    first: HostsChange,
  ) {
    this.clusterFile = new WatchedFile(join(folder, 'clusters'));
    this.routeFile = new WatchedFile(join(folder, 'routes'));
    const known = bootstraps.map((bootstrap) => clustersOf(bootstrap));
    this.versions = bootstraps.map((bootstrap, i) => ({
      clusters: withOthers(known, i)
        .filter(({ name }) => !missing[i].has(String(name)))
        .map((cluster) => this.asking(cluster)),
      routes: routesOf(bootstrap),
    }));
    const [{ static_resources: resources, ...others }] = bootstraps;
    this.bootstrap = {
      ...others,
      dynamic_resources: { cds_config: this.clusterFile.source },
      static_resources: {
        listeners: (resources as { readonly listeners: readonly Message[] }).listeners.map((listener) =>
          withRouteSource(listener, this.routeFile.source),
        ),
      },
    };
    this.tell(first);
    this.configure(0);
  }

  private asking({ load_assignment: whole, ...cluster }: Message): Message {
    const name = String(cluster.name);
    const known = this.assignments.get(name);
    const file = known?.file ?? new WatchedFile(join(this.folder, `endpoints-${this.assignments.size}`));
    this.assignments.set(name, { file, whole: whole as Message });
    return { ...cluster, type: 'EDS', eds_cluster_config: { eds_config: file.source } };
  }

  /** Envoy hears of a configuration of the case: of clusters, then of routes. */
  configure(version: number): void {
    const { clusters, routes } = this.versions[version];
    this.clusterFile.write(clusters.map((cluster) => ({ '@type': CLUSTER, ...cluster })));
    this.routeFile.write([{ '@type': ROUTES, ...routes }]);
  }

  /** Envoy hears of these hosts. */
  tell(change: HostsChange): void {
    for (const { file, whole } of this.assignments.values()) {
      const localities = (whole.endpoints as readonly Message[]).map((locality) => ({
        ...locality,
        lb_endpoints: (locality.lb_endpoints as readonly Message[]).flatMap((endpoint) => this.told(endpoint, change)),
      }));
      file.write([{ '@type': ASSIGNMENT, ...whole, endpoints: localities.filter(isFilled) }]);
    }
  }

  private told(entry: Message, { hosts, unready = '', weights = {} }: HostsChange): Message[] {
    const letter = this.letterOf(portOf(entry));
    if (!hosts.includes(letter)) return [];
    const weight = weights[letter];
    return [
      {
        ...entry,
        ...(weight === undefined ? {} : { load_balancing_weight: weight }),
        ...(unready.includes(letter) ? { health_status: 'UNHEALTHY' } : {}),
      },
    ];
  }
}

function clustersOf({ static_resources: resources }: Message): readonly Message[] {
  return (resources as { readonly clusters: readonly Message[] }).clusters;
}

/** The clusters of a configuration, and those that only the routes of others name, which are there nevertheless. */
function withOthers(known: readonly (readonly Message[])[], version: number): readonly Message[] {
  const own = known[version];
  const names = new Set(own.map(({ name }) => name));
  const others = new Map(known.flat().map((cluster) => [cluster.name, cluster]));
  return [...own, ...[...others.values()].filter(({ name }) => !names.has(name))];
}

interface Manager {
  readonly typed_config: { readonly route_config: Message };
}

function managerOf(listener: Message): Manager {
  const [{ filters }] = listener.filter_chains as unknown as readonly { readonly filters: readonly Manager[] }[];
  return filters[0];
}

function routesOf({ static_resources: resources }: Message): Message {
  const [listener] = (resources as { readonly listeners: readonly Message[] }).listeners;
  return managerOf(listener).typed_config.route_config;
}

/** The listener with its routes in a file. */
function withRouteSource(listener: Message, source: Message): Message {
  const manager = managerOf(listener);
  const { route_config: routes, ...config } = manager.typed_config;
  const asking = { ...config, rds: { route_config_name: routes.name, config_source: source } };
  return { ...listener, filter_chains: [{ filters: [{ ...manager, typed_config: asking }] }] };
}

function isFilled({ lb_endpoints: endpoints }: { readonly lb_endpoints: readonly Value[] }): boolean {
  return endpoints.length > 0;
}

function portOf(entry: Message): number {
  const { address } = (entry as { readonly endpoint: { readonly address: Message } }).endpoint;
  return (address as { readonly socket_address: { readonly port_value: number } }).socket_address.port_value;
}
