// A service as the registry has it: a Kubernetes Service or a host of a ServiceEntry, with ports and endpoints.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { PortProtocol } from '../terms/protocol.js';
import type { LinkerdService } from './linkerd-service.js';
import type { Workload } from './workload.js';

export interface PortInfo {
  readonly number: number;
  readonly name: string;
  readonly protocol: PortProtocol;
  /** Number or name of the port of the pods. */
  readonly target: number | string;
}

export interface Service {
  /** FQDN of a Service, host of a ServiceEntry (perhaps a wildcard). */
  readonly host: string;
  /** Short name; the host again for a ServiceEntry. */
  readonly name: string;
  readonly namespace: string;
  readonly source: 'kubernetes' | 'entry';
  /** No registry has it: proxies know nothing of it. Absent: one has. */
  readonly unregistered?: true;
  /** `MESH_EXTERNAL`: no automatic mTLS. */
  readonly external: boolean;
  /** How clients find the endpoints; `dns` without endpoints has no cluster, `original-dst` knows no load balancing. */
  readonly discovery: 'eds' | 'dns' | 'original-dst';
  /** Of `dns`: one host, at whichever address comes first (DNS_ROUND_ROBIN). Absent: each address is a host. */
  readonly logicalDns?: true;
  readonly ports: readonly PortInfo[];
  readonly exportTo: readonly string[];
  /** `weight` of each pod. */
  readonly endpoints: readonly { readonly workload: Workload; readonly weight: number }[];
  /** e.g. `Service shop/cart` */
  readonly resource: string;
  readonly position: SourcePosition | null;
  /** Of an entry without `addresses`: whether DNS capture can give it one, and its age. Absent: it has an address of its own. */
  readonly addressless?: { readonly allocatable: boolean; readonly createdAtMs: number };
  /** The Service asks for endpoints near the client (`trafficDistribution`). */
  readonly prefersClose: boolean;
  /** kube-proxy keeps a client to one endpoint (`sessionAffinity: ClientIP`); proxies do not. Absent: it does not either. */
  readonly keepsClients?: true;
  /** What its annotations say to Linkerd; absent: nothing. */
  readonly linkerd?: LinkerdService;
}

/** Which services a client's proxy knows. */
export type Sees = (service: Service) => boolean;

/** Names by which the scenario may call a service. */
export function serviceNames(service: Pick<Service, 'name' | 'namespace' | 'host'>): string[] {
  const { name, namespace, host } = service;
  return [name, `${name}.${namespace}`, `${namespace}/${name}`, host, `${name}.${namespace}.svc`];
}
