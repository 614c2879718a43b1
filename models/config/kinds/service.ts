// Service (kubernetes: staging/src/k8s.io/api/core/v1/types.go ServiceSpec, pkg/apis/core/validation/validation.go).
import type { Place } from '../place.js';
import { portNumber, portNumberOrName, string, stringMap, word } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import type { StringMap } from './common.js';
import { specKind } from './kind.js';

export interface ServicePort {
  /** '' where the only port has no name. */
  readonly name: string;
  readonly port: number;
  /** Number, or name of a container port; the port itself where absent. */
  readonly targetPort: number | string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly appProtocol: string | null;
}

export interface ServiceSpec {
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** `clusterIP: None`. */
  readonly headless: boolean;
  /** An address given in the manifest; null where the cluster assigns one, and for headless Services. */
  readonly clusterIP: string | null;
  /** Alias target of `type: ExternalName`; '' otherwise. */
  readonly externalName: string;
  /** Empty: no selector, endpoints are managed by others. */
  readonly selector: StringMap;
  readonly ports: readonly ServicePort[];
  readonly trafficDistribution: 'PreferClose' | 'PreferSameZone' | 'PreferSameNode' | null;
  /** `ClientIP`: kube-proxy sends all connections of a client to one endpoint. */
  readonly sessionAffinity: 'None' | 'ClientIP';
}

export const transportProtocol = word(['TCP', 'UDP', 'SCTP']);

interface WrittenPort extends Omit<ServicePort, 'targetPort'> {
  readonly targetPort: number | string | null;
}

const servicePort: Schema<ServicePort> = mapped(
  object<WrittenPort>(
    'a Service port',
    {
      name: defaulted('name', string, ''),
      port: required('port', portNumber),
      targetPort: optional('targetPort', portNumberOrName),
      protocol: defaulted('protocol', transportProtocol, 'TCP'),
      appProtocol: optional('appProtocol', string),
    },
    { others: inert('nodePort') },
  ),
  (port) => ({ ...port, targetPort: port.targetPort ?? port.port }),
);

interface WrittenSpec {
  readonly trafficDistribution: ServiceSpec['trafficDistribution'];
  readonly sessionAffinity: ServiceSpec['sessionAffinity'];
  readonly type: ServiceSpec['type'];
  readonly clusterIP: string | null;
  readonly externalName: string;
  readonly selector: StringMap;
  readonly ports: readonly ServicePort[];
}

const INERT_FIELDS = inert(
  'allocateLoadBalancerNodePorts',
  'clusterIPs',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'ipFamilies',
  'ipFamily',
  'ipFamilyPolicy',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  'sessionAffinityConfig',
);

const fields = object<WrittenSpec>(
  'a Service',
  {
    type: defaulted('type', word(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']), 'ClusterIP'),
    clusterIP: optional('clusterIP', string),
    externalName: defaulted('externalName', string, ''),
    selector: defaulted('selector', stringMap, {}),
    ports: defaulted('ports', listOf('Service ports', servicePort), []),
    sessionAffinity: defaulted('sessionAffinity', word(['None', 'ClientIP']), 'None'),
    trafficDistribution: optional(
      'trafficDistribution',
      word(['PreferClose', 'PreferSameZone', 'PreferSameNode']),
      approximated(
        'sidecars prefer endpoints of their zone, then of their region; nodes are not known, and kube-proxy, for clients without a sidecar, uses all alike',
      ),
    ),
  },
  {
    others: {
      ...INERT_FIELDS,
      externalIPs: listed(notModelled('requests to external addresses do not reach the Service')),
      internalTrafficPolicy: listed(notModelled('endpoints on all nodes are used, also with policy Local')),
      publishNotReadyAddresses: listed(notModelled('pods receive requests only once they are ready')),
    },
  },
);

const spec: Schema<ServiceSpec> = mapped(checked(fields, checkService), ({ clusterIP, ...rest }) => {
  const headless = clusterIP === 'None';
  return { ...rest, headless, clusterIP: headless || clusterIP === '' ? null : clusterIP };
});

function checkService(service: WrittenSpec, place: Place): void {
  if (service.type === 'ExternalName' && service.externalName === '') {
    place.rejectedByKubernetes('a Service of type ExternalName needs externalName', 'add externalName: the host');
  }
  const names = service.ports.map(({ name }) => name);
  service.ports.forEach(({ name }, index) => {
    const at = place.down('ports', index);
    if (name === '' && names.length > 1)
      at.rejectedByKubernetes('one of several ports needs a name', 'add name, e.g. http-web');
    else if (names.indexOf(name) < index)
      at.child('name').rejectedByKubernetes(`two ports have the name "${name}"`, 'rename one');
  });
}

export const serviceKind = specKind('Service', ['v1'], () => spec);
