// Ingress (kubernetes: staging/src/k8s.io/api/networking/v1/types.go; v1beta1 had serviceName and servicePort).
import { portNumber, portNumberOrName, string, strings, word } from '../scalars.js';
import {
  approximated,
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
import { specKind } from './kind.js';

export interface IngressSpec {
  /** '' where absent. */
  readonly ingressClassName: string;
  readonly defaultBackend: IngressBackend | null;
  readonly rules: readonly IngressRule[];
  /** Hosts with certificates. */
  readonly tlsHosts: readonly string[];
}

export interface IngressRule {
  /** '' = all hosts. */
  readonly host: string;
  readonly paths: readonly IngressPath[];
}

export interface IngressPath {
  readonly path: string;
  readonly pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific';
  readonly backend: IngressBackend;
}

export interface IngressBackend {
  readonly serviceName: string;
  /** Number or name; null where absent. */
  readonly port: number | string | null;
}

interface WrittenBackend {
  readonly service: {
    readonly name: string;
    readonly port: { readonly number: number | null; readonly name: string };
  } | null;
  readonly serviceName: string;
  readonly servicePort: number | string | null;
}

type WrittenService = NonNullable<WrittenBackend['service']>;

const backend: Schema<IngressBackend> = mapped(
  object<WrittenBackend>(
    'a backend',
    {
      service: optional(
        'service',
        object<WrittenService>('a service', {
          name: required('name', string),
          port: defaulted(
            'port',
            object<WrittenService['port']>('a port', {
              number: optional('number', portNumber),
              name: defaulted('name', string, ''),
            }),
            { number: null, name: '' },
          ),
        }),
      ),
      serviceName: defaulted('serviceName', string, ''),
      servicePort: optional('servicePort', portNumberOrName),
    },
    { others: { resource: listed(notModelled('a backend that is no Service gets nothing')) } },
  ),
  ({ service, serviceName, servicePort }) => ({
    serviceName: service?.name ?? serviceName,
    port: service === null ? servicePort : (service.port.number ?? (service.port.name || null)),
  }),
);

const path: Schema<IngressPath> = object<IngressPath>('a path', {
  path: defaulted('path', string, ''),
  pathType: defaulted('pathType', word(['Exact', 'Prefix', 'ImplementationSpecific']), 'ImplementationSpecific'),
  backend: required('backend', backend),
});

interface WrittenRule {
  readonly host: string;
  readonly http: { readonly paths: readonly IngressPath[] };
}

const rule: Schema<WrittenRule> = object<WrittenRule>('a rule', {
  host: defaulted('host', string, ''),
  http: defaulted(
    'http',
    object<WrittenRule['http']>('HTTP paths', { paths: defaulted('paths', listOf('paths', path), []) }),
    { paths: [] },
  ),
});

interface WrittenSpec {
  readonly ingressClassName: string;
  readonly defaultBackend: IngressBackend | null;
  readonly backend: IngressBackend | null;
  readonly rules: readonly WrittenRule[];
  readonly tls: readonly { readonly hosts: readonly string[] }[];
}

const spec: Schema<IngressSpec> = mapped(
  object<WrittenSpec>('an Ingress', {
    ingressClassName: defaulted('ingressClassName', string, ''),
    defaultBackend: optional('defaultBackend', backend),
    backend: optional('backend', backend),
    rules: defaulted('rules', listOf('rules', rule), []),
    tls: defaulted(
      'tls',
      listOf(
        'TLS settings',
        object<WrittenSpec['tls'][number]>(
          'TLS settings',
          { hosts: defaulted('hosts', strings, []) },
          { others: inert('secretName') },
        ),
      ),
      [],
      approximated('TLS costs round trips; certificates and versions are not checked'),
    ),
  }),
  (written) => ({
    ingressClassName: written.ingressClassName,
    defaultBackend: written.defaultBackend ?? written.backend,
    rules: written.rules.map(({ host, http }) => ({ host, paths: http.paths })),
    tlsHosts: written.tls.flatMap(({ hosts }) => (hosts.length === 0 ? ['*'] : hosts)),
  }),
);

export const ingressKind = specKind(
  'Ingress',
  ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1', 'extensions/v1beta1'],
  () => spec,
);
