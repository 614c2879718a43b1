// The Scenario: the one file that a user writes beside the YAML that the cluster already runs. Structure and descriptions;
// durations, rates, shares and distributions are words here and are read by to-plan-input.ts.
import * as z from 'zod/mini';
import { ASSUMED_MESHES } from '../../models/plan/settings/assumed-mesh.js';
import { about } from './about.js';
import { behaviourMap, behaviourSchema, workloadMap } from './schema-behaviour.js';
import { filtersSchema, tokenSchema } from './schema-filters.js';
import { nodesSchema } from './schema-nodes.js';
import { timelineSchema } from './schema-timeline.js';
import {
  bandwidth,
  bytes,
  count,
  duration,
  durationDistribution,
  flag,
  method,
  name,
  rate,
  share,
  stringList,
  stringMap,
  text,
} from './schema-words.js';

export const SCENARIO_API_VERSION = 'seatrial.dev/v1alpha1';
export const SCENARIO_KIND = 'Scenario';

const expectedStatus = z.union([z.string(), z.number()], { error: 'expected a status such as 403, 4xx or none' });

const requestSchema = about(
  z.strictObject(
    {
      name: z.optional(name('Name in reports and thresholds (default: method and path).')),
      weight: z.optional(
        about(
          z
            .number({ error: 'expected a number of at least 0' })
            .check(z.minimum(0, { error: 'expected a number of at least 0' })),
          "Its part of the traffic, relative to the others' weights (default 1).",
        ),
      ),
      method: z.optional(method('HTTP method (default GET).')),
      path: z.optional(text('Path, with its query (default: that of `to`, or `/`).')),
      headers: z.optional(stringMap('Request headers.')),
      token: z.optional(tokenSchema),
      timeout: z.optional(duration("The client's time-out (default: that of the traffic).")),
      attributes: z.optional(
        about(
          z.record(z.string(), z.union([z.string(), z.number()]), {
            error: 'expected names with values such as zipf(10000, 1.1)',
          }),
          {
            description:
              'Who makes the request: numbers drawn once for it and for everything that it causes. `{user}` in a header or a query ' +
              'stands for the number; `user`, `session` and `address` are also whom cookies and addresses belong to. ' +
              '`uniform(N)`, or `zipf(N, S)` where some are frequent.',
            examples: [{ user: 'zipf(10000, 1.1)' }],
          },
        ),
      ),
      requestBytes: z.optional(bytes('Size of the body of the request (default: that of the traffic).')),
      expect: z.optional(
        about(
          z.union([expectedStatus, z.array(expectedStatus)], {
            error: 'expected a status such as 403, 4xx or none, or a list',
          }),
          {
            description:
              'The answers that are good: `403`, `[200, 404]`, `4xx`, or `none` for a connection that is closed. Every other one is an error then. ' +
              'Default: a status below 400, or below 500 where the application itself gives it and `errors` does not list it.',
            examples: [403, [200, 404], '4xx'],
          },
        ),
      ),
    },
    { error: 'expected a request such as {name: home, weight: 70, path: /}' },
  ),
  'A kind of request.',
);

const stageSchema = about(
  z.strictObject(
    {
      duration: duration('How long the rate takes to get to `target`, linearly.'),
      target: rate('Rate at the end of the stage.'),
    },
    { error: 'expected a stage such as {duration: 2m, target: 800/s}' },
  ),
  "A stage of k6's ramping-arrival-rate.",
);

const trafficSchema = about(
  z.strictObject(
    {
      name: z.optional(name('Name in reports and thresholds (default: the host of `to`).')),
      to: text(
        'As the client dials it: URL or host[:port]. Gateway and VirtualService are found from the host.',
        'a URL or host',
      ),
      from: z.optional(name('Workload of the mesh that sends, `name.namespace` (default: clients outside the mesh).')),
      rate: z.optional(rate('Open loop: requests arrive at this rate however slow the answers are.')),
      startRate: z.optional(rate('Rate before the first of the `stages` (default 0).')),
      stages: z.optional(
        about(
          z
            .array(stageSchema, { error: 'expected a list of stages' })
            .check(z.minLength(1, { error: 'expected at least one stage' })),
          "Open loop with a rate that changes linearly, in k6's words; the last target is kept.",
        ),
      ),
      arrivals: z.optional(
        about(
          z.enum(['poisson', 'constant'], { error: 'expected poisson or constant' }),
          'Open loop: random arrivals (default) or evenly spaced ones.',
        ),
      ),
      connections: z.optional(
        count(
          "Closed loop: so many connections, each waiting for its answer before it sends again (fortio's -c).",
          1,
          1_000_000,
        ),
      ),
      qps: z.optional(
        about(z.union([z.literal('max'), z.string(), z.number()], { error: 'expected max or a rate' }), {
          description:
            "Closed loop: rate of all connections together (fortio's -qps); `max` (default) = as fast as answers come.",
          examples: ['max', 1000, '1000/s'],
        }),
      ),
      uniform: z.optional(
        flag("Closed loop: spreads the starts of the connections over the first period (fortio's -uniform)."),
      ),
      calls: z.optional(
        count(
          "Closed loop: calls of all connections together, each making as many (fortio's -n); then they stop.",
          1,
          1_000_000_000,
        ),
      ),
      startTime: z.optional(
        duration(
          "Closed loop: when the connections begin, after the warm-up (k6's startTime; default: with the warm-up).",
        ),
      ),
      think: z.optional(durationDistribution('Closed loop: pause between an answer and the next request.')),
      timeout: z.optional(duration("The client's time-out (default: none).")),
      requestBytes: z.optional(bytes('Size of the bodies of the requests (default 1KiB).')),
      requests: z.optional(
        about(
          z
            .array(requestSchema, { error: 'expected a list of requests' })
            .check(z.minLength(1, { error: 'expected at least one request' })),
          'Kinds of requests (default: one GET of the path of `to`).',
        ),
      ),
    },
    { error: 'expected a traffic source such as {name: shoppers, to: https://shop.example.com, rate: 800/s}' },
  ),
  'A source of requests: exactly one of `rate`, `stages` or `connections`.',
);

export type ScenarioTraffic = z.infer<typeof trafficSchema>;
export type ScenarioExpect = NonNullable<NonNullable<ScenarioTraffic['requests']>[number]['expect']>;

const betweenSchema = z.strictObject(
  {
    a: name('A zone or a region.'),
    b: name('A zone or a region.'),
    rtt: duration('Round trip.'),
    jitter: z.optional(share('Coefficient of variation.')),
    loss: z.optional(share('Probability that a message loses a packet.')),
    bandwidth: z.optional(bandwidth('Bandwidth that a message has to itself.')),
  },
  { error: 'expected {a: us-east-1, b: us-west-2, rtt: 62ms}' },
);

const networkSchema = about(
  z.strictObject(
    {
      sameZone: z.optional(duration('Round trip between pods of a zone (default 0.25ms).')),
      crossZone: z.optional(duration('Round trip between zones of a region (default 0.9ms).')),
      crossRegion: z.optional(
        duration('Round trip between regions (default: published medians for AWS region pairs, else 60ms).'),
      ),
      external: z.optional(
        duration('Round trip from clients outside the mesh to the pods that they reach (default 0.9ms).'),
      ),
      jitter: z.optional(share('Coefficient of variation of the delays (default 0: constant).')),
      loss: z.optional(
        share('Probability that a message loses a packet and pays a retransmission time-out (default 0).'),
      ),
      bandwidth: z.optional(bandwidth('Bandwidth that a message between two pods has to itself (default: no limit).')),
      between: z.optional(
        about(z.array(betweenSchema, { error: 'expected a list' }), 'Pairs of zones or regions that differ.'),
      ),
    },
    { error: 'expected fields such as sameZone: 0.25ms' },
  ),
  'Round trips between pods.',
);

const proxyCost = {
  requestCpu: z.optional(duration('CPU of a proxy worker before the request goes on.')),
  responseCpu: z.optional(duration('CPU of a proxy worker before the response goes on.')),
  afterResponseCpu: z.optional(duration('CPU after the response has gone on (statistics and the like).')),
  accessLogCpu: z.optional(duration('CPU after each response for the access log (default 0; to stdout 30us to 50us).')),
  tracingCpu: z.optional(duration('CPU after the response of a request that is traced (default 0; about 50us).')),
  tracingSampling: z.optional(share("Share of the requests that are traced (default 1 %, as Istio's).")),
  cpuPerKiB: z.optional(
    duration('CPU for each KiB of a body above the first, in each direction (default 1.5us: mTLS and copying).'),
  ),
  latency: z.optional(duration('Latency without CPU per traversal and direction.')),
  handshakeCpu: z.optional(
    duration(
      'CPU of a TLS handshake at either end (default 1.5ms: RSA-2048, as workload certificates have it; about 0.3ms for ECDSA P-256).',
    ),
  ),
  resumedHandshakeCpu: z.optional(duration('CPU of a TLS handshake that resumes a session (default 0.1ms).')),
};
const PROXY_FIELDS = { error: 'expected fields such as requestCpu: 60us' };

const sidecarSchema = about(z.strictObject(proxyCost, PROXY_FIELDS), 'What one traversal of a proxy costs.');

const waypointSchema = about(
  z.strictObject(proxyCost, PROXY_FIELDS),
  'What one traversal of a waypoint of ambient mode costs (default 0.25ms of CPU in all).',
);

/** Linkerd traces and logs nothing by itself. */
const { accessLogCpu: _log, tracingCpu: _trace, tracingSampling: _sampling, ...linkerdCost } = proxyCost;
const linkerdSchema = about(
  z.strictObject(
    {
      ...linkerdCost,
      handshakeCpu: z.optional(duration('CPU of a TLS handshake at either end (default 0.3ms: ECDSA P-256).')),
      resumedHandshakeCpu: z.optional(duration('CPU of a TLS handshake that resumes a session (default 0.3ms).')),
    },
    PROXY_FIELDS,
  ),
  "What one traversal of Linkerd's proxy costs (default 0.1ms of CPU and 0.2ms of latency in all: estimates).",
);

const ztunnelSchema = about(
  z.strictObject(
    {
      requestCpu: z.optional(duration('CPU of a thread before the request goes on (default 30us).')),
      responseCpu: z.optional(duration('CPU of a thread before the response goes on (default 30us).')),
      latency: z.optional(duration('Latency without CPU per traversal and direction (default 12.5us).')),
      handshakeCpu: z.optional(
        duration('CPU of the TLS handshake of an HBONE connection at either end (default 0.3ms).'),
      ),
      workers: z.optional(count('Threads of a ztunnel (default 2).', 1, 1024)),
    },
    PROXY_FIELDS,
  ),
  'What one traversal of a ztunnel of ambient mode costs: all pods of a node share one.',
);

const runSchema = about(
  z.strictObject(
    {
      duration: z.optional(
        duration(
          'Measured time of each replication, after the warm-up (default 60s, or as long as the stages, or until 30s after the timeline).',
        ),
      ),
      warmup: z.optional(
        about(duration('`auto` (default) or a duration; it comes before t = 0.'), { examples: ['auto', '30s'] }),
      ),
      seed: z.optional(
        about(
          z.union([z.string(), z.number()], { error: 'expected any string' }),
          "Any string (default: the scenario's name). The same seed gives the same bytes.",
        ),
      ),
      replications: z.optional(
        count('Independent runs that the confidence intervals come from (default 5).', 1, 10_000),
      ),
      maxEvents: z.optional(count('Bound of events of a replication (default 200 million).', 1000, 1_000_000_000_000)),
    },
    { error: 'expected fields such as duration: 60s' },
  ),
  'How long and how often.',
);

const sloSchema = about(
  z.strictObject(
    {
      name: z.optional(name('Name in reports.')),
      traffic: z.optional(name('A traffic source (default: all traffic).')),
      request: z.optional(name('A request, `name` or `traffic.name`.')),
      latency: z.optional(duration('Good calls end within this time, whatever their status.')),
      objective: z.optional(share('Share of calls that ought to be good; with `latency`.')),
      availability: z.optional(share('Share of calls that ought to be answered with a status below 500.')),
    },
    { error: 'expected an SLO such as {name: fast, latency: 300ms, objective: 99%}' },
  ),
  'A service level objective: `latency` with `objective`, or `availability`.',
);

export type ScenarioSlo = z.infer<typeof sloSchema>;

const specSchema = z.strictObject(
  {
    mesh: z.optional(
      stringList(
        "The mesh's YAML: files, directories, globs, `-` for standard input (default: the directory of this file).",
        [['./k8s', './istio']],
      ),
    ),
    istioVersion: z.optional(
      about(z.union([z.string(), z.number()], { error: 'expected an Istio release such as "1.31"' }), {
        description: 'Istio release whose defaults hold (default: the newest known).',
        examples: ['1.31'],
      }),
    ),
    envoyVersion: z.optional(
      about(z.union([z.string(), z.number()], { error: 'expected an Envoy release such as "1.36"' }), {
        description: 'Envoy release of the proxies (default: the one that the release of Istio carries).',
        examples: ['1.36'],
      }),
    ),
    run: z.optional(runSchema),
    traffic: z.optional(about(z.array(trafficSchema, { error: 'expected a list of traffic sources' }), 'The load.')),
    defaults: z.optional(behaviourSchema),
    services: z.optional(
      behaviourMap('Behaviour of all workloads behind a Service: `name`, `name.namespace` or `namespace/name`.'),
    ),
    workloads: z.optional(workloadMap('Behaviour of one workload; wins over `services`.')),
    timeline: z.optional(timelineSchema),
    autoscaling: z.optional(
      about(
        z.boolean({ error: 'expected true or false' }),
        'Whether HorizontalPodAutoscalers of the YAML act (default: true with a `timeline` or `stages`, else false: the load is steady, and workloads keep the pods that they start with).',
      ),
    ),
    network: z.optional(networkSchema),
    sidecar: z.optional(sidecarSchema),
    linkerd: z.optional(linkerdSchema),
    ztunnel: z.optional(ztunnelSchema),
    waypoint: z.optional(waypointSchema),
    filters: z.optional(filtersSchema),
    injection: z.optional(
      about(
        z.enum(ASSUMED_MESHES, { error: 'expected istio, linkerd or none' }),
        'Whose proxies pods have that neither their labels and annotations nor those of their Namespace say anything about (default: concluded from the YAML).',
      ),
    ),
    zones: z.optional(
      stringList('Zones over which pods without a locality of their own are spread, `region/zone`.', [
        ['us-east-1/us-east-1a', 'us-east-1/us-east-1b'],
      ]),
    ),
    nodesPerZone: z.optional(
      count('Nodes of each zone, over which its ambient pods are spread (default 1).', 1, 10_000),
    ),
    nodes: z.optional(nodesSchema),
    nodeCores: z.optional(count('Cores of a node, for pods without a CPU limit (default 4).', 1, 1024)),
    slos: z.optional(
      about(z.array(sloSchema, { error: 'expected a list of SLOs' }), 'Objectives that the report follows.'),
    ),
    thresholds: z.optional(
      about(
        z.array(text('A threshold.', 'a threshold such as "errors < 0.5%"'), {
          error: 'expected a list of thresholds',
        }),
        {
          description: 'Conditions that the run must meet, or exit 1.',
          examples: [['checkout p(99) < 800ms', 'errors < 0.5%', 'edge:frontend->catalog retries < 5%']],
        },
      ),
    ),
  },
  { error: 'expected the fields of a scenario' },
);

export const scenarioSchema = about(
  z.strictObject({
    apiVersion: z.literal(SCENARIO_API_VERSION, { error: `expected ${SCENARIO_API_VERSION}` }),
    kind: z.literal(SCENARIO_KIND, { error: `expected ${SCENARIO_KIND}` }),
    metadata: z.optional(
      z.looseObject({ name: z.optional(name('Name of the scenario.')) }, { error: 'expected fields such as name' }),
    ),
    spec: z.optional(z.nullable(specSchema)),
  }),
  {
    title: 'Seatrial scenario',
    description: 'A sea trial of a service mesh: the load, the work and the objectives.',
  },
);

export type ScenarioDocument = z.infer<typeof scenarioSchema>;
export type ScenarioSpec = z.infer<typeof specSchema>;
