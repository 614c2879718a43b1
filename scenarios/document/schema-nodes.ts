// The nodes of the cluster as the Scenario file has them.
import * as z from 'zod/mini';
import { about } from './about.js';
import { bytes, count, duration, name, stringMap } from './schema-words.js';

const CPU_ERROR = { error: 'expected CPUs such as 4 or 3920m' };
const TAINT_ERROR = { error: 'expected a taint such as dedicated=db:NoSchedule' };
const ZONE_ERROR = { error: 'expected a zone such as us-east-1a, or a list of zones' };

const nodeSchema = z.strictObject(
  {
    name: z.optional(name('Name of one node.')),
    pool: z.optional(name('Name of a pool: its nodes are `POOL-0`, `POOL-1` and so on.')),
    count: z.optional(count('How many nodes the pool has (default 1).', 1, 10_000)),
    max: z.optional(
      count(
        'A Cluster Autoscaler may grow the pool to so many nodes (default: it has `count` all the time).',
        1,
        10_000,
      ),
    ),
    boots: z.optional(duration('From the moment in which a node is asked for until it takes pods (default 3m).')),
    cpu: about(z.union([z.number(), z.string()], CPU_ERROR), {
      description: 'CPUs that pods may have of each node.',
      examples: [4, '3920m'],
    }),
    memory: bytes('Memory that pods may have of each node.'),
    zone: z.optional(
      about(z.union([z.string(), z.array(z.string(), ZONE_ERROR).check(z.minLength(1, ZONE_ERROR))], ZONE_ERROR), {
        description: 'Zone, `zone` or `region/zone`, or zones over which the nodes are spread (default: `zones`).',
        examples: ['us-east-1a', ['us-east-1/us-east-1a', 'us-east-1/us-east-1b']],
      }),
    ),
    labels: z.optional(stringMap('Labels of the nodes beside those of their name and zone.')),
    taints: z.optional(
      about(z.array(z.string(TAINT_ERROR), TAINT_ERROR), {
        description: 'Taints, as kubectl has them: `KEY=VALUE:EFFECT` or `KEY:EFFECT`.',
        examples: [['dedicated=db:NoSchedule']],
      }),
    ),
  },
  { error: 'expected nodes such as {pool: general, count: 3, cpu: 4, memory: 16GiB}' },
);

export const nodesSchema = about(
  z.array(nodeSchema, { error: 'expected a list of nodes such as {pool: general, count: 3, cpu: 4, memory: 16GiB}' }),
  'The nodes that pods run on, for a run in which something happens (default: room for all pods).',
);

export type ScenarioNode = z.infer<typeof nodeSchema>;
