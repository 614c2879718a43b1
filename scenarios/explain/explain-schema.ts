// The JSON of `seatrial explain` as a zod schema, held against the type: a field that is added there and not here does not compile.
import * as z from 'zod/mini';
import { DECISION_REASONS } from '../../models/plan/contract/decision.js';
import { MESHES } from '../../models/plan/contract/plan.js';
import type { Explanation } from '../../models/plan/explain/index.js';
import { about } from '../document/about.js';

const position = z.nullable(z.strictObject({ file: z.string(), line: z.int(), column: z.int() }));
const placeFields = { resource: z.string(), position };
const place = about(z.strictObject(placeFields), {
  id: 'Place',
  description: 'An object of the YAML and where it stands.',
});

const origin = about(
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('yaml'), field: z.exactOptional(z.string()), ...placeFields }),
    z.strictObject({ kind: z.literal('istio'), release: z.string(), source: z.string() }),
    z.strictObject({ kind: z.literal('request'), header: z.string() }),
    z.strictObject({ kind: z.literal('none'), why: z.string() }),
  ]),
  { id: 'Origin', description: 'Why a setting is what it is.' },
);

const request = about(
  z.strictObject({
    method: z.string(),
    scheme: z.string(),
    authority: z.string(),
    path: z.string(),
    headers: z.readonly(z.array(z.tuple([z.string(), z.string()]))),
    grpc: z.boolean(),
  }),
  { id: 'Request' },
);

const decision = about(
  z.strictObject({
    reason: z.enum(DECISION_REASONS),
    policies: about(
      z.readonly(z.array(z.strictObject({ policy: z.string(), rule: z.nullable(z.int()), position }))),
      'rule: index of the rule that decides; null: all of the policy.',
    ),
  }),
  { id: 'Decision', description: 'The policies that decide, and how.' },
);

const answerFields = { status: z.int(), flag: z.string(), why: z.string(), decidedBy: z.nullable(decision) };

const answer = about(z.strictObject(answerFields), {
  id: 'Answer',
  description: 'What every request gets that comes so far, without an application having a say.',
});

const possible = about(
  z.readonly(z.array(z.strictObject({ ...answerFields, share: z.nullable(z.number()) }))),
  'Answers that some requests get; share null: the run decides.',
);

const headerChange = about(
  z.strictObject({ operation: z.enum(['set', 'add', 'remove']), name: z.string(), value: z.string(), place }),
  { id: 'HeaderChange' },
);

const filter = about(
  z.strictObject({ kind: z.string(), name: z.string(), status: z.nullable(z.int()), decidedBy: z.nullable(decision) }),
  { id: 'Filter', description: 'status: the answer that is certain, 0 = it passes, null = the run decides.' },
);

const rule = about(
  z.strictObject({
    name: z.string(),
    verdict: z.enum(['chosen', 'failed', 'left-out', 'not-reached']),
    place,
    root: z.nullable(place),
    failure: z.nullable(z.strictObject({ field: z.string(), text: z.string(), position })),
  }),
  {
    id: 'Rule',
    description: 'A route with one of its match blocks; failure: the first condition that does not hold.',
  },
);

const retry = z.strictObject({
  retries: z.int(),
  statuses: z.readonly(z.array(z.int())),
  onConnectFailure: z.boolean(),
  onReset: z.boolean(),
  onResetBeforeRequest: z.boolean(),
  onRefusedStream: z.boolean(),
  perTryTimeoutNs: z.number(),
  backoffBaseNs: z.number(),
  backoffMaxNs: z.number(),
  avoidPreviousHosts: z.boolean(),
  hostSelectionAttempts: z.int(),
  onEnvoyRateLimited: z.boolean(),
  perTryIdleTimeoutNs: z.number(),
  hedgeOnPerTryTimeout: z.boolean(),
  rateLimitedMaxNs: z.number(),
  previousPriorities: z.exactOptional(z.number()),
  linkerd: z.exactOptional(
    z.strictObject({
      budget: z.nullable(
        z.strictObject({ number: z.int(), retryRatio: z.number(), minRetriesPerSecond: z.number(), ttlNs: z.number() }),
      ),
    }),
  ),
});

const detector = {
  minimumHosts: z.number(),
  requestVolume: z.number(),
  enforcing: z.number(),
  enforcingLocalOrigin: z.number(),
};

const outlier = z.strictObject({
  consecutive5xx: z.number(),
  consecutiveGatewayErrors: z.number(),
  consecutiveLocalOriginFailures: z.number(),
  splitLocalOriginErrors: z.boolean(),
  intervalNs: z.number(),
  baseEjectionNs: z.number(),
  maxEjectionNs: z.number(),
  maxEjectionPercent: z.number(),
  alwaysEjectOne: z.boolean(),
  maxEjectionJitterNs: z.number(),
  enforcing: z.strictObject({
    consecutive5xx: z.number(),
    consecutiveGatewayErrors: z.number(),
    consecutiveLocalOriginFailures: z.number(),
  }),
  successRate: z.nullable(z.strictObject({ ...detector, stdevFactor: z.number() })),
  failurePercentage: z.nullable(z.strictObject({ ...detector, threshold: z.number() })),
});

const balancer = z.strictObject({
  policy: z.enum(['round_robin', 'least_request', 'random', 'ring_hash', 'maglev', 'peak_ewma']),
  choiceCount: z.number(),
  tableSize: z.exactOptional(z.number()),
  activeRequestBias: z.exactOptional(z.number()),
  slowStart: z.exactOptional(
    z.strictObject({ windowNs: z.number(), aggression: z.number(), minWeightPercent: z.number() }),
  ),
  failureBias: z.exactOptional(
    z.strictObject({ penaltyNs: z.number(), maxRetryAfterNs: z.number(), grpc: z.boolean() }),
  ),
  origin,
});

const settings = about(
  z.strictObject({
    protocol: z.enum(['http1', 'http2']),
    tls: z.strictObject({ mode: z.enum(['none', 'mtls', 'tls', 'hbone']), why: z.string(), origin }),
    balancer,
    limits: about(
      z.strictObject({
        maxConnections: z.number(),
        maxPendingRequests: z.number(),
        maxRequests: z.number(),
        maxRetries: z.number(),
        origin,
      }),
      '4294967295 = no limit.',
    ),
    retryBudget: z.nullable(z.strictObject({ percent: z.number(), minConcurrency: z.number() })),
    connections: z.strictObject({
      connectTimeoutNs: z.number(),
      idleTimeoutNs: z.number(),
      maxRequests: z.number(),
      maxDurationNs: z.number(),
    }),
    outlier: z.nullable(outlier),
    outlierOrigin: origin,
    accrual: about(
      z.nullable(
        z.strictObject({
          maxFailures: z.number(),
          minPenaltyNs: z.number(),
          maxPenaltyNs: z.number(),
          jitterRatio: z.number(),
          grpc: z.boolean(),
          successRate: z.exactOptional(
            z.strictObject({ threshold: z.number(), windowNs: z.number(), minRequests: z.number() }),
          ),
        }),
      ),
      "Linkerd's circuit breaker.",
    ),
    accrualOrigin: origin,
    panicThresholdPercent: z.strictObject({ value: z.number(), origin }),
  }),
  { id: 'ClusterSettings' },
);

const pods = about(
  z.strictObject({
    workload: z.string(),
    kind: z.enum(['app', 'gateway', 'waypoint', 'ztunnel', 'client', 'external']),
    place: z.nullable(place),
    pods: z.int(),
    weight: z.number(),
    hasSidecar: z.boolean(),
    isLinkerd: z.boolean(),
    isAmbient: z.boolean(),
    localities: z.readonly(
      z.array(
        z.strictObject({
          name: z.string(),
          pods: z.int(),
          ranks: z.readonly(
            z.array(
              z.strictObject({ from: z.string(), priority: z.nullable(z.int()), weight: z.nullable(z.number()) }),
            ),
          ),
        }),
      ),
    ),
    inboundLimits: about(
      z.nullable(
        z.strictObject({ maxConnections: z.number(), maxPendingRequests: z.number(), maxRequests: z.number(), origin }),
      ),
      "Of the server's sidecar, for all callers together; 4294967295 = no limit.",
    ),
    filters: z.readonly(z.array(filter)),
    answer: z.nullable(answer),
    possible,
    nextHop: z.nullable(z.int()),
  }),
  { id: 'Pods', description: 'The pods of one workload; nextHop: index into hops where it is a gateway.' },
);

const endpoint = about(z.extend(pods, { behind: z.readonly(z.array(pods)) }), {
  id: 'Endpoint',
  description: 'behind: what a gateway into another network chooses from.',
});

const destinationFields = {
  share: z.number(),
  place: z.nullable(place),
  cluster: z.string(),
  service: z.nullable(place),
  rules: z.readonly(z.array(place)),
  waypointPassed: z.nullable(z.strictObject({ ...placeFields, why: z.string() })),
  rewritten: z.nullable(request),
  settings: z.nullable(settings),
  endpoints: z.readonly(z.array(endpoint)),
  answer: z.nullable(answer),
};

const hop = about(
  z.strictObject({
    proxy: z.strictObject({
      kind: z.enum(['sidecar', 'linkerd', 'gateway', 'waypoint', 'ztunnel', 'none']),
      workload: z.string(),
      pods: z.int(),
      place: z.nullable(place),
    }),
    request,
    listener: z.strictObject({ port: z.int(), protocol: z.string(), decidedBy: z.string(), place: z.nullable(place) }),
    virtualHost: z.nullable(
      z.strictObject({
        name: z.nullable(z.string()),
        why: z.string(),
        place: z.nullable(place),
        virtualServices: z.readonly(z.array(place)),
        passedOver: z.readonly(z.array(z.strictObject({ ...placeFields, why: z.string() }))),
      }),
    ),
    rules: z.readonly(z.array(rule)),
    route: z.strictObject({
      name: z.string(),
      place: z.nullable(place),
      timeout: z.strictObject({ ns: z.number(), origin }),
      retry: z.strictObject({
        policy: z.nullable(retry),
        origin,
        inert: about(
          z.readonly(z.array(z.strictObject({ token: z.string(), never: z.boolean(), why: z.string() }))),
          'Words of retryOn that never fire for this request, or (never: false) for less than they say.',
        ),
      }),
      fault: z.nullable(
        z.strictObject({
          delayNs: z.number(),
          delayProbability: z.number(),
          abortStatus: z.int(),
          abortProbability: z.number(),
          origin,
        }),
      ),
      filters: z.readonly(z.array(filter)),
      possible,
      marks: z.readonly(z.array(z.string())),
      responseHeaders: z.readonly(z.array(headerChange)),
      answer: z.nullable(answer),
      destinations: z.readonly(z.array(z.strictObject(destinationFields))),
      mirrors: z.readonly(z.array(z.strictObject({ ...destinationFields, probability: z.number() }))),
    }),
  }),
  { id: 'Hop', description: 'One proxy (or none) and what it does with the request.' },
);

export const explanationSchema = z.strictObject({
  schema: z.literal('seatrial.explain/1'),
  istioVersion: z.string(),
  meshes: z.readonly(z.array(z.enum(MESHES))),
  assumedMesh: z.optional(z.enum(MESHES)),
  isVersionAssumed: z.boolean(),
  from: z.string(),
  to: z.string(),
  hops: z.readonly(z.array(hop)),
  outcomes: about(
    z.readonly(
      z.array(
        z.strictObject({
          share: z.number(),
          status: about(z.nullable(z.int()), 'null: the application answers; 0: nobody does.'),
          flags: z.readonly(z.array(z.string())),
          by: z.string(),
          hop: z.nullable(z.int()),
          why: z.string(),
          decidedBy: z.nullable(decision),
          unless: z.readonly(z.array(z.string())),
        }),
      ),
    ),
    'What becomes of the request in the end.',
  ),
  at: z.optional(
    about(
      z.strictObject({
        seconds: z.number(),
        configuration: z.strictObject({ version: z.int(), sinceSeconds: z.nullable(z.number()) }),
        conditions: z.readonly(
          z.array(
            z.strictObject({
              name: z.string(),
              position,
              sinceSeconds: z.nullable(z.number()),
              untilSeconds: z.nullable(z.number()),
              growth: z.number(),
              isOnWay: z.boolean(),
            }),
          ),
        ),
      }),
      'What holds at the time of the timeline that was asked for.',
    ),
  ),
  fidelity: z.readonly(
    z.array(
      z.strictObject({
        status: z.enum(['approximated', 'not-modelled']),
        ...placeFields,
        path: z.string(),
        meaning: z.string(),
      }),
    ),
  ),
});

/** The explanation that a JSON value is; throws a ZodError where it is none. */
export function readExplanation(value: unknown): Explanation {
  return explanationSchema.parse(value);
}
