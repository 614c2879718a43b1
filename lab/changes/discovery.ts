// Envoy's discovery by files: what changes in a run stands in files of its own, each in a folder that Envoy watches, and is replaced by renaming
// (envoy: api/envoy/config/core/v3/config_source.proto, PathConfigSource).
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message, Value } from '../../reports/envoy/bootstrap.js';
import type { HostsChange } from './change.js';

const ASSIGNMENT = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment';
const FILE = 'now.json';
const NEXT = 'next.json';

/** A folder with one file, which Envoy reads again whenever another takes its place. */
class WatchedFile {
  private version = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder);
  }

  get source(): Message {
    return {
      path_config_source: { path: join(this.folder, FILE), watched_directory: { path: this.folder } },
      resource_api_version: 'V3',
    };
  }

  write(resources: readonly Message[]): void {
    this.version++;
    const next = join(this.folder, `../${NEXT}`);
    writeFileSync(next, JSON.stringify({ version_info: String(this.version), resources }));
    renameSync(next, join(this.folder, FILE));
  }
}

export class Discovery {
  private readonly assignments: { readonly file: WatchedFile; readonly whole: Message }[] = [];
  /** The bootstrap with its clusters asking files for their endpoints. */
  readonly bootstrap: Message;

  /** @param folder for the files @param letterOf the host that listens on a port */
  constructor(
    private readonly folder: string,
    bootstrap: Message,
    private readonly letterOf: (port: number) => string,
    first: HostsChange,
  ) {
    const resources = bootstrap.static_resources as Message;
    const clusters = (resources.clusters as readonly Message[]).map((cluster) => this.asking(cluster));
    this.bootstrap = { ...bootstrap, static_resources: { ...resources, clusters } };
    this.tell(first);
  }

  private asking({ load_assignment: whole, ...cluster }: Message): Message {
    const file = new WatchedFile(join(this.folder, `endpoints-${this.assignments.length}`));
    this.assignments.push({ file, whole: whole as Message });
    return { ...cluster, type: 'EDS', eds_cluster_config: { eds_config: file.source } };
  }

  /** Envoy hears of these hosts. */
  tell(change: HostsChange): void {
    for (const { file, whole } of this.assignments) {
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

function isFilled({ lb_endpoints: endpoints }: { readonly lb_endpoints: readonly Value[] }): boolean {
  return endpoints.length > 0;
}

function portOf(entry: Message): number {
  const { address } = (entry as { readonly endpoint: { readonly address: Message } }).endpoint;
  return (address as { readonly socket_address: { readonly port_value: number } }).socket_address.port_value;
}
