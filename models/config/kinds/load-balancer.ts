// The load balancer settings of a traffic policy (istio: pkg/config/validation/validation.go validateLoadBalancer; istio api:
// networking/v1alpha3/destination_rule.proto LoadBalancerSettings).
import type { Place } from '../place.js';
import { bool, duration, natural, number, percent, string, strings, uint32, word } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  listOf,
  mapOf,
  mapped,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import type {
  ConsistentHash,
  LoadBalancerSettings,
  LocalityLbSetting,
  SimpleLoadBalancer,
  ZoneAwareLbSetting,
} from './destination-rule.js';
import { PROTO } from './istio-fields.js';
import { istioDuration } from './istio-rules.js';
import { checkLocalities, checkZones } from './locality-rules.js';

const ZONES =
  'proxies know their own cluster where ISTIO_META_ENABLE_SELF_DISCOVERY is set in the proxyMetadata of the mesh, which is not read: it is taken to be';
const COOKIE =
  'clients bring the cookie back by session or user (attributes of the traffic) or by connection of a closed loop; applications keep no cookies, so theirs is a new one with each call';
const SOURCE_IP =
  'at a gateway the address is the attribute `address` or `user` of the request, else one for each request of an open loop and one for all of a closed loop';
const WARMUP =
  'all endpoints are there from the start: what a new one among old ones gets is not seen, only what the setting makes of the balancer';

const simple: Schema<SimpleLoadBalancer> = checked(
  word(['UNSPECIFIED', 'ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'PASSTHROUGH'], { LEAST_CONN: 'LEAST_REQUEST' }),
  (found, place) => {
    if (found !== 'PASSTHROUGH') return;
    place.approximated(
      'a random endpoint for each request, instead of the one behind the address that the client dialed',
    );
  },
);

type Cookie = NonNullable<ConsistentHash['httpCookie']>;

const cookie: Schema<Cookie> = object<Cookie>(
  'a cookie',
  {
    name: defaulted('name', string, ''),
    path: defaulted('path', string, ''),
    ttlNs: optional('ttl', duration),
  },
  PROTO,
);

interface WrittenHash extends Omit<ConsistentHash, 'algorithm' | 'size'> {
  readonly ringHash: { readonly minimumRingSize: number | null } | null;
  readonly maglev: { readonly tableSize: number | null } | null;
  readonly minimumRingSize: number | null;
}

const consistentHash: Schema<ConsistentHash> = mapped(
  object<WrittenHash>(
    'a consistent hash',
    {
      httpHeaderName: defaulted('httpHeaderName', string, ''),
      httpCookie: optional('httpCookie', cookie, approximated(COOKIE)),
      useSourceIp: defaulted('useSourceIp', bool, false, approximated(SOURCE_IP)),
      httpQueryParameterName: defaulted('httpQueryParameterName', string, ''),
      ringHash: optional(
        'ringHash',
        object<{ minimumRingSize: number | null }>(
          'a ring hash',
          { minimumRingSize: optional('minimumRingSize', natural) },
          PROTO,
        ),
      ),
      maglev: optional(
        'maglev',
        object<{ tableSize: number | null }>('Maglev settings', { tableSize: optional('tableSize', natural) }, PROTO),
      ),
      minimumRingSize: optional('minimumRingSize', natural),
    },
    PROTO,
  ),
  ({ ringHash, maglev, minimumRingSize, ...hash }, place) => {
    if (hash.httpCookie?.name === '') place.child('httpCookie').rejectedByIstio('the cookie needs a name', 'add name');
    const algorithms = [ringHash, maglev, minimumRingSize].filter((found) => found !== null).length;
    if (algorithms > 1)
      place.rejectedByIstio('more than one hash algorithm', 'keep one of ringHash, maglev, minimumRingSize');
    if (minimumRingSize !== null) {
      place
        .child('minimumRingSize')
        .info('deprecated-field', 'moved into ringHash', 'write ringHash: {minimumRingSize: …}');
    }
    return maglev === null
      ? { ...hash, algorithm: 'ring-hash', size: ringHash?.minimumRingSize ?? minimumRingSize }
      : { ...hash, algorithm: 'maglev', size: maglev.tableSize };
  },
);

const failovers = listOf(
  'failovers',
  object<LocalityLbSetting['failover'][number]>(
    'a failover',
    { from: defaulted('from', string, ''), to: defaulted('to', string, '') },
    PROTO,
  ),
);

export const localityLbSetting: Schema<LocalityLbSetting> = object<LocalityLbSetting>(
  'a locality setting',
  {
    enabled: optional('enabled', bool),
    distribute: defaulted(
      'distribute',
      listOf(
        'distributions',
        object<LocalityLbSetting['distribute'][number]>(
          'a distribution',
          { from: defaulted('from', string, ''), to: defaulted('to', mapOf('weights', uint32), {}) },
          PROTO,
        ),
      ),
      [],
    ),
    failover: defaulted('failover', failovers, []),
    failoverPriority: defaulted('failoverPriority', strings, []),
  },
  PROTO,
);

const zoneAwareLbSetting: Schema<ZoneAwareLbSetting> = object<ZoneAwareLbSetting>(
  'a zone-aware setting',
  {
    enabled: optional('enabled', bool),
    failover: defaulted('failover', failovers, []),
    failoverPriority: defaulted('failoverPriority', strings, []),
    minClusterSize: optional('minClusterSize', uint32),
  },
  PROTO,
);

type Warmup = NonNullable<LoadBalancerSettings['warmup']>;

/** istio api: warmup defaults. */
const MINIMUM_PERCENT = 10;
const AGGRESSION = 1;

const warmup: Schema<Warmup> = checked(
  object<Warmup>(
    'a warm-up',
    {
      durationNs: required('duration', istioDuration),
      minimumPercent: defaulted('minimumPercent', percent, MINIMUM_PERCENT),
      aggression: defaulted('aggression', number(0, 1e9), AGGRESSION),
    },
    PROTO,
  ),
  (found, place) => {
    if (found.aggression < 1)
      place.child('aggression').rejectedByIstio(`${found.aggression} is less than 1`, 'use 1 or more');
  },
);

interface WrittenSettings extends LoadBalancerSettings {
  readonly warmupDurationNs: number | null;
}

export const loadBalancer: Schema<LoadBalancerSettings> = mapped(
  object<WrittenSettings>(
    'load balancer settings',
    {
      simple: defaulted('simple', simple, 'UNSPECIFIED'),
      consistentHash: optional('consistentHash', consistentHash),
      localityLbSetting: optional('localityLbSetting', checked(localityLbSetting, checkLocalities)),
      zoneAwareLbSetting: optional('zoneAwareLbSetting', checked(zoneAwareLbSetting, checkZones), approximated(ZONES)),
      warmup: optional('warmup', warmup, approximated(WARMUP)),
      warmupDurationNs: optional('warmupDurationSecs', istioDuration, approximated(WARMUP)),
    },
    PROTO,
  ),
  ({ warmupDurationNs, ...settings }, place) => {
    checkOneBalancer(settings, place);
    checkOneLocality(settings, place);
    if (warmupDurationNs === null) return settings;
    place.child('warmupDurationSecs').info('deprecated-field', 'moved into warmup', 'write warmup: {duration: …}');
    const old = { durationNs: warmupDurationNs, minimumPercent: MINIMUM_PERCENT, aggression: AGGRESSION };
    return { ...settings, warmup: settings.warmup ?? old };
  },
);

function checkOneBalancer(settings: LoadBalancerSettings, place: Place): void {
  if (settings.simple === 'UNSPECIFIED' || settings.consistentHash === null) return;
  place.rejectedByIstio('a load balancer has simple or consistentHash, not both', 'delete one of the two');
}

function checkOneLocality({ localityLbSetting, zoneAwareLbSetting }: LoadBalancerSettings, place: Place): void {
  if (localityLbSetting === null || zoneAwareLbSetting === null) return;
  place.rejectedByIstio('localityLbSetting and zoneAwareLbSetting exclude each other', 'keep one of the two');
}
