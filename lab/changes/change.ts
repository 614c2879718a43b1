// What changes while the load of a case runs: what the proxy is told of its hosts, and what happens to the servers. The real Envoy is told through files
// (discovery.ts) and its servers are harmed (faults.ts); the simulation is driven to the same at the same times (drive.ts).

/** Times count from the beginning of the load. */
export type Change = { readonly atMs: number } & (HostsChange | FaultChange | ConfigurationChange);

/** The proxy hears which hosts there are: an assignment of endpoints. */
export interface HostsChange {
  readonly kind: 'hosts';
  /** Letters of the hosts that the assignment names. */
  readonly hosts: string;
  /** Those of them that are marked as unhealthy. */
  readonly unready?: string;
  /** By letter; absent: as in the plan. */
  readonly weights?: Readonly<Record<string, number>>;
}

/** Something happens to the server of a host; nobody tells the proxy. */
export interface FaultChange {
  readonly kind: 'fault';
  readonly host: string;
  readonly fault: Fault;
  /** Absent: until the case ends. A process that is killed does not come back. */
  readonly forMs?: number;
}

/** The proxy hears of another configuration; what is not named stays as it is. */
export interface ConfigurationChange {
  readonly kind: 'configuration';
  /** `trafficPolicy` of the DestinationRule. */
  readonly policy?: object;
  /** The rule of the VirtualService, over a plain route without retries. */
  readonly http?: object;
  /** Letters of the subsets that there are. */
  readonly subsets?: string;
}

export type Fault =
  /** The process ends: its connections are closed, and whoever connects is refused. */
  | 'kill'
  /** The process stands still: connections come about, requests are taken and not answered. */
  | 'hang'
  /** Nothing passes: who connects waits for an answer. */
  | 'silence'
  /** Every request is answered with 503, checks of the health too. */
  | 'fail';

/** The first assignment of a case. @param letters of all hosts @param absent of those that come later */
export function firstHosts(letters: string, absent = ''): HostsChange {
  return { kind: 'hosts', hosts: [...letters].filter((letter) => !absent.includes(letter)).join('') };
}

/** Changes in the order of their times. */
export function inOrder(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) => a.atMs - b.atMs);
}
