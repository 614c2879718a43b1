// What kind of service is this? By its name, its images and its ports; and what such a service usually spends on a request.
// Shapes: lognormal handlers (sigma 0.5 to 0.7), caches (0.3) and far APIs (1.0), bimodal databases (95 % cached, 5 % ten times slower),
// as in the service-time models of DeathStarBench (Gan et al., ASPLOS 2019) and uqSim (Zhang et al., ISPASS 2019) and the RPC
// latencies of Seemakhupt et al. (SOSP 2023). cv = sqrt(exp(sigma^2) - 1).
import type { Service, Workload } from '../surveyed.js';

export type ServiceKind =
  | 'front end'
  | 'API'
  | 'cache'
  | 'database'
  | 'queue'
  | 'search engine'
  | 'payment'
  | 'mail'
  | 'machine learning'
  | 'external API'
  | 'telemetry'
  | 'load generator'
  | 'tool';

export interface Classification {
  readonly kind: ServiceKind;
  /** e.g. `by its image redis:alpine` */
  readonly reason: string;
}

interface Rule {
  readonly kind: ServiceKind;
  /** Last part of an image's name, without its tag. */
  readonly image?: RegExp;
  /** Words of the name. */
  readonly words?: readonly string[];
  readonly ports?: readonly number[];
}

/** The first rule that fits wins; images say more than names, names more than ports. */
const RULES: readonly Rule[] = [
  {
    kind: 'telemetry',
    image:
      /(^|[/-])(prometheus|grafana|jaeger|all-in-one|zipkin|otel|opentelemetry|loki|tempo|kiali|fluentd?|fluent-bit|statsd|cortex|heapster|alertmanager|node-exporter|consul|eureka|zookeeper)/,
    words: [
      'prometheus',
      'grafana',
      'jaeger',
      'zipkin',
      'otel',
      'opentelemetry',
      'opentelemetrycollector',
      'collector',
      'loki',
      'tempo',
      'kiali',
      'statsd',
      'fluentd',
      'consul',
      'eureka',
      'zookeeper',
      'heapster',
      'cortex',
      'alertmanager',
    ],
  },
  {
    kind: 'load generator',
    image:
      /(^|[/-_])(k6|wrk2?|hey|locust|vegeta|slow[_-]cooker|oha|siege|bombardier|nighthawk|jmeter|gatling|artillery|ghz|load-?test(er)?|load-?gen(erator)?)([:@_-]|$)/,
    words: [
      'loadgenerator',
      'loadgen',
      'loadtester',
      'loadtest',
      'locust',
      'k6',
      'wrk',
      'hey',
      'vegeta',
      'bot',
      'votebot',
      'jmeter',
      'gatling',
      'loadgensvc',
      'fortio',
    ],
  },
  {
    kind: 'tool',
    image:
      /(^|\/)(curl|netshoot|busybox|sleep|alpine|network-multitool|multitool|ubuntu|debian|dnsutils|toolbox)([:@]|$)/,
    words: ['sleep', 'curl', 'netshoot', 'multitool', 'toolbox', 'debug'],
  },
  {
    kind: 'cache',
    image: /(^|[/-])(redis|memcached|valkey|dragonfly|keydb|varnish|hazelcast)/,
    words: ['redis', 'memcached', 'valkey', 'cache', 'varnish'],
    ports: [6379, 11211],
  },
  {
    kind: 'queue',
    image: /(^|[/-])(rabbitmq|kafka|nats|activemq|artemis|pulsar|mosquitto|redpanda)/,
    words: ['rabbitmq', 'kafka', 'nats', 'activemq', 'pulsar', 'mqtt', 'broker', 'mq'],
    ports: [5672, 9092, 4222, 61616, 1883],
  },
  {
    kind: 'search engine',
    image: /(^|[/-])(elasticsearch|opensearch|solr|meilisearch|typesense)/,
    words: ['elasticsearch', 'opensearch', 'solr'],
    ports: [9200],
  },
  {
    kind: 'database',
    image:
      /(^|[/_-])(mongo|mongodb|mysql|mysqldb|mariadb|postgres|postgresql|cockroach|cockroachdb|cassandra|scylla|couchdb|neo4j|clickhouse|influxdb|minio|etcd|percona)([:@_-]|$)/,
    words: [
      'db',
      'database',
      'mongo',
      'mongodb',
      'mysql',
      'mysqldb',
      'mariadb',
      'postgres',
      'postgresql',
      'pg',
      'sql',
      'cassandra',
      'etcd',
    ],
    ports: [27017, 3306, 5432, 26257, 9042, 1433, 1521],
  },
  { kind: 'payment', words: ['payment', 'payments', 'pay', 'billing', 'stripe', 'paypal', 'bank'] },
  { kind: 'mail', words: ['mail', 'email', 'smtp', 'notification', 'notifications', 'notifier', 'sms'] },
  {
    kind: 'machine learning',
    words: [
      'recommendation',
      'recommendations',
      'recommender',
      'ml',
      'inference',
      'predict',
      'predictor',
      'model',
      'ranking',
      'ranker',
      'embedding',
      'assistant',
      'llm',
    ],
  },
  {
    kind: 'front end',
    words: [
      'frontend',
      'front',
      'web',
      'webapp',
      'www',
      'ui',
      'gui',
      'gateway',
      'portal',
      'bff',
      'edge',
      'storefront',
      'homepage',
      'productpage',
      'proxy',
      'control',
    ],
  },
];

/** Kinds that clients of the mesh do not call for their own sake. */
export function isDataStore(kind: ServiceKind): boolean {
  return kind === 'cache' || kind === 'database' || kind === 'queue' || kind === 'search engine';
}

/** Whether a word of a name says that it is a store: `db`, `redis`, `mongodb`. */
export function isStoreWord(word: string): boolean {
  return RULES.some(({ kind, words }) => isDataStore(kind) && words?.includes(word) === true);
}

/** Kinds that take no part in the requests of users. */
export function isAside(kind: ServiceKind): boolean {
  return kind === 'telemetry' || kind === 'tool' || kind === 'load generator';
}

export function classifyService(service: Service): Classification {
  if (service.external) return { kind: 'external API', reason: 'it is outside of the mesh' };
  return classify(
    service.name,
    service.workloads,
    service.ports.map((port) => port.number),
  );
}

export function classifyWorkload(workload: Workload): Classification {
  return classify(workload.name, [workload], []);
}

function classify(name: string, workloads: readonly Workload[], ports: readonly number[]): Classification {
  const images = workloads.flatMap(({ containers }) => containers.slice(0, 1).map((container) => container.image));
  for (const image of images) {
    const rule = RULES.find((candidate) => candidate.image?.test(imageName(image)));
    if (rule !== undefined) return { kind: rule.kind, reason: `by its image ${shortImage(image)}` };
  }
  const words = wordsOf(name);
  const named = RULES.find((candidate) => candidate.words?.some((word) => words.includes(word)));
  if (named !== undefined) return { kind: named.kind, reason: 'by its name' };
  for (const port of ports) {
    const rule = RULES.find((candidate) => candidate.ports?.includes(port));
    if (rule !== undefined) return { kind: rule.kind, reason: `by its port ${port}` };
  }
  return { kind: 'API', reason: 'nothing says otherwise' };
}

/** `carts-db` → carts, db; `emailservice` → emailservice, email; `front-end` → front, end, frontend. */
export function wordsOf(name: string): readonly string[] {
  const parts = name.toLowerCase().split(/[^a-z0-9]+/);
  const stems = parts.map((part) => part.replace(/(service|svc|server|api|app)$/, ''));
  return [...new Set([...parts, ...stems, parts.join('')])].filter((word) => word !== '');
}

/** Last part of an image without its digest and tag: whose image it is says nothing of what it is. */
function imageName(image: string): string {
  return image
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
    .replace(/^.*\//, '')
    .toLowerCase();
}

function shortImage(image: string): string {
  const short = image.replace(/@.*$/, '').split('/').at(-1)!;
  return short.length <= 40 ? short : `${short.slice(0, 39)}…`;
}

/** Work of a request as fields of a step; each is a guess. */
export interface WorkGuess {
  readonly fields: readonly (readonly [field: 'cpu' | 'wait' | 'work' | 'cpuShare', value: string])[];
  readonly why: string;
  /** Mean CPU time of a request. */
  readonly cpuMs: number;
}

const FAST = 'lognormal, sigma 0.3';
const HANDLER = 'lognormal, sigma 0.6';
const FAR = 'lognormal, sigma 1';

/** What a service of a kind spends on a request, as published shapes have it; the means are round numbers. */
export function workOf(kind: ServiceKind): WorkGuess {
  switch (kind) {
    case 'front end':
      return { fields: [['cpu', 'lognormal(mean=2ms, cv=0.66)']], why: HANDLER, cpuMs: 2 };
    case 'cache':
      return { fields: [['cpu', 'lognormal(mean=0.2ms, cv=0.31)']], why: FAST, cpuMs: 0.2 };
    case 'database':
    case 'search engine':
      return {
        fields: [
          ['work', 'bimodal(95%: lognormal(mean=1.5ms, cv=0.53), 5%: lognormal(mean=15ms, cv=0.8))'],
          ['cpuShare', '30%'],
        ],
        why: 'bimodal: 95 % from memory, 5 % ten times slower',
        cpuMs: 0.65,
      };
    case 'queue':
      return {
        fields: [
          ['cpu', 'lognormal(mean=0.3ms, cv=0.31)'],
          ['wait', 'lognormal(mean=1ms, cv=0.53)'],
        ],
        why: 'a write to a log',
        cpuMs: 0.3,
      };
    case 'payment':
      return {
        fields: [
          ['cpu', 'lognormal(mean=2ms, cv=0.66)'],
          ['wait', 'lognormal(mean=60ms, cv=1.31)'],
        ],
        why: `waits for a provider outside: ${FAR}`,
        cpuMs: 2,
      };
    case 'mail':
      return {
        fields: [
          ['cpu', 'lognormal(mean=1ms, cv=0.66)'],
          ['wait', 'lognormal(mean=20ms, cv=1.31)'],
        ],
        why: `waits for a server outside: ${FAR}`,
        cpuMs: 1,
      };
    case 'machine learning':
      return { fields: [['cpu', 'lognormal(mean=8ms, cv=0.8)']], why: 'lognormal, sigma 0.7', cpuMs: 8 };
    case 'external API':
      return { fields: [['wait', 'lognormal(mean=60ms, cv=1.31)']], why: FAR, cpuMs: 0 };
    case 'API':
    case 'telemetry':
    case 'tool':
    case 'load generator':
      return { fields: [['cpu', 'lognormal(mean=3ms, cv=0.66)']], why: HANDLER, cpuMs: 3 };
  }
}
