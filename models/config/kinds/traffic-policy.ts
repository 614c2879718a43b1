// The traffic policy of a DestinationRule and its blocks, except load balancing (istio: pkg/config/validation/validation.go
// validateTrafficPolicy, validateConnectionPool, validateOutlierDetection, validatePortTrafficPolicies).
import type { Place } from '../place.js';
import { bool, int32, natural, percent, string, strings, uint32, word, zeroIsUnset } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  gone,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  type Schema,
} from '../schema.js';
import type {
  ClientTlsSettings,
  ConnectionPoolSettings,
  OutlierDetection,
  PortLevelSettings,
  RetryBudget,
  TrafficPolicy,
} from './destination-rule.js';
import { PROTO, portSelector, protoWith } from './istio-fields.js';
import { istioDuration, istioDurationOrZero } from './istio-rules.js';
import { loadBalancer } from './load-balancer.js';

/** A limit: 0 is unset, less is refused. */
const limit: Schema<number | null> = checked(zeroIsUnset(int32), (value, place) => {
  if (value !== null && value < 0) place.rejectedByIstio(`${value} is less than 0`, 'use 0 (no limit) or more');
});

type TcpPool = NonNullable<ConnectionPoolSettings['tcp']>;
type HttpPool = NonNullable<ConnectionPoolSettings['http']>;

const tcpPool: Schema<TcpPool> = object<TcpPool>(
  'TCP connection pool settings',
  {
    maxConnections: defaulted('maxConnections', limit, null),
    connectTimeoutNs: optional('connectTimeout', istioDuration),
    idleTimeoutNs: optional('idleTimeout', istioDurationOrZero),
    maxConnectionDurationNs: optional('maxConnectionDuration', istioDuration),
  },
  protoWith({
    tcpKeepalive: listed(
      approximated(
        'probes are not sent: peers that fall silent in a timeline are found by time-outs alone, and idle connections are not cut on the way',
      ),
    ),
  }),
);

const httpPool: Schema<HttpPool> = checked(
  object<HttpPool>(
    'HTTP connection pool settings',
    {
      http1MaxPendingRequests: defaulted('http1MaxPendingRequests', limit, null),
      http2MaxRequests: defaulted('http2MaxRequests', limit, null),
      maxRequestsPerConnection: defaulted('maxRequestsPerConnection', limit, null),
      maxRetries: defaulted('maxRetries', limit, null),
      idleTimeoutNs: optional('idleTimeout', istioDuration),
      maxConcurrentStreams: defaulted('maxConcurrentStreams', limit, null),
      h2UpgradePolicy: defaulted('h2UpgradePolicy', word(['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE']), 'DEFAULT'),
      useClientProtocol: defaulted(
        'useClientProtocol',
        bool,
        false,
        approximated('gRPC calls go on over HTTP/2, all others over HTTP/1.1'),
      ),
    },
    protoWith({
      http2KeepAlive: listed(
        approximated('pings are not sent: a peer that falls silent in a timeline is found by time-outs alone'),
      ),
    }),
  ),
  (pool, place) => {
    if (pool.h2UpgradePolicy !== 'UPGRADE' || !pool.useClientProtocol) return;
    place
      .child('useClientProtocol')
      .rejectedByIstio('useClientProtocol contradicts h2UpgradePolicy: UPGRADE', 'delete one');
  },
);

export const connectionPool: Schema<ConnectionPoolSettings> = checked(
  object<ConnectionPoolSettings>(
    'connection pool settings',
    { tcp: optional('tcp', tcpPool), http: optional('http', httpPool) },
    PROTO,
  ),
  (pool, place) => {
    if (pool.tcp === null && pool.http === null)
      place.rejectedByIstio('connectionPool is empty', 'add tcp or http, or delete it');
  },
);

const istioPercent: Schema<number> = checked(int32, (value, place) => {
  if (value < 0 || value > 100) place.rejectedByIstio(`${value} is not a percentage`, 'use 0 to 100');
});

const outlierDetection: Schema<OutlierDetection> = checked(
  object<OutlierDetection>(
    'outlier detection',
    {
      consecutive5xxErrors: optional('consecutive5xxErrors', uint32),
      consecutiveGatewayErrors: optional('consecutiveGatewayErrors', uint32),
      splitExternalLocalOriginErrors: defaulted('splitExternalLocalOriginErrors', bool, false),
      consecutiveLocalOriginFailures: optional('consecutiveLocalOriginFailures', uint32),
      intervalNs: optional('interval', istioDuration),
      baseEjectionTimeNs: optional('baseEjectionTime', istioDuration),
      maxEjectionPercent: defaulted('maxEjectionPercent', zeroIsUnset(istioPercent), null),
      minHealthPercent: defaulted('minHealthPercent', istioPercent, 0),
    },
    protoWith({
      consecutiveErrors: gone(
        'consecutiveErrors is ignored: consecutive5xxErrors keeps its default of 5',
        'use consecutive5xxErrors or consecutiveGatewayErrors',
      ),
    }),
  ),
  (found, place) => {
    if (found.splitExternalLocalOriginErrors || !found.consecutiveLocalOriginFailures) return;
    place
      .child('consecutiveLocalOriginFailures')
      .rejectedByIstio('it needs splitExternalLocalOriginErrors', 'add splitExternalLocalOriginErrors: true');
  },
);

interface WrittenTls extends Omit<ClientTlsSettings, 'servers'> {
  readonly clientCertificate: string;
  readonly privateKey: string;
  readonly caCertificates: string;
  readonly credentialName: string;
  readonly subjectAltNames: readonly string[];
}

const tls: Schema<ClientTlsSettings> = mapped(
  object<WrittenTls>(
    'client TLS settings',
    {
      mode: defaulted('mode', word(['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL']), 'DISABLE'),
      sni: defaulted('sni', string, ''),
      clientCertificate: defaulted('clientCertificate', string, ''),
      privateKey: defaulted('privateKey', string, ''),
      caCertificates: defaulted('caCertificates', string, ''),
      credentialName: defaulted('credentialName', string, ''),
      subjectAltNames: defaulted('subjectAltNames', strings, []),
    },
    protoWith(inert('insecureSkipVerify', 'caCrl')),
  ),
  (settings, place) => {
    checkTls(settings, place);
    return { mode: settings.mode, sni: settings.sni };
  },
);

function checkTls(settings: WrittenTls, place: Place): void {
  const { mode, credentialName, clientCertificate, privateKey, caCertificates } = settings;
  if (mode !== 'MUTUAL' && mode !== 'SIMPLE') return;
  if (credentialName !== '') {
    if (clientCertificate + privateKey + caCertificates === '') return;
    place
      .child('credentialName')
      .rejectedByIstio('credentialName excludes certificates by path', 'keep one of the two');
  } else if (mode === 'MUTUAL' && (clientCertificate === '' || privateKey === '')) {
    place.rejectedByIstio('MUTUAL needs clientCertificate and privateKey', 'give both, or credentialName');
  }
}

const BLOCKS = {
  loadBalancer: optional('loadBalancer', loadBalancer),
  connectionPool: optional('connectionPool', connectionPool),
  outlierDetection: optional('outlierDetection', outlierDetection),
  tls: optional('tls', tls),
} as const;

const portLevelSettings: Schema<PortLevelSettings> = checked(
  object<PortLevelSettings>('port level settings', { portNumber: optional('port', portSelector), ...BLOCKS }, PROTO),
  (settings, place) => {
    if (settings.portNumber === null) place.rejectedByIstio('port level settings need a port', 'add port: {number: …}');
    if (blocksOf(settings).every((block) => block === null))
      place.rejectedByIstio('the port level setting is empty', 'add a block');
  },
);

const retryBudget: Schema<RetryBudget> = object<RetryBudget>(
  'a retry budget',
  {
    percent: optional('percent', percent),
    minRetryConcurrency: optional('minRetryConcurrency', natural),
  },
  protoWith({
    budgetInterval: listed(
      approximated('the budget is a share of the active and pending requests, not of those begun in an interval'),
    ),
  }),
);

interface WrittenPolicy extends TrafficPolicy {
  readonly tunnel: boolean;
  readonly proxyProtocol: boolean;
}

const present: Schema<boolean> = { expected: 'a map', read: () => true };

export const trafficPolicy: Schema<TrafficPolicy> = mapped(
  object<WrittenPolicy>(
    'a traffic policy',
    {
      ...BLOCKS,
      portLevelSettings: defaulted('portLevelSettings', listOf('port level settings', portLevelSettings), []),
      retryBudget: optional('retryBudget', retryBudget),
      tunnel: defaulted(
        'tunnel',
        present,
        false,
        notModelled('requests are not tunnelled: the proxy in between costs no time'),
      ),
      proxyProtocol: defaulted(
        'proxyProtocol',
        present,
        false,
        approximated('the PROXY header is not sent: no effect on latency'),
      ),
    },
    PROTO,
  ),
  ({ tunnel, proxyProtocol, ...policy }, place) => {
    const blocks = [...blocksOf(policy), policy.retryBudget];
    const any = blocks.some((block) => block !== null) || policy.portLevelSettings.length > 0;
    if (!any && !tunnel && !proxyProtocol) place.rejectedByIstio('trafficPolicy is empty', 'add a block, or delete it');
    if (tunnel && proxyProtocol) place.rejectedByIstio('tunnel excludes proxyProtocol', 'keep one of the two');
    return policy;
  },
);

function blocksOf(policy: Pick<TrafficPolicy, keyof typeof BLOCKS>): readonly (object | null)[] {
  return [policy.loadBalancer, policy.connectionPool, policy.outlierDetection, policy.tls];
}
