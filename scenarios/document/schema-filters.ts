// What HTTP filters cost and say, as the Scenario file has it.
import * as z from 'zod/mini';
import { about } from './about.js';
import { duration, durationDistribution, share, stringList } from './schema-words.js';

const wasmSchema = z.strictObject(
  {
    cpu: z.optional(duration('CPU of a proxy worker for each request and Wasm filter (default 30us).')),
    latency: z.optional(duration('Latency of each Wasm filter, CPU not counted (default 0.5ms).')),
    broken: z.optional(
      stringList(
        'WasmPlugins whose module cannot be fetched, `name` or `name.namespace`: they answer 403, or (FAIL_OPEN) let pass.',
        [['basic-auth.istio-system']],
      ),
    ),
  },
  { error: 'expected fields such as latency: 0.5ms' },
);

const luaSchema = z.strictObject(
  {
    cpu: z.optional(duration('CPU of a proxy worker for each request and script (default 20us).')),
    latency: z.optional(duration('What a script waits for, such as calls of its own (default 0).')),
  },
  { error: 'expected fields such as cpu: 20us' },
);

const unknownSchema = z.strictObject(
  {
    cpu: z.optional(duration('CPU of a proxy worker for each request and filter (default 0).')),
    latency: z.optional(duration('Latency of each filter, CPU not counted (default 0).')),
  },
  { error: 'expected fields such as latency: 0.2ms' },
);

const authorizationSchema = z.strictObject(
  {
    latency: z.optional(durationDistribution('How long the answer of an authorization service takes (default 2ms).')),
    deny: z.optional(share('Requests that it denies (default 0).')),
  },
  { error: 'expected fields such as latency: 2ms' },
);

const rateLimitSchema = z.strictObject(
  { latency: z.optional(durationDistribution('How long the answer of a rate limit service takes (default 1ms).')) },
  { error: 'expected fields such as latency: 1ms' },
);

export const filtersSchema = about(
  z.strictObject(
    {
      rbacCpu: z.optional(duration('CPU of the check of AuthorizationPolicies (default 5us).')),
      rbacRuleCpu: z.optional(duration('CPU of each of their rules (default 100ns).')),
      jwtCpu: z.optional(duration('CPU of the check of a token (default 0.1ms: RS256).')),
      wasm: z.optional(about(wasmSchema, 'Wasm filters: WasmPlugin, or in an EnvoyFilter.')),
      lua: z.optional(about(luaSchema, 'Lua scripts: TrafficExtension, or in an EnvoyFilter.')),
      unknown: z.optional(
        about(unknownSchema, 'Filters of EnvoyFilters that are not simulated: ext_proc and the like.'),
      ),
      authorization: z.optional(
        about(authorizationSchema, 'Authorization services: CUSTOM policies and ext_authz filters.'),
      ),
      rateLimitService: z.optional(about(rateLimitSchema, 'The global rate limit service.')),
    },
    { error: 'expected fields such as jwtCpu: 80us' },
  ),
  'What HTTP filters cost, where the mesh has them.',
);

export const tokenSchema = about(
  z.union([z.string(), z.record(z.string(), z.unknown())], { error: 'expected claims, a token, or `invalid`' }),
  {
    description:
      'The JSON Web Token that it carries as `authorization: Bearer …`: its claims, or the token itself; `invalid` is one that nobody ' +
      'believes. Signatures are not checked.',
    examples: [{ iss: 'https://accounts.example.com', sub: 'ann', groups: ['admin'] }, 'invalid'],
  },
);
