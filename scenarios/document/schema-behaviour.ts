// What a pod does with a request, as a scenario file says it: work, calls to others, errors, workers.

import * as z from 'zod/mini';
import { PODS_OF_WORKLOAD_MAX } from '../../models/bounds.js';
import { about } from './about.js';
import { oddPodsSchema } from './schema-timeline.js';
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
  work: z.optional(
    durationDistribution(
      'Service time as one would measure it without load; `cpuShare` of it is CPU time, the rest waiting.',
    ),
  ),
  cpu: z.optional(durationDistribution("CPU time: contends for the pod's CPU and is throttled by its limit.")),
  wait: z.optional(durationDistribution('Time without CPU: a disk, a database outside the mesh.')),
  cpuShare: z.optional(share('Part of `work` that is CPU time (default 100 %).')),
  retryWork: z.optional(
    about(
      z.enum(['fresh', 'same'], { error: 'expected fresh or same' }),
      '`fresh` (default): a retry draws its work anew. `same`: slowness is in the data, a retry is as slow.',
    ),
  ),
};

const errorsField = about(
  z.record(z.string(), share('Probability.'), { error: 'expected statuses with probabilities, e.g. {500: 0.05%}' }),
  {
    description: 'Statuses that the application answers by itself after its work, with their probabilities.',
    examples: [{ 500: '0.05%' }],
  },
);

/** One step; `parallel` and `steps` nest. The words (durations, shares, distributions) are still as written. */
export interface ScenarioStep extends z.infer<typeof stepBase> {
  readonly parallel?: readonly ScenarioStep[] | undefined;
  readonly steps?: readonly ScenarioStep[] | undefined;
}

const stepBase = z.strictObject(
  {
    ...workFields,
    call: z.optional(
      text(
        'Calls another service, as the application dials it: `catalog`, `catalog.shop:8080`, `http://catalog/items`.',
      ),
    ),
    probability: z.optional(share('The step is done with this probability only.')),
    repeat: z.optional(count('The step is done this often, one after the other.', 1, 100)),
    method: z.optional(method('HTTP method of the call (default GET).')),
    path: z.optional(text('Path of the call, with its query (default: that of the URL, or `/`).')),
    headers: z.optional(stringMap('Headers of the call.')),
    forwardHeaders: z.optional(
      stringList('Names of headers of the incoming request that the application copies to the call.', [
        ['x-request-id', 'end-user'],
      ]),
    ),
    timeout: z.optional(duration("The application's own time-out of the call (default: none).")),
    requestBytes: z.optional(bytes('Size of the body of the call (default 1KiB).')),
    retries: z.optional(count("The application's own retries of the call (default 0).", 0, 100)),
    onError: z.optional(
      about(
        text(
          'After a failed call: `fail` or `fail(500)` answers with that status (default fail(500)), `pass` passes on the status of ' +
            'the call, `ignore` goes on.',
        ),
        { examples: ['fail', 'fail(502)', 'pass', 'ignore'], pattern: '^(pass|ignore|fail(\\(\\d{3}\\))?)$' },
      ),
    ),
  },
  { error: 'expected a step such as {call: catalog} or {cpu: 3ms}' },
);

const nestedSteps = z.array(
  z.lazy(() => stepSchema),
  { error: 'expected a list of steps' },
);

export const stepSchema: z.ZodMiniType<ScenarioStep> = about(
  z.extend(stepBase, {
    parallel: z.optional(
      about(
        nestedSteps.check(z.minLength(1, { error: 'expected at least one step' })),
        'Steps that start together; goes on when all have ended. A branch of several steps is `{steps: [...]}`.',
      ),
    ),
    steps: z.optional(
      about(nestedSteps, 'Steps one after the other: a branch of `parallel`, or several under one `probability`.'),
    ),
  }),
  'One thing that a workload does for a request: work, cpu, wait, call, parallel or steps.',
);

const stepsField = about(
  z.array(stepSchema, { error: 'expected a list of steps' }),
  'What is done for a request, one step after the other.',
);

const operationSchema = about(
  z.strictObject(
    {
      name: z.optional(name('Name in reports (default: the method and path that it matches).')),
      match: about(
        z.strictObject(
          {
            path: z.optional(text('Exact path, or a prefix where it ends in `*`.')),
            method: z.optional(method('HTTP method.')),
            headers: z.optional(stringMap('Headers with their exact values.')),
          },
          { error: 'expected fields path, method, headers' },
        ),
        'Requests that this operation serves; all fields must match. The first operation that matches wins.',
      ),
      ...workFields,
      steps: z.optional(stepsField),
      errors: z.optional(errorsField),
      responseBytes: z.optional(bytes('Size of the body of its good answers (default: that of the service).')),
    },
    { error: 'expected an operation such as {match: {path: /cart}, steps: [...]}' },
  ),
  'What is done for some of the requests.',
);

export type ScenarioOperation = z.infer<typeof operationSchema>;

export const behaviourSchema = about(
  z.strictObject(
    {
      ...workFields,
      steps: z.optional(stepsField),
      operations: z.optional(
        about(z.array(operationSchema, { error: 'expected a list of operations' }), 'Special requests.'),
      ),
      errors: z.optional(errorsField),
      workers: z.optional(
        about(
          z.union([z.int().check(z.minimum(1), z.maximum(1_000_000)), z.literal('unlimited')], {
            error: 'expected a whole number of at least 1, or unlimited',
          }),
          'Requests that a pod serves at once, held while it waits for others (default: unlimited, as in Go or Node).',
        ),
      ),
      queue: z.optional(
        about(
          z.union([z.int().check(z.minimum(0), z.maximum(10_000_000)), z.literal('unlimited')], {
            error: 'expected a whole number of at least 0, or unlimited',
          }),
          'Waiting places in front of the workers (default: unlimited).',
        ),
      ),
      overflow: z.optional(
        about(
          z.union([z.int().check(z.minimum(400), z.maximum(599)), z.enum(['reset', 'refuse', 'drop'])], {
            error: 'expected a status of 400 to 599, reset, refuse or drop',
          }),
          'What a request gets that finds the queue full: a status (default 503), a reset, a refused connection (refuse: the proxy beside it tries again), or no answer at all (drop).',
        ),
      ),
      cancels: z.optional(flag('Whether the application stops working for a caller that has gone (default false).')),
      startup: z.optional(
        durationDistribution(
          'From the start of the container until the application listens, in runs with a timeline, stages or autoscaling (default: at once). ' +
            'Requests are refused until then, and probes fail.',
        ),
      ),
      onSigterm: z.optional(
        about(
          z.enum(['exit', 'drain', 'ignore'], { error: 'expected exit, drain or ignore' }),
          'What SIGTERM does to the application of a pod that is to go: it is gone at once (exit, the default: no handler), takes no connections ' +
            'any more, ends what it has and exits (drain), or goes on until SIGKILL (ignore).',
        ),
      ),
      keepAlive: z.optional(
        about(
          z.strictObject(
            {
              idle: z.optional(duration('A connection without a request for so long is closed.')),
              requests: z.optional(count('A connection is closed after so many requests.', 1, 1_000_000_000)),
            },
            { error: 'expected fields idle and requests, e.g. {idle: 5s}' },
          ),
          'When the application closes connections that its callers would keep (default never; Node: idle 5s, gunicorn: idle 2s, ' +
            'nginx: idle 75s and 1000 requests).',
        ),
      ),
      connections: z.optional(
        about(
          z.strictObject(
            { idle: duration('A connection without a call for so long is closed (default 90s, as in Go); 0s: never.') },
            { error: 'expected a field idle, e.g. {idle: 90s}' },
          ),
          'The connections that the application keeps to others, where no sidecar pools them: on ports that are not HTTP, and from pods ' +
            'without a sidecar. There are as many as calls in flight (HTTP/2: one), and each keeps to one endpoint.',
        ),
      ),
      memory: z.optional(
        about(
          z.strictObject(
            {
              base: bytes('Memory of a pod without requests.'),
              perRequest: z.optional(
                bytes('What each request adds while the pod holds it, waiting or served (default 0).'),
              ),
            },
            { error: 'expected fields base and perRequest, e.g. {base: 200MiB, perRequest: 2MiB}' },
          ),
          'Memory of a pod. At the peak of its requests it is compared with the memory limits of its containers; what exceeds them is a ' +
            'warning (`app-memory`), nothing is killed.',
        ),
      ),
      responseBytes: z.optional(
        bytes('Size of the body of its good answers (default 1KiB); those of 400 and more have next to none.'),
      ),
      replicas: z.optional(count('Number of pods, where it should differ from the YAML.', 0, PODS_OF_WORKLOAD_MAX)),
    },
    { error: 'expected a behaviour such as {work: lognormal(mean=4ms, cv=1), workers: 64}' },
  ),
  'What a pod does with a request.',
);

export type ScenarioBehaviour = z.infer<typeof behaviourSchema>;

export function behaviourMap(description: string) {
  return about(z.record(z.string(), behaviourSchema, { error: 'expected names with behaviours' }), description);
}

/** A workload has pods of its own, of which some may differ. */
const workloadSchema = about(
  z.extend(behaviourSchema, { pods: z.optional(oddPodsSchema) }),
  'What the pods of one workload do with a request.',
);

export type ScenarioWorkload = z.infer<typeof workloadSchema>;

export function workloadMap(description: string) {
  return about(z.record(z.string(), workloadSchema, { error: 'expected names with behaviours' }), description);
}
