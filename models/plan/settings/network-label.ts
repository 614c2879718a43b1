// Which network an endpoint is on: its own label or field, else what was injected or its system namespace says, else the mesh's networks.
// istio: pilot/pkg/serviceregistry/kube/controller/network.go (Controller.network, setNetworkFromNamespace), pkg/kube/inject (label of injected
// pods), pkg/serviceregistry/serviceentry/conversion.go; the label of the endpoint is what routing goes by (pilot/pkg/model/network.go).
import type { ResourceSet } from '../../config/load.js';
import { isIpAddress } from '../../config/names.js';
import { isInside } from '../terms/address.js';
import type { MeshSettings } from './mesh-settings.js';

/** Of pods, endpoints, the system namespace, and of the Services of gateways between networks. */
export const NETWORK_LABEL = 'topology.istio.io/network';
/** Of the same: the port at which they take connections of other networks. */
const GATEWAY_PORT_LABEL = 'networking.istio.io/gatewayPort';
const DEFAULT_GATEWAY_PORT = 15_443;
/** Name of a cluster whose values give none. */
const DEFAULT_CLUSTER = 'Kubernetes';

type Labels = Readonly<Record<string, string>>;

/** Where an object with these labels is a gateway into a network; null: it is none. */
export function networkPortOf(labels: Labels): number | null {
  if (labels[NETWORK_LABEL] === undefined) return null;
  return Number(labels[GATEWAY_PORT_LABEL] ?? DEFAULT_GATEWAY_PORT);
}

export class NetworkLabels {
  private readonly ofCluster: string;
  private readonly ofInjected: string;

  constructor(
    resources: Pick<ResourceSet, 'namespaces'>,
    private readonly mesh: MeshSettings,
  ) {
    const system = resources.namespaces.find(({ name }) => name === mesh.rootNamespace);
    const cluster = mesh.clusterName || DEFAULT_CLUSTER;
    const registered = Object.entries(mesh.networks).find(([, { registries }]) => registries.includes(cluster));
    this.ofCluster = system?.labels[NETWORK_LABEL] ?? registered?.[0] ?? '';
    this.ofInjected = mesh.network || this.ofCluster;
  }

  /** The labels of pods with their network among them, if they are on any. */
  ofPods(labels: Labels, injected: boolean): Labels {
    return withNetwork(labels, injected ? this.ofInjected : this.ofCluster);
  }

  /** The same of an endpoint that is written down. */
  ofEndpoint({ labels, network, address }: { labels: Labels; network: string; address: string }): Labels {
    if (network !== '') return { ...labels, [NETWORK_LABEL]: network };
    return withNetwork(labels, isIpAddress(address) ? this.ofAddress(address) : '');
  }

  private ofAddress(text: string): string {
    const found = Object.entries(this.mesh.networks).find(([, { blocks }]) =>
      blocks.some((block) => isInside({ kind: 'known', text }, block)),
    );
    return found?.[0] ?? '';
  }
}

function withNetwork(labels: Labels, network: string): Labels {
  return network === '' || labels[NETWORK_LABEL] !== undefined ? labels : { ...labels, [NETWORK_LABEL]: network };
}
