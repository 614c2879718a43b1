// To what a patch of an EnvoyFilter applies (istio api: networking/v1alpha3/envoy_filter.proto EnvoyConfigObjectMatch).
import { string, uint32, word } from '../scalars.js';
import { approximated, checked, defaulted, inert, listed, object, optional, type Schema } from '../schema.js';
import { PROTO, protoWith } from './istio-fields.js';
import { checkRegex } from './istio-rules.js';

/** `port`: of the service. */
export interface ClusterMatch {
  readonly name: string;
  readonly service: string;
  readonly subset: string;
  readonly port: number;
}

const NAMED = object<{ name: string }>('a filter', { name: defaulted('name', string, '') }, PROTO);

interface FilterMatch {
  readonly name: string;
  readonly subFilter: { readonly name: string } | null;
}

const filterChain = object<{ filter: FilterMatch | null }>(
  'a filter chain match',
  {
    filter: optional(
      'filter',
      object<FilterMatch>(
        'a filter match',
        { name: defaulted('name', string, ''), subFilter: optional('subFilter', NAMED) },
        PROTO,
      ),
    ),
  },
  protoWith(inert('name', 'sni', 'transportProtocol', 'applicationProtocols', 'destinationPort')),
);

export interface ListenerMatch {
  readonly portNumber: number;
  readonly name: string;
  readonly filterChain: { readonly filter: FilterMatch | null } | null;
}

const listener = object<ListenerMatch>(
  'a listener match',
  {
    portNumber: defaulted('portNumber', uint32, 0),
    name: defaulted('name', string, ''),
    filterChain: optional('filterChain', filterChain),
  },
  protoWith(inert('portName', 'listenerFilter')),
);

interface RouteMatch {
  readonly name: string;
  readonly action: string;
}

interface VhostMatch {
  readonly name: string;
  readonly route: RouteMatch | null;
}

export interface RouteConfigurationMatch {
  readonly portNumber: number;
  readonly vhost: VhostMatch | null;
}

const ANY_HOST = listed(
  approximated('routes are told apart by the port, the name of the virtual host and that of the route alone'),
);

const action: Schema<string> = checked(string, (word, place) => {
  if (word !== 'ANY' && word !== 'ROUTE') place.approximated('the patch is applied whatever the route does');
});

const routeConfiguration = object<RouteConfigurationMatch>(
  'a route configuration match',
  {
    portNumber: defaulted('portNumber', uint32, 0),
    vhost: optional(
      'vhost',
      object<VhostMatch>(
        'a virtual host match',
        {
          name: defaulted('name', string, ''),
          route: optional(
            'route',
            object<RouteMatch>(
              'a route match',
              { name: defaulted('name', string, ''), action: defaulted('action', action, 'ANY') },
              PROTO,
            ),
          ),
        },
        protoWith({ domainName: ANY_HOST }),
      ),
    ),
  },
  protoWith({ portName: ANY_HOST, gateway: ANY_HOST, name: ANY_HOST }),
);

export const NO_CLUSTER: ClusterMatch = { name: '', service: '', subset: '', port: 0 };

const cluster = object<ClusterMatch>(
  'a cluster match',
  {
    name: defaulted('name', string, ''),
    service: defaulted('service', string, ''),
    subset: defaulted('subset', string, ''),
    port: defaulted('portNumber', uint32, 0),
  },
  PROTO,
);

const CONTEXTS = ['ANY', 'SIDECAR_INBOUND', 'SIDECAR_OUTBOUND', 'GATEWAY', 'WAYPOINT'] as const;

interface ProxyMatch {
  readonly proxyVersion: string;
}

const proxy = object<ProxyMatch>(
  'a proxy match',
  {
    proxyVersion: defaulted(
      'proxyVersion',
      checked(string, (pattern, place) => {
        if (pattern !== '') checkRegex(pattern, place);
      }),
      '',
    ),
  },
  protoWith({ metadata: listed(approximated('what proxies say about themselves is not known: the patch is applied')) }),
);

export interface Match {
  readonly context: (typeof CONTEXTS)[number];
  readonly proxy: ProxyMatch | null;
  readonly listener: ListenerMatch | null;
  readonly routeConfiguration: RouteConfigurationMatch | null;
  readonly cluster: ClusterMatch | null;
}

export const match: Schema<Match> = object<Match>(
  'a match',
  {
    context: defaulted('context', word(CONTEXTS), 'ANY'),
    listener: optional('listener', listener),
    proxy: optional('proxy', proxy),
    routeConfiguration: optional('routeConfiguration', routeConfiguration),
    cluster: optional('cluster', cluster),
  },
  protoWith(inert('waypoint')),
);
