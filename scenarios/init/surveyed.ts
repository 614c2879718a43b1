// What a survey of the cluster finds: pods, and the services before them.
import type { SourcePosition } from '../../models/config/diagnostic.js';
import type { PlainMap } from '../../models/config/document.js';
import type { Container } from '../../models/config/kinds/container.js';
import type { FieldPath } from '../../models/config/resource.js';
import type { PortProtocol } from '../../models/plan/terms/protocol.js';

export type Labels = Readonly<Record<string, string>>;

export interface Workload {
  /** e.g. `Deployment cart` */
  readonly label: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly serviceAccount: string;
  readonly replicas: number;
  readonly containers: readonly Container[];
  /** Path of the pod's spec inside the object. */
  readonly podPath: FieldPath;
  /** The pod's spec as plain data: volumes, envFrom and other fields that are not typed. */
  readonly podSpec: PlainMap | null;
  /** Whether the simulator runs such pods; it does not know Jobs. */
  readonly isSimulated: boolean;
  at(path: FieldPath): SourcePosition;
}

export interface ServicePort {
  readonly number: number;
  readonly name: string;
  readonly protocol: PortProtocol;
  /** Number or name of the container's port. */
  readonly target: number | string;
}

export interface Service {
  /** Short name; the host for a ServiceEntry. */
  readonly name: string;
  readonly namespace: string;
  /** As the scenario calls it: `name.namespace`, or the host. */
  readonly key: string;
  readonly source: 'kubernetes' | 'entry';
  readonly external: boolean;
  /** Namespaces that may see it, as Istio reads `exportTo`; empty: all. */
  readonly exportTo: readonly string[];
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
  readonly ports: readonly ServicePort[];
  readonly workloads: readonly Workload[];
  /** Somebody answers: pods, endpoints written by hand, or a host outside; what has none of them is not in the YAML. */
  readonly isThere: boolean;
  readonly at: SourcePosition;
}
