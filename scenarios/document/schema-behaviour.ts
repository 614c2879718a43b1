// What a pod does with a request, as a scenario file says it: work, calls to others, errors, workers.

import * as z from 'zod';
import { PODS_OF_WORKLOAD_MAX } from '../../models/bounds.js';
import {
  bytes,
  count,
  duration,
  durationDistribution,
  flag,
  method,
  name,
  share,
  stringList,
  stringMap,
  text,
} from './schema-words.js';

const workFields = {
  work: durationDistribution(
    'Service time as one would measure it without load; `cpuShare` of it is CPU time, the rest waiting.',
  ).optional(),
  cpu: durationDistribution("CPU time: contends for the pod's CPU and is throttled by its limit.").optional(),
  wait: durationDistribution('Time without CPU: a disk, a database outside the mesh.').optional(),
  cpuShare: share('Part of `work` that is CPU time (default 100 %).').optional(),
  retryWork: z
    .enum(['fresh', 'same'], { error: 'expected fresh or same' })
    .describe('`fresh` (default): a retry draws its work anew. `same`: slowness is in the data, a retry is as slow.')
    .optional(),
};

const errorsField = z
  .record(z.string(), share('Probability.'), { error: 'expected statuses with probabilities, e.g. {500: 0.05%}' })
  .meta({
    description: 'Statuses that the application answers by itself after its work, with their probabilities.',
    examples: [{ 500: '0.05%' }],
  });

/** One step; `parallel` and `steps` nest. The words (durations, shares, distributions) are still as written. */
export interface ScenarioStep extends z.infer<typeof stepBase> {
  readonly parallel?: readonly ScenarioStep[] | undefined;
  readonly steps?: readonly ScenarioStep[] | undefined;
}

const stepBase = z.strictObject(
  {
    ...workFields,
    call: text(
      'Calls another service, as the application dials it: `catalog`, `catalog.shop:8080`, `http://catalog/items`.',
    ).optional(),
    probability: share('The step is done with this probability only.').optional(),
    repeat: count('The step is done this often, one after the other.', 1, 100).optional(),
    method: method('HTTP method of the call (default GET).').optional(),
    path: text('Path of the call, with its query (default: that of the URL, or `/`).').optional(),
    headers: stringMap('Headers of the call.').optional(),
    forwardHeaders: stringList('Names of headers of the incoming request that the application copies to the call.', [
      ['x-request-id', 'end-user'],
    ]).optional(),
    timeout: duration("The application's own time-out of the call (default: none).").optional(),
    requestBytes: bytes('Size of the body of the call (default 1KiB).').optional(),
    retries: count("The application's own retries of the call (default 0).", 0, 100).optional(),
    onError: text(
      'After a failed call: `fail` or `fail(500)` answers with that status (default fail(500)), `pass` passes on the status of ' +
        'the call, `ignore` goes on.',
    )
      .meta({ examples: ['fail', 'fail(502)', 'pass', 'ignore'], pattern: '^(pass|ignore|fail(\\(\\d{3}\\))?)$' })
      .optional(),
  },
  { error: 'expected a step such as {call: catalog} or {cpu: 3ms}' },
);

const nestedSteps = z.array(
  z.lazy(() => stepSchema),
  { error: 'expected a list of steps' },
);

export const stepSchema: z.ZodType<ScenarioStep> = stepBase
  .extend({
    parallel: nestedSteps
      .min(1, { error: 'expected at least one step' })
      .describe(
        'Steps that start together; goes on when all have ended. A branch of several steps is `{steps: [...]}`.',
      )
      .optional(),
    steps: nestedSteps
      .describe('Steps one after the other: a branch of `parallel`, or several under one `probability`.')
      .optional(),
  })
  .describe('One thing that a workload does for a request: work, cpu, wait, call, parallel or steps.');

const stepsField = z
  .array(stepSchema, { error: 'expected a list of steps' })
  .describe('What is done for a request, one step after the other.');

const operationSchema = z
  .strictObject(
    {
      name: name('Name in reports (default: the method and path that it matches).').optional(),
      match: z
        .strictObject(
          {
            path: text('Exact path, or a prefix where it ends in `*`.').optional(),
            method: method('HTTP method.').optional(),
            headers: stringMap('Headers with their exact values.').optional(),
          },
          { error: 'expected fields path, method, headers' },
        )
        .describe('Requests that this operation serves; all fields must match. The first operation that matches wins.'),
      ...workFields,
      steps: stepsField.optional(),
      errors: errorsField.optional(),
      responseBytes: bytes('Size of the body of its good answers (default: that of the service).').optional(),
    },
    { error: 'expected an operation such as {match: {path: /cart}, steps: [...]}' },
  )
  .describe('What is done for some of the requests.');

export type ScenarioOperation = z.infer<typeof operationSchema>;

export const behaviourSchema = z
  .strictObject(
    {
      ...workFields,
      steps: stepsField.optional(),
      operations: z
        .array(operationSchema, { error: 'expected a list of operations' })
        .describe('Special requests.')
        .optional(),
      errors: errorsField.optional(),
      workers: z
        .union([z.int().min(1).max(1_000_000), z.literal('unlimited')], {
          error: 'expected a whole number of at least 1, or unlimited',
        })
        .describe(
          'Requests that a pod serves at once, held while it waits for others (default: unlimited, as in Go or Node).',
        )
        .optional(),
      queue: z
        .union([z.int().min(0).max(10_000_000), z.literal('unlimited')], {
          error: 'expected a whole number of at least 0, or unlimited',
        })
        .describe('Waiting places in front of the workers (default: unlimited).')
        .optional(),
      overflow: z
        .union([z.int().min(400).max(599), z.enum(['reset', 'refuse', 'drop'])], {
          error: 'expected a status of 400 to 599, reset, refuse or drop',
        })
        .describe(
          'What a request gets that finds the queue full: a status (default 503), a reset, a refused connection (refuse: the proxy beside it tries again), or no answer at all (drop).',
        )
        .optional(),
      cancels: flag('Whether the application stops working for a caller that has gone (default false).').optional(),
      keepAlive: z
        .strictObject(
          {
            idle: duration('A connection without a request for so long is closed.').optional(),
            requests: count('A connection is closed after so many requests.', 1, 1_000_000_000).optional(),
          },
          { error: 'expected fields idle and requests, e.g. {idle: 5s}' },
        )
        .describe(
          'When the application closes connections that its callers would keep (default never; Node: idle 5s, gunicorn: idle 2s, ' +
            'nginx: idle 75s and 1000 requests).',
        )
        .optional(),
      connections: z
        .strictObject(
          { idle: duration('A connection without a call for so long is closed (default 90s, as in Go); 0s: never.') },
          { error: 'expected a field idle, e.g. {idle: 90s}' },
        )
        .describe(
          'The connections that the application keeps to others, where no sidecar pools them: on ports that are not HTTP, and from pods ' +
            'without a sidecar. There are as many as calls in flight (HTTP/2: one), and each keeps to one endpoint.',
        )
        .optional(),
      memory: z
        .strictObject(
          {
            base: bytes('Memory of a pod without requests.'),
            perRequest: bytes(
              'What each request adds while the pod holds it, waiting or served (default 0).',
            ).optional(),
          },
          { error: 'expected fields base and perRequest, e.g. {base: 200MiB, perRequest: 2MiB}' },
        )
        .describe(
          'Memory of a pod. At the peak of its requests it is compared with the memory limits of its containers; what exceeds them is a ' +
            'warning (`app-memory`), nothing is killed.',
        )
        .optional(),
      responseBytes: bytes(
        'Size of the body of its good answers (default 1KiB); those of 400 and more have next to none.',
      ).optional(),
      replicas: count('Number of pods, where it should differ from the YAML.', 0, PODS_OF_WORKLOAD_MAX).optional(),
    },
    { error: 'expected a behaviour such as {work: lognormal(mean=4ms, cv=1), workers: 64}' },
  )
  .describe('What a pod does with a request.');

export type ScenarioBehaviour = z.infer<typeof behaviourSchema>;

export function behaviourMap(description: string) {
  return z.record(z.string(), behaviourSchema, { error: 'expected names with behaviours' }).describe(description);
}
