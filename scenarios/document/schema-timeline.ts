// What is done to the mesh while it runs, as the Scenario file has it: when, and exactly one action.
import * as z from 'zod/mini';
import { PODS_OF_WORKLOAD_MAX } from '../../models/bounds.js';
import { about } from './about.js';
import { bandwidth, bytes, count, duration, factor, name, share, stringMap } from './schema-words.js';

const ORDINALS_ERROR = { error: 'expected the ordinal of a pod such as 0, or a list' };
const ordinal = z.int(ORDINALS_ERROR).check(z.minimum(0, ORDINALS_ERROR));
const NODES_ERROR = { error: 'expected a number of nodes such as 1, or a share of them such as 50%' };
const EXPECTED_NODES = { error: 'expected which nodes, e.g. {nodes: 1}' };
const PODS_ERROR = { error: 'expected a number of pods such as 1, or a share of them such as 50%' };

const ordinalField = about(z.union([ordinal, z.array(ordinal).check(z.minLength(1, ORDINALS_ERROR))], ORDINALS_ERROR), {
  description: 'Pods by their ordinals, from 0 (default: any).',
  examples: [0, [0, 2]],
});

const podTarget = {
  workload: z.optional(name('Pods of a workload: `name`, `name.namespace` or `namespace/name`.')),
  service: z.optional(name('Pods behind a service, or what answers for a host outside: a name as under `services`.')),
  namespace: z.optional(name('Pods of a Namespace.')),
  labels: z.optional(stringMap('Pods with all of these labels.')),
  version: z.optional(
    about(z.union([z.string(), z.number()], { error: 'expected a version such as v2' }), {
      description: 'Pods of a version, by the label `version` or `app.kubernetes.io/version`.',
      examples: ['v2'],
    }),
  ),
  zone: z.optional(name('Pods in a zone: `zone` or `region/zone`.')),
  region: z.optional(name('Pods in a region.')),
  ordinal: z.optional(ordinalField),
  pods: z.optional(
    about(z.union([z.int(PODS_ERROR).check(z.minimum(1, PODS_ERROR)), z.string()], PODS_ERROR), {
      description:
        'How many of the pods that match, chosen at random when it begins: a number, or a share, rounded up (default: all).',
      examples: [1, '50%'],
      pattern: '^\\s*\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)\\s*%\\s*$',
    }),
  ),
};

const slowness = {
  by: z.optional(duration('Each request takes so much longer.')),
  factor: z.optional(factor('The work of each request takes so many times as long.')),
};
const failure = {
  share: z.optional(share('Share of the requests (default: all).')),
  status: z.optional(count('The status of the answer (default 500).', 400, 599)),
};
const leakage = { perSecond: bytes('Memory that the application takes each second and never gives back.') };
const theft = { share: share('Share of the CPU that others use, below 100 %.') };
const ending = {
  grace: z.optional(
    duration(
      'Whole seconds from the deletion to SIGKILL; `0s`: killed at once (default: what the pod says, else 30s).',
    ),
  ),
};
const standstill = {
  length: duration('How long all threads stand still.'),
  every: duration('How often: from one pause to the next.'),
};

const EXPECTED_PODS = { error: 'expected which pods, e.g. {workload: cart, pods: 1}' };
const EXPECTED_SLOW = { error: 'expected how slow, e.g. {service: payments, by: 400ms}' };
const EXPECTED_FAIL = { error: 'expected which requests fail, e.g. {workload: cart, share: 20%, status: 503}' };
const EXPECTED_LEAK = { error: 'expected how much memory, e.g. {workload: cart, perSecond: 50MiB}' };
const EXPECTED_THEFT = { error: 'expected how much, e.g. {workload: cart, share: 80%}' };
const EXPECTED_PAUSE = { error: 'expected how long and how often, e.g. {workload: cart, length: 200ms, every: 2s}' };

const endWord = (description: string) =>
  about(z.string({ error: 'expected an end such as `workload cart`, `zone us-east-1a` or `outside`' }), {
    description: `${description} \`workload NAME\`, \`service NAME\`, \`pod NAME-0\`, \`namespace NAME\`, \`zone NAME\`, \`region NAME\` or \`outside\`.`,
    examples: [
      'workload cart',
      'service payments',
      'pod cart-0',
      'namespace shop',
      'zone us-east-1a',
      'region us-east-1',
      'outside',
    ],
  });

const TWO_ENDS = { error: 'expected two ends, e.g. [zone us-east-1a, zone us-east-1b]' };
const ends = {
  between: z.optional(
    about(
      z.array(endWord('One of two ends.'), TWO_ENDS).check(z.minLength(2, TWO_ENDS), z.maxLength(2, TWO_ENDS)),
      'Two ends: messages in both directions.',
    ),
  ),
  from: z.optional(endWord('Messages that leave here alone; without `to`: to anywhere.')),
  to: z.optional(endWord('Messages that go there alone; without `from`: from anywhere.')),
};

const nodeTarget = {
  node: z.optional(name('A node by its name.')),
  pool: z.optional(name('Nodes of a pool of the scenario.')),
  zone: z.optional(name('Nodes in a zone: `zone` or `region/zone`.')),
  labels: z.optional(stringMap('Nodes with all of these labels.')),
  nodes: z.optional(
    about(z.union([z.int(NODES_ERROR).check(z.minimum(1, NODES_ERROR)), z.string()], NODES_ERROR), {
      description:
        'How many of the nodes that match, chosen at random when it begins: a number, or a share, rounded up (default: all).',
      examples: [1, '50%'],
    }),
  ),
};

const workloadName = name('A workload: `name`, `name.namespace` or `namespace/name`.');
const ANSWERS_ERROR = { error: 'expected how many addresses, such as 1, or `fails`' };

const source = { name: z.optional(name('A source of traffic (default: all of them).')) };

const EXPECTED_FILES = { error: 'expected a file or a directory such as canary.yaml, or a list' };
const EXPECTED_OBJECTS = {
  error: 'expected an object such as {kind: DestinationRule, name: cart}, a file with objects, or a list',
};
const path = z.string(EXPECTED_FILES).check(z.minLength(1, EXPECTED_FILES));
const deleted = z.union(
  [
    path,
    z.strictObject({
      kind: name('Kind of the object.'),
      name: name('Name of the object.'),
      namespace: z.optional(name('Namespace of the object (default: whichever has one of that name).')),
    }),
  ],
  EXPECTED_OBJECTS,
);

const actions = {
  slow: z.optional(
    about(z.strictObject({ ...podTarget, ...slowness }, EXPECTED_SLOW), 'Pods are slower: `by`, `factor` or both.'),
  ),
  kill: z.optional(
    about(z.strictObject(podTarget, EXPECTED_PODS), 'Pods are killed at once, and their owner makes others. No `for`.'),
  ),
  stop: z.optional(
    about(
      z.strictObject({ ...podTarget, ...ending }, EXPECTED_PODS),
      'Pods are deleted, end as they say (hooks, SIGTERM, grace period), and their owner makes others. No `for`.',
    ),
  ),
  evict: z.optional(
    about(
      z.strictObject(podTarget, EXPECTED_PODS),
      'Pods are evicted: they end as with `stop`, as far as PodDisruptionBudgets let them, asked again every 5 s. No `for`.',
    ),
  ),
  crash: z.optional(
    about(
      z.strictObject(podTarget, EXPECTED_PODS),
      'A crash loop: the application is killed and started anew in its place, again and again while it lasts.',
    ),
  ),
  leak: z.optional(
    about(
      z.strictObject({ ...podTarget, ...leakage }, EXPECTED_LEAK),
      'The memory of the application grows; at the limit of its container it is killed, and started anew in its place.',
    ),
  ),
  hang: z.optional(about(z.strictObject(podTarget, EXPECTED_PODS), 'Requests are taken and never answered.')),
  refuse: z.optional(about(z.strictObject(podTarget, EXPECTED_PODS), 'Connections to the application are refused.')),
  fail: z.optional(
    about(
      z.strictObject({ ...podTarget, ...failure }, EXPECTED_FAIL),
      'Requests are answered with a status instead of being worked on.',
    ),
  ),
  stealCpu: z.optional(
    about(z.strictObject({ ...podTarget, ...theft }, EXPECTED_THEFT), "A share of the pods' CPU is used by others."),
  ),
  pause: z.optional(
    about(
      z.strictObject({ ...podTarget, ...standstill }, EXPECTED_PAUSE),
      'All threads of a pod stand still now and then, as in a garbage collection.',
    ),
  ),
  traffic: z.optional(
    about(
      z.strictObject(
        {
          ...source,
          rate: z.optional(factor('How many times as much comes; `0x`: nothing.')),
          mix: z.optional(
            about(
              z.record(z.string(), share('Share of what is sent.'), {
                error: 'expected requests with their shares, e.g. {checkout: 30%, browse: 70%}',
              }),
              'Other shares of the requests of the source, by their names; together 100 %.',
            ),
          ),
        },
        { error: 'expected how much comes, e.g. {name: shoppers, rate: 3x}' },
      ),
      'More traffic, or less: the rate of an open loop, or the connections of a closed one that send; or other requests.',
    ),
  ),
  reconnect: z.optional(
    about(
      z.strictObject(source, { error: 'expected whose connections, e.g. {name: shoppers}' }),
      'All connections of those who send end at once, and are made anew. No `for`.',
    ),
  ),
  churn: z.optional(
    about(
      z.strictObject(
        { ...source, share: share('Share of the connections that end each second.') },
        { error: 'expected how many connections, e.g. {name: shoppers, share: 5%}' },
      ),
      'Connections of those who send end, a share of them each second, and others take their place.',
    ),
  ),
  partition: z.optional(
    about(
      z.strictObject(ends, { error: 'expected ends, e.g. {between: [zone us-east-1a, zone us-east-1b]}' }),
      'Nothing gets through, and nobody is told.',
    ),
  ),
  delay: z.optional(
    about(
      z.strictObject(
        {
          ...ends,
          by: duration('Each message takes so much longer.'),
          jitter: z.optional(duration('Spread to either side of `by`, uniform, at most `by` (default 0).')),
        },
        { error: 'expected ends and a delay, e.g. {between: [zone a, zone b], by: 100ms}' },
      ),
      'Messages take longer.',
    ),
  ),
  loss: z.optional(
    about(
      z.strictObject(
        { ...ends, share: share('Probability that a message loses a packet, which is sent again; below 100 %.') },
        { error: 'expected ends and a share, e.g. {from: workload a, to: workload b, share: 5%}' },
      ),
      'Messages lose packets.',
    ),
  ),
  bandwidth: z.optional(
    about(
      z.strictObject(
        { ...ends, limit: bandwidth('What the messages of each pair of pods have.') },
        { error: 'expected ends and a limit, e.g. {between: [zone a, zone b], limit: 10Mbit/s}' },
      ),
      'Messages have less bandwidth.',
    ),
  ),
  down: z.optional(
    about(
      z.strictObject(
        { host: name('Host of a ServiceEntry, or one that nobody has registered.') },
        { error: 'expected a host, e.g. {host: api.partner.com}' },
      ),
      'A dependency outside of the cluster is gone: nothing gets there, or back.',
    ),
  ),
  dns: z.optional(
    about(
      z.strictObject(
        {
          host: name('Host of a ServiceEntry with `resolution: DNS`.'),
          answers: about(
            z.union([z.int(ANSWERS_ERROR).check(z.minimum(0, ANSWERS_ERROR)), z.literal('fails')], ANSWERS_ERROR),
            {
              description:
                'How many of its addresses the name resolves to (0: it does not exist), or `fails`: an error.',
              examples: [1, 0, 'fails'],
            },
          ),
          ttl: z.optional(duration('How long an answer may be kept (default 60s).')),
        },
        { error: 'expected a host and its answers, e.g. {host: api.partner.com, answers: 1}' },
      ),
      'A host outside of the cluster resolves to fewer addresses, to none, or not at all.',
    ),
  ),
  apply: z.optional(
    about(z.union([path, z.array(path).check(z.minLength(1, EXPECTED_FILES))], EXPECTED_FILES), {
      description:
        'YAML files or directories, relative to the scenario, that are applied to the cluster; with `for`, undone at the end.',
      examples: ['canary.yaml', ['policies', 'routes/canary.yaml']],
    }),
  ),
  delete: z.optional(
    about(z.union([deleted, z.array(deleted).check(z.minLength(1, EXPECTED_OBJECTS))], EXPECTED_OBJECTS), {
      description:
        'Objects that are deleted: `{kind, name, namespace}`, or files with them; with `for`, they are back at the end.',
      examples: [{ kind: 'DestinationRule', name: 'cart' }, 'old-policies.yaml'],
    }),
  ),
  istiod: z.optional(
    about(
      z.union(
        [
          z.literal('down'),
          z.strictObject({ slow: factor('All that istiod does takes so many times as long, above 1x.') }),
        ],
        { error: 'expected `istiod: down`, or `istiod: { slow: 10x }`' },
      ),
      'The control plane of Istio is gone (`down`): proxies keep what they know and hear nothing new; or slow.',
    ),
  ),
  restart: z.optional(
    about(
      z.strictObject({ workload: workloadName }, { error: 'expected a workload, e.g. {workload: cart}' }),
      'All pods of a workload are replaced in the way of its controller: `kubectl rollout restart`. No `for`.',
    ),
  ),
  scale: z.optional(
    about(
      z.strictObject(
        {
          workload: workloadName,
          replicas: count('How many pods it is to have from now on.', 0, PODS_OF_WORKLOAD_MAX),
        },
        { error: 'expected a workload and a number of pods, e.g. {workload: cart, replicas: 5}' },
      ),
      'A workload is to have so many pods: `kubectl scale`. An autoscaler goes on from there. No `for`.',
    ),
  ),
  loseNode: z.optional(
    about(
      z.strictObject(nodeTarget, EXPECTED_NODES),
      'Nodes have no power: nobody there answers, nobody is told, and the control plane finds out by and by.',
    ),
  ),
  drainNode: z.optional(
    about(
      z.strictObject(nodeTarget, EXPECTED_NODES),
      'Nodes are cordoned, and their pods evicted as far as budgets let them: `kubectl drain`.',
    ),
  ),
  squeezeNode: z.optional(
    about(
      z.strictObject(
        { ...nodeTarget, share: share('Share of the CPU of all pods there that others use, below 100 %.') },
        { error: 'expected nodes and a share, e.g. {nodes: 1, share: 50%}' },
      ),
      'Others use a share of the CPU of all pods on nodes.',
    ),
  ),
};

export type TimelineActionWord = keyof typeof actions;
export const TIMELINE_ACTIONS = Object.keys(actions) as readonly TimelineActionWord[];

export const entrySchema = about(
  z.strictObject(
    {
      at: z.optional(duration('When it begins, after the warm-up; with `every`, the first time.')),
      every: z.optional(
        duration('It begins again and again, so long after it began before (first time: `at`, else after this long).'),
      ),
      until: z.optional(duration('With `every`: it begins no more from then on (default: until the run ends).')),
      times: z.optional(count('With `every`: how often (default: until the run ends).', 1, 1_000_000_000)),
      for: z.optional(duration('How long it lasts (default: until the run ends).')),
      ramp: z.optional(duration('How long it takes to grow to its full size, evenly (default: it is there at once).')),
      name: z.optional(name('Name in reports (default: a sentence that says what is done).')),
      ...actions,
    },
    { error: 'expected an entry such as {at: 3m, for: 30s, slow: {service: payments, by: 400ms}}' },
  ),
  `One thing that is done to the mesh: \`at\` or \`every\`, and exactly one of ${TIMELINE_ACTIONS.join(', ')}.`,
);

export const timelineSchema = about(
  z.array(entrySchema, { error: 'expected a list of entries such as {at: 5m, kill: {workload: cart, pods: 1}}' }),
  'What is done to the mesh while it runs. Times count from the end of the warm-up.',
);

/** Pods of a workload that differ from the others from the start on. */
export const oddPodsSchema = about(
  z.array(
    z.strictObject(
      {
        ordinal: ordinalField,
        slow: z.optional(about(z.strictObject(slowness, EXPECTED_SLOW), 'They are slower: `by`, `factor` or both.')),
        fail: z.optional(
          about(z.strictObject(failure, EXPECTED_FAIL), 'They answer with a status instead of working.'),
        ),
        stealCpu: z.optional(about(z.strictObject(theft, EXPECTED_THEFT), 'A share of their CPU is used by others.')),
        pause: z.optional(about(z.strictObject(standstill, EXPECTED_PAUSE), 'Their threads stand still now and then.')),
      },
      { error: 'expected a pod such as {ordinal: 0, slow: {by: 20ms}}' },
    ),
    { error: 'expected a list of pods such as {ordinal: 0, slow: {by: 20ms}}' },
  ),
  'Pods that differ from the others, before the run and throughout.',
);

export type ScenarioTimelineEntry = z.infer<typeof entrySchema>;
export type ScenarioOddPod = z.infer<typeof oddPodsSchema>[number];
export type ScenarioAction<Word extends TimelineActionWord> = NonNullable<ScenarioTimelineEntry[Word]>;
