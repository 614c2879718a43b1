// The load balancer settings of a traffic policy (istio: pkg/config/validation/validation.go validateLoadBalancer; istio api:
// networking/v1alpha3/destination_rule.proto LoadBalancerSettings).
import type { Place } from '../place.js';
import { bool, duration, natural, number, percent, string, strings, uint32, word } from '../scalars.js';
import {
  checked,
  defaulted,
  listed,
  listOf,
  mapOf,
  mapped,
  notModelled,
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
} from './destination-rule.js';
import { PROTO, protoWith } from './istio-fields.js';
import { istioDuration } from './istio-rules.js';

const NOT_HASHED =
  'hashing is not simulated: the default balancer (LEAST_REQUEST) picks the endpoints, without stickiness';
const NO_LOCALITY = 'locality settings are not simulated: endpoints of all localities are used alike';
const NO_WARMUP = 'warm-up is not simulated: new endpoints get their full share at once';

const simple: Schema<SimpleLoadBalancer> = checked(
  word(['UNSPECIFIED', 'ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'PASSTHROUGH'], { LEAST_CONN: 'LEAST_REQUEST' }),
  (found, place) => {
    if (found !== 'PASSTHROUGH') return;
    place.notModelled('PASSTHROUGH is not simulated: the default balancer (LEAST_REQUEST) picks the endpoint');
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
      httpCookie: optional('httpCookie', cookie),
      useSourceIp: defaulted('useSourceIp', bool, false),
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

const localityLbSetting: Schema<LocalityLbSetting> = object<LocalityLbSetting>(
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
    failover: defaulted(
      'failover',
      listOf(
        'failovers',
        object<LocalityLbSetting['failover'][number]>(
          'a failover',
          { from: defaulted('from', string, ''), to: defaulted('to', string, '') },
          PROTO,
        ),
      ),
      [],
    ),
    failoverPriority: defaulted('failoverPriority', strings, []),
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
      consistentHash: optional('consistentHash', consistentHash, notModelled(NOT_HASHED)),
      localityLbSetting: optional('localityLbSetting', localityLbSetting, notModelled(NO_LOCALITY)),
      warmup: optional('warmup', warmup, notModelled(NO_WARMUP)),
      warmupDurationNs: optional('warmupDurationSecs', istioDuration, notModelled(NO_WARMUP)),
    },
    protoWith({ zoneAwareLbSetting: listed(notModelled(NO_LOCALITY)) }),
  ),
  ({ warmupDurationNs, ...settings }, place) => {
    checkOneBalancer(settings, place);
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
