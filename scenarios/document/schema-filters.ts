// What HTTP filters cost and say, as the Scenario file has it.
import * as z from 'zod';
import { duration, durationDistribution, share, stringList } from './schema-words.js';

const wasmSchema = z.strictObject(
  {
    cpu: duration('CPU of a proxy worker for each request and Wasm filter (default 30us).').optional(),
    latency: duration('Latency of each Wasm filter, CPU not counted (default 0.5ms).').optional(),
    broken: stringList(
      'WasmPlugins whose module cannot be fetched, `name` or `name.namespace`: they answer 403, or (FAIL_OPEN) let pass.',
      [['basic-auth.istio-system']],
    ).optional(),
  },
  { error: 'expected fields such as latency: 0.5ms' },
);

const luaSchema = z.strictObject(
  {
    cpu: duration('CPU of a proxy worker for each request and script (default 20us).').optional(),
    latency: duration('What a script waits for, such as calls of its own (default 0).').optional(),
  },
  { error: 'expected fields such as cpu: 20us' },
);

const unknownSchema = z.strictObject(
  {
    cpu: duration('CPU of a proxy worker for each request and filter (default 0).').optional(),
    latency: duration('Latency of each filter, CPU not counted (default 0).').optional(),
  },
  { error: 'expected fields such as latency: 0.2ms' },
);

const authorizationSchema = z.strictObject(
  {
    latency: durationDistribution('How long the answer of an authorization service takes (default 2ms).').optional(),
    deny: share('Requests that it denies (default 0).').optional(),
  },
  { error: 'expected fields such as latency: 2ms' },
);

const rateLimitSchema = z.strictObject(
  { latency: durationDistribution('How long the answer of a rate limit service takes (default 1ms).').optional() },
  { error: 'expected fields such as latency: 1ms' },
);

export const filtersSchema = z
  .strictObject(
    {
      rbacCpu: duration('CPU of the check of AuthorizationPolicies (default 5us).').optional(),
      rbacRuleCpu: duration('CPU of each of their rules (default 100ns).').optional(),
      jwtCpu: duration('CPU of the check of a token (default 0.1ms: RS256).').optional(),
      wasm: wasmSchema.describe('Wasm filters: WasmPlugin, or in an EnvoyFilter.').optional(),
      lua: luaSchema.describe('Lua scripts: TrafficExtension, or in an EnvoyFilter.').optional(),
      unknown: unknownSchema
        .describe('Filters of EnvoyFilters that are not simulated: ext_proc and the like.')
        .optional(),
      authorization: authorizationSchema
        .describe('Authorization services: CUSTOM policies and ext_authz filters.')
        .optional(),
      rateLimitService: rateLimitSchema.describe('The global rate limit service.').optional(),
    },
    { error: 'expected fields such as jwtCpu: 80us' },
  )
  .describe('What HTTP filters cost, where the mesh has them.');

export const tokenSchema = z
  .union([z.string(), z.record(z.string(), z.unknown())], { error: 'expected claims, a token, or `invalid`' })
  .meta({
    description:
      'The JSON Web Token that it carries as `authorization: Bearer …`: its claims, or the token itself; `invalid` is one that nobody ' +
      'believes. Signatures are not checked.',
    examples: [{ iss: 'https://accounts.example.com', sub: 'ann', groups: ['admin'] }, 'invalid'],
  });
