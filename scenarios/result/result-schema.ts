// A result as a zod schema. readRunResult (read-result-file.ts) holds it against RunResult: a field that is added there and not here does not compile.
import * as z from 'zod/mini';
import { HAPPENINGS } from '../../models/mesh/recording/happenings.js';
import { MESHES } from '../../models/plan/contract/plan.js';
import { about } from '../document/about.js';
import { FINDINGS, type FindingCode } from './finding-codes.js';
import { REFUSAL_REASONS } from './refusals.js';
import { RESULT_SCHEMA } from './run-result.js';

const nullableNumber = z.nullable(z.number());

const measured = about(
  z.strictObject({
    value: nullableNumber,
    low: nullableNumber,
    high: nullableNumber,
    reason: z.nullable(z.enum(['too few samples', 'no calls', 'no good answers', 'no data', 'one replication'])),
  }),
  {
    id: 'Measured',
    description: 'A number with its 95 % confidence interval; `reason` says why something is missing.',
  },
);

const latency = about(
  z.strictObject({
    samples: z.number(),
    meanMs: measured,
    p50Ms: measured,
    p90Ms: measured,
    p99Ms: measured,
    p999Ms: measured,
    maxMs: nullableNumber,
  }),
  { id: 'Latency' },
);

const outcome = z.strictObject({
  status: z.int(),
  flags: z.string(),
  label: z.string(),
  isError: z.boolean(),
  count: z.int(),
  share: z.number(),
});

const flowFields = {
  servedPerSecond: measured,
  goodputPerSecond: measured,
  goodShare: measured,
  errorShare: measured,
  refusedShare: measured,
  refusals: z.array(z.strictObject({ reason: z.enum(REFUSAL_REASONS), count: z.int(), share: z.number() })),
  latency,
  goodLatency: latency,
  outcomes: z.array(outcome),
};

const numbers = z.array(z.number());
const gappyNumbers = z.array(nullableNumber);

const distribution = about(z.strictObject({ boundsMs: numbers, counts: numbers }), {
  id: 'Distribution',
  description: 'counts[i] observations lie in boundsMs[i]..boundsMs[i + 1].',
});

const clientFields = {
  offeredPerSecond: measured,
  ...flowFields,
  intendedLatency: latency,
  latencyDistribution: distribution,
  origins: z.array(
    z.strictObject({
      reason: z.string(),
      place: z.string(),
      isExpected: z.boolean(),
      count: z.int(),
      share: z.number(),
    }),
  ),
};
const callFields = { ...flowFields, retriesPerCall: measured, attemptsPerCall: measured };
const calls = about(z.strictObject(callFields), { id: 'Calls' });

const workFields = {
  pods: z.int(),
  arrivalsPerSecond: measured,
  completedPerSecond: measured,
  overflowedPerSecond: measured,
  wastedPerSecond: measured,
  inService: measured,
  queued: measured,
  cpuUtilisationShare: measured,
  workerUtilisationShare: measured,
  proxyUtilisationShare: measured,
  appCpuCores: measured,
  proxyCpuCores: measured,
  throttledPods: measured,
  applicationLatency: latency,
  proxyMemoryBytes: nullableNumber,
  proxyMemoryLimitBytes: nullableNumber,
  appMemoryBytes: z.optional(z.number()),
  appMemoryLimitBytes: z.optional(nullableNumber),
  fullestPod: z.strictObject({
    cpuUtilisationShare: measured,
    workerUtilisationShare: measured,
    proxyUtilisationShare: measured,
    proxyThreadShare: measured,
  }),
  inbound: z.strictObject({
    pendingOverflow: z.int(),
    requestOverflow: z.int(),
    connectionOverflow: z.int(),
    lost: z.int(),
  }),
};

const telemetry = z.strictObject({
  workload: z.string(),
  reporter: z.enum(['source', 'destination']),
  pods: z.int(),
  metrics: z.array(z.strictObject({ name: z.string(), tags: z.int(), labelSets: z.int(), series: z.int() })),
  seriesPerPod: z.int(),
  series: z.int(),
  spansPerSecond: z.number(),
  logLinesPerSecond: z.number(),
});

const series = z.strictObject({
  intervalSeconds: z.number(),
  intervals: z.int(),
  traffic: z.array(
    z.strictObject({
      traffic: z.string(),
      request: z.string(),
      offeredPerSecond: numbers,
      servedPerSecond: numbers,
      errorsPerSecond: numbers,
      meanMs: gappyNumbers,
      p50Ms: gappyNumbers,
      p99Ms: gappyNumbers,
    }),
  ),
  workloads: z.array(
    z.strictObject({
      name: z.string(),
      arrivalsPerSecond: numbers,
      inService: numbers,
      cpuUtilisationShare: numbers,
      workerUtilisationShare: numbers,
      proxyUtilisationShare: numbers,
      replicas: z.optional(numbers),
    }),
  ),
  clusters: z.array(z.strictObject({ name: z.string(), retriesPerSecond: numbers, ejections: numbers })),
});

const position = about(z.nullable(z.strictObject({ file: z.string(), line: z.int(), column: z.int() })), {
  id: 'Position',
  description: 'File name relative to the directory of the scenario.',
});

const finding = about(
  z.strictObject({
    code: z.enum(Object.keys(FINDINGS) as FindingCode[]),
    role: z.enum(['culprit', 'contributing', 'note']),
    sentence: z.string(),
    where: z.array(
      z.strictObject({
        kind: z.enum(['traffic', 'service', 'workload', 'pod', 'edge', 'cluster', 'locality']),
        name: z.string(),
      }),
    ),
    sources: z.array(z.strictObject({ object: z.string(), field: z.string(), value: z.string(), position })),
    evidence: z.array(
      z.strictObject({
        name: z.string(),
        unit: z.enum(['share', 'ms', 'perSecond', 'perCall', 'count']),
        measured,
      }),
    ),
    errorShare: z.number(),
    latencyMs: z.number(),
  }),
  {
    id: 'Finding',
    description: 'What acted, where, which line. The culprit first; codes in docs/diagnostics.md.',
  },
);

const phaseFlowFields = {
  offeredPerSecond: measured,
  servedPerSecond: measured,
  goodputPerSecond: measured,
  errorShare: measured,
  p50Ms: measured,
  p99Ms: measured,
};

const phase = about(
  z.strictObject({
    name: z.string(),
    fromSeconds: z.number(),
    toSeconds: z.number(),
    entries: z.array(z.string()),
    all: z.strictObject(phaseFlowFields),
    traffic: z.array(z.strictObject({ name: z.string(), ...phaseFlowFields })),
  }),
  { id: 'Phase', description: 'Between two moments at which an entry of the timeline begins or ends.' },
);

const impact = about(
  z.strictObject({
    entry: z.string(),
    times: z.int(),
    beginSeconds: z.number(),
    endSeconds: nullableNumber,
    lost: measured,
    worstErrors: z.nullable(z.strictObject({ atSeconds: z.number(), share: z.number() })),
    worstP99: z.nullable(z.strictObject({ atSeconds: z.number(), ms: z.number() })),
    recovery: z.strictObject({
      from: z.enum(['begin', 'end']),
      sinceSeconds: z.number(),
      seconds: measured,
      recovered: z.int(),
      notRecovered: z.int(),
      before: z.nullable(z.strictObject({ errorShare: z.number(), p99Ms: nullableNumber })),
      left: z.nullable(
        z.strictObject({
          request: z.nullable(z.string()),
          errorShare: z.number(),
          p99Ms: nullableNumber,
          afterSeconds: z.number(),
          until: z.nullable(z.string()),
        }),
      ),
    }),
    budgets: z.array(z.strictObject({ slo: z.string(), usedShare: measured })),
  }),
  { id: 'Impact', description: 'What an entry of the timeline did to the requests, until the next one began.' },
);

const happening = about(
  z.strictObject({
    kind: z.enum([...HAPPENINGS, 'recovered', 'not recovered']),
    entry: z.string(),
    time: z.int(),
    atSeconds: z.number(),
    lastSeconds: z.number(),
    lowSeconds: z.number(),
    highSeconds: z.number(),
    workload: z.string(),
    workloads: z.int(),
    count: z.int(),
    replications: z.int(),
  }),
  { id: 'Happening', description: 'Alike things that followed one entry of the timeline; medians over replications.' },
);

const verdict = z.enum(['pass', 'fail', 'inconclusive']);

const untilRecovered = about(
  z.strictObject({
    durationNs: z.int(),
    boundNs: z.int(),
    recovered: z.int(),
    notRecovered: z.int(),
    verdict,
  }),
  { id: 'UntilRecovered', description: 'Of a run that went on until requests were as before its timeline.' },
);

const slo = z.strictObject({
  name: z.string(),
  subject: z.string(),
  kind: z.enum(['latency', 'availability']),
  latencyMs: nullableNumber,
  objectiveShare: z.number(),
  goodShare: measured,
  budgetUsedShare: nullableNumber,
  verdict,
  position,
});

const threshold = z.strictObject({
  text: z.string(),
  subject: z.string(),
  metric: z.string(),
  unit: z.enum(['ms', 'share', 'perSecond']),
  comparison: z.enum(['<', '<=', '>', '>=']),
  limit: z.number(),
  value: measured,
  verdict,
  position,
});

const diagnostic = about(
  z.strictObject({
    code: z.string(),
    severity: z.enum(['error', 'warning', 'info']),
    position,
    message: z.string(),
    hint: z.exactOptional(z.string()),
  }),
  { id: 'Diagnostic' },
);

const fidelity = z.strictObject({
  status: z.enum(['approximated', 'not-modelled']),
  resource: z.string(),
  path: z.string(),
  position,
  meaning: z.string(),
});

const counts = z.record(z.string(), z.number());

const limits = z.strictObject({
  connections: nullableNumber,
  pendingRequests: nullableNumber,
  requests: nullableNumber,
  retries: nullableNumber,
});

export const resultSchema = about(
  z.strictObject({
    schema: z.literal(RESULT_SCHEMA),
    scenario: z.string(),
    seed: z.string(),
    istioVersion: z.string(),
    envoyVersion: z.optional(z.string()),
    meshes: z.array(z.enum(MESHES)),
    assumedMesh: z.optional(z.enum(MESHES)),
    replications: z.int().check(z.minimum(1)),
    replicationsRequested: z.int().check(z.minimum(1)),
    durationNs: z.int(),
    untilRecovered: z.optional(untilRecovered),
    warmupNs: z.int(),
    warmup: z.enum(['auto', 'fixed']),
    events: z.int(),
    totals: z.strictObject(clientFields),
    traffic: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['open', 'closed']),
        ...clientFields,
        requests: z.array(z.strictObject({ name: z.string(), ...clientFields })),
      }),
    ),
    services: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['app', 'gateway', 'client', 'external', 'waypoint', 'ztunnel']),
        ...workFields,
        calls: z.nullable(calls),
        workloads: z.array(z.strictObject({ name: z.string(), version: z.string(), ...workFields })),
      }),
    ),
    edges: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        ...callFields,
        rows: z.array(
          z.strictObject({
            request: z.string(),
            workload: z.nullable(z.string()),
            version: z.string(),
            ...callFields,
          }),
        ),
      }),
    ),
    clusters: z.array(
      z.strictObject({
        name: z.string(),
        host: z.string(),
        subset: z.string(),
        counters: counts,
        peaks: counts,
        limits,
      }),
    ),
    telemetry: z.array(telemetry),
    series,
    phases: z.optional(z.array(phase)),
    impacts: z.optional(z.array(impact)),
    happenings: z.optional(z.array(happening)),
    slos: z.array(slo),
    thresholds: z.array(threshold),
    verdict,
    findings: z.array(finding),
    warnings: z.array(diagnostic),
    diagnostics: z.array(diagnostic),
    fidelity: z.array(fidelity),
  }),
  { title: 'Seatrial results', description: 'What a run observed. Plain numbers with the unit in each name.' },
);
