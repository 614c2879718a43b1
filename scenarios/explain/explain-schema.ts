// The JSON of `seatrial explain` as a zod schema, held against the type: a field that is added there and not here does not compile.
import * as z from 'zod';
import { DECISION_REASONS } from '../../models/plan/contract/decision.js';
import { MESHES } from '../../models/plan/contract/plan.js';
import type { Explanation } from '../../models/plan/explain/index.js';

const position = z.strictObject({ file: z.string(), line: z.int(), column: z.int() }).nullable();
const placeFields = { resource: z.string(), position };
const place = z
  .strictObject(placeFields)
  .meta({ id: 'Place', description: 'An object of the YAML and where it stands.' });

const origin = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('yaml'), field: z.string().exactOptional(), ...placeFields }),
    z.strictObject({ kind: z.literal('istio'), release: z.string(), source: z.string() }),
    z.strictObject({ kind: z.literal('request'), header: z.string() }),
    z.strictObject({ kind: z.literal('none'), why: z.string() }),
  ])
  .meta({ id: 'Origin', description: 'Why a setting is what it is.' });

const request = z
  .strictObject({
    method: z.string(),
    scheme: z.string(),
    authority: z.string(),
    path: z.string(),
    headers: z.array(z.tuple([z.string(), z.string()])).readonly(),
    grpc: z.boolean(),
  })
  .meta({ id: 'Request' });

const decision = z
  .strictObject({
    reason: z.enum(DECISION_REASONS),
    policies: z
      .array(z.strictObject({ policy: z.string(), rule: z.int().nullable(), position }))
      .readonly()
      .describe('rule: index of the rule that decides; null: all of the policy.'),
  })
  .meta({ id: 'Decision', description: 'The policies that decide, and how.' });

const answerFields = { status: z.int(), flag: z.string(), why: z.string(), decidedBy: decision.nullable() };

const answer = z.strictObject(answerFields).meta({
  id: 'Answer',
  description: 'What every request gets that comes so far, without an application having a say.',
});

const possible = z
  .array(z.strictObject({ ...answerFields, share: z.number().nullable() }))
  .readonly()
  .describe('Answers that some requests get; share null: the run decides.');

const headerChange = z
  .strictObject({ operation: z.enum(['set', 'add', 'remove']), name: z.string(), value: z.string(), place })
  .meta({ id: 'HeaderChange' });

const filter = z
  .strictObject({ kind: z.string(), name: z.string(), status: z.int().nullable(), decidedBy: decision.nullable() })
  .meta({ id: 'Filter', description: 'status: the answer that is certain, 0 = it passes, null = the run decides.' });

const rule = z
  .strictObject({
    name: z.string(),
    verdict: z.enum(['chosen', 'failed', 'left-out', 'not-reached']),
    place,
    root: place.nullable(),
    failure: z.strictObject({ field: z.string(), text: z.string(), position }).nullable(),
  })
  .meta({
    id: 'Rule',
    description: 'A route with one of its match blocks; failure: the first condition that does not hold.',
  });

const retry = z.strictObject({
  retries: z.int(),
  statuses: z.array(z.int()).readonly(),
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
  previousPriorities: z.number().exactOptional(),
  linkerd: z
    .strictObject({
      budget: z
        .strictObject({ number: z.int(), retryRatio: z.number(), minRetriesPerSecond: z.number(), ttlNs: z.number() })
        .nullable(),
    })
    .exactOptional(),
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
  successRate: z.strictObject({ ...detector, stdevFactor: z.number() }).nullable(),
  failurePercentage: z.strictObject({ ...detector, threshold: z.number() }).nullable(),
});

const balancer = z.strictObject({
  policy: z.enum(['round_robin', 'least_request', 'random', 'ring_hash', 'maglev', 'peak_ewma']),
  choiceCount: z.number(),
  tableSize: z.number().exactOptional(),
  activeRequestBias: z.number().exactOptional(),
  slowStart: z
    .strictObject({ windowNs: z.number(), aggression: z.number(), minWeightPercent: z.number() })
    .exactOptional(),
  failureBias: z
    .strictObject({ penaltyNs: z.number(), maxRetryAfterNs: z.number(), grpc: z.boolean() })
    .exactOptional(),
  origin,
});

const settings = z
  .strictObject({
    protocol: z.enum(['http1', 'http2']),
    tls: z.strictObject({ mode: z.enum(['none', 'mtls', 'tls', 'hbone']), why: z.string(), origin }),
    balancer,
    limits: z
      .strictObject({
        maxConnections: z.number(),
        maxPendingRequests: z.number(),
        maxRequests: z.number(),
        maxRetries: z.number(),
        origin,
      })
      .describe('4294967295 = no limit.'),
    retryBudget: z.strictObject({ percent: z.number(), minConcurrency: z.number() }).nullable(),
    connections: z.strictObject({
      connectTimeoutNs: z.number(),
      idleTimeoutNs: z.number(),
      maxRequests: z.number(),
      maxDurationNs: z.number(),
    }),
    outlier: outlier.nullable(),
    outlierOrigin: origin,
    accrual: z
      .strictObject({
        maxFailures: z.number(),
        minPenaltyNs: z.number(),
        maxPenaltyNs: z.number(),
        jitterRatio: z.number(),
        grpc: z.boolean(),
        successRate: z
          .strictObject({ threshold: z.number(), windowNs: z.number(), minRequests: z.number() })
          .exactOptional(),
      })
      .nullable()
      .describe("Linkerd's circuit breaker."),
    accrualOrigin: origin,
    panicThresholdPercent: z.strictObject({ value: z.number(), origin }),
  })
  .meta({ id: 'ClusterSettings' });

const pods = z
  .strictObject({
    workload: z.string(),
    kind: z.enum(['app', 'gateway', 'waypoint', 'ztunnel', 'client', 'external']),
    place: place.nullable(),
    pods: z.int(),
    weight: z.number(),
    hasSidecar: z.boolean(),
    isLinkerd: z.boolean(),
    isAmbient: z.boolean(),
    localities: z
      .array(
        z.strictObject({
          name: z.string(),
          pods: z.int(),
          ranks: z
            .array(z.strictObject({ from: z.string(), priority: z.int().nullable(), weight: z.number().nullable() }))
            .readonly(),
        }),
      )
      .readonly(),
    inboundLimits: z
      .strictObject({ maxConnections: z.number(), maxPendingRequests: z.number(), maxRequests: z.number(), origin })
      .nullable()
      .describe("Of the server's sidecar, for all callers together; 4294967295 = no limit."),
    filters: z.array(filter).readonly(),
    answer: answer.nullable(),
    possible,
    nextHop: z.int().nullable(),
  })
  .meta({ id: 'Pods', description: 'The pods of one workload; nextHop: index into hops where it is a gateway.' });

const endpoint = pods
  .extend({ behind: z.array(pods).readonly() })
  .meta({ id: 'Endpoint', description: 'behind: what a gateway into another network chooses from.' });

const destinationFields = {
  share: z.number(),
  place: place.nullable(),
  cluster: z.string(),
  service: place.nullable(),
  rules: z.array(place).readonly(),
  waypointPassed: z.strictObject({ ...placeFields, why: z.string() }).nullable(),
  rewritten: request.nullable(),
  settings: settings.nullable(),
  endpoints: z.array(endpoint).readonly(),
  answer: answer.nullable(),
};

const hop = z
  .strictObject({
    proxy: z.strictObject({
      kind: z.enum(['sidecar', 'linkerd', 'gateway', 'waypoint', 'ztunnel', 'none']),
      workload: z.string(),
      pods: z.int(),
      place: place.nullable(),
    }),
    request,
    listener: z.strictObject({ port: z.int(), protocol: z.string(), decidedBy: z.string(), place: place.nullable() }),
    virtualHost: z
      .strictObject({
        name: z.string().nullable(),
        why: z.string(),
        place: place.nullable(),
        virtualServices: z.array(place).readonly(),
        passedOver: z.array(z.strictObject({ ...placeFields, why: z.string() })).readonly(),
      })
      .nullable(),
    rules: z.array(rule).readonly(),
    route: z.strictObject({
      name: z.string(),
      place: place.nullable(),
      timeout: z.strictObject({ ns: z.number(), origin }),
      retry: z.strictObject({
        policy: retry.nullable(),
        origin,
        inert: z
          .array(z.strictObject({ token: z.string(), never: z.boolean(), why: z.string() }))
          .readonly()
          .describe('Words of retryOn that never fire for this request, or (never: false) for less than they say.'),
      }),
      fault: z
        .strictObject({
          delayNs: z.number(),
          delayProbability: z.number(),
          abortStatus: z.int(),
          abortProbability: z.number(),
          origin,
        })
        .nullable(),
      filters: z.array(filter).readonly(),
      possible,
      marks: z.array(z.string()).readonly(),
      responseHeaders: z.array(headerChange).readonly(),
      answer: answer.nullable(),
      destinations: z.array(z.strictObject(destinationFields)).readonly(),
      mirrors: z.array(z.strictObject({ ...destinationFields, probability: z.number() })).readonly(),
    }),
  })
  .meta({ id: 'Hop', description: 'One proxy (or none) and what it does with the request.' });

export const explanationSchema = z.strictObject({
  schema: z.literal('seatrial.explain/1'),
  istioVersion: z.string(),
  meshes: z.array(z.enum(MESHES)).readonly(),
  assumedMesh: z.enum(MESHES).optional(),
  isVersionAssumed: z.boolean(),
  from: z.string(),
  to: z.string(),
  hops: z.array(hop).readonly(),
  outcomes: z
    .array(
      z.strictObject({
        share: z.number(),
        status: z.int().nullable().describe('null: the application answers; 0: nobody does.'),
        flags: z.array(z.string()).readonly(),
        by: z.string(),
        hop: z.int().nullable(),
        why: z.string(),
        decidedBy: decision.nullable(),
        unless: z.array(z.string()).readonly(),
      }),
    )
    .readonly()
    .describe('What becomes of the request in the end.'),
  fidelity: z
    .array(
      z.strictObject({
        status: z.enum(['approximated', 'not-modelled']),
        ...placeFields,
        path: z.string(),
        meaning: z.string(),
      }),
    )
    .readonly(),
});

/** The explanation that a JSON value is; throws a ZodError where it is none. */
export function readExplanation(value: unknown): Explanation {
  return explanationSchema.parse(value);
}
