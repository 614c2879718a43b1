// Whatever is in several versions of a configuration has the same number in all, and each version acts as it does alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { parseDocuments } from '../../../models/config/parse.js';
import type { NamedText } from '../../../models/config/resource.js';
import { type RowResult, simulate } from '../../../models/mesh/index.js';
import { readCause } from '../../../models/mesh/recording/cause.js';
import { compilePlan, compileVersions } from '../../../models/plan/compile.js';
import type { MeshPlan } from '../../../models/plan/contract/plan.js';
import { Numbers } from '../../../models/plan/terms/numbering.js';
import { validateScenario } from '../../../scenarios/document/validate.js';
import { gather } from '../../../scenarios/gather/gather.js';
import { ScenarioReader } from '../../../scenarios/reading/reader.js';
import { toPlanInput } from '../../../scenarios/reading/to-plan-input.js';

const SHOP = join(import.meta.dirname, '../../../examples/shop');
const SCENARIO = readFileSync(join(SHOP, 'scenario.yaml'), 'utf8');
const { texts } = gather([join(SHOP, 'kubernetes'), join(SHOP, 'istio')]);

type Edit = (text: string) => string;
const unchanged: Edit = (text) => text;

function input(edit: Edit, more: readonly NamedText[] = []) {
  const [raw] = parseDocuments({ name: 'scenario.yaml', text: SCENARIO });
  const { document } = validateScenario(raw!);
  const resources = loadResources([...texts.map(({ name, text }) => ({ name, text: edit(text) })), ...more]);
  return toPlanInput(new ScenarioReader(raw!, 'Scenario shop'), document!.spec!, resources, undefined, undefined).input;
}

/** What each number stands for, by kind of thing. */
function identities(plan: MeshPlan) {
  const workload = (index: number) => {
    const one = plan.workloads[index];
    return one === undefined ? '' : `${one.kind} ${one.namespace}/${one.name}`;
  };
  const edge = (index: number) => {
    const { from, fromName, toName } = plan.edges[index]!;
    return `${workload(from)} ${fromName} -> ${toName}`;
  };
  return {
    localities: plan.localities.map(({ region, zone }) => `${region}/${zone}`),
    workloads: plan.workloads.map((_, index) => workload(index)),
    clusters: plan.clusters.map(({ name }) => name),
    edges: plan.edges.map((_, index) => edge(index)),
    rows: plan.rows.map((row) => `${edge(row.edge)} ${row.request} by ${workload(row.workload)}`),
    sites: plan.sites.map((site) => `${workload(site.caller)}: ${edge(site.edge)} ${site.request}`),
    handlers: plan.handlers.map((handler) => `${workload(handler.workload)} ${handler.request}`),
    filters: (plan.filters ?? []).map(({ name }) => name),
  };
}

/** Counts and latencies of a run by row, for the rows that were met. */
function observed(plan: MeshPlan) {
  const names = identities(plan).rows;
  const result = simulate(plan, {
    seed: 'versions',
    replication: 0,
    warmupNs: 0,
    durationNs: 2e9,
    intervalNs: 1e9,
    maxEvents: 5e6,
  });
  return result.rows
    .flatMap((row, index) =>
      row.calls + row.attempts === 0 ? [] : [{ name: names[index]!, row: withoutNumbers(row) }],
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A cause has the number of its place in it. */
function withoutNumbers({ causes, ...row }: RowResult) {
  return { ...row, causes: causes.map(({ cause, ...more }) => ({ ...more, reason: readCause(cause).reason })) };
}

const VERSIONS: readonly (readonly [string, Edit, readonly NamedText[]])[] = [
  ['the canary at 90/10', unchanged, []],
  [
    'the canary at 0/100',
    (text) => text.replace('weight: 90', 'weight: 0').replace('weight: 10\n', 'weight: 100\n'),
    [],
  ],
  ['another policy', (text) => text.replace('http2MaxRequests: 200', 'http2MaxRequests: 100'), []],
  ['no mutual TLS', unchanged, [peers()]],
  ['a Service more', unchanged, [another()]],
  [
    'a Deployment less',
    (text) =>
      text.replace(/kind: Deployment\nmetadata:\n {2}name: shipping\n/, 'kind: Nothing\nmetadata:\n  name: shipping\n'),
    [],
  ],
];

function peers(): NamedText {
  const text = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: chandlery }
spec: { mtls: { mode: DISABLE } }
`;
  return { name: 'peers.yaml', text };
}

function another(): NamedText {
  const text = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: aaa-basket, namespace: chandlery }
spec:
  hosts: [basket]
  http:
    - match: [{ uri: { prefix: /basket/badge } }]
      route: [{ destination: { host: aaa } }]
    - route: [{ destination: { host: basket } }]
---
apiVersion: v1
kind: Service
metadata: { name: aaa, namespace: chandlery }
spec: { selector: { app: aaa }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: aaa, namespace: chandlery }
spec:
  selector: { matchLabels: { app: aaa } }
  template: { metadata: { labels: { app: aaa } }, spec: { containers: [{ name: aaa }] } }
`;
  return { name: 'aaa.yaml', text };
}

describe('versions of the shop', () => {
  const inputs = VERSIONS.map(([, edit, more]) => input(edit, more));
  const together = compileVersions(inputs).map(({ plan }) => plan!);
  const alone = inputs.map((one) => compilePlan(one).plan!);

  test('the versions differ as they are meant to', () => {
    const before = identities(alone[0]!);
    expect(alone.map(identities).map((one) => one.workloads.length - before.workloads.length)).toEqual([
      0, 0, 0, 0, 1, -1,
    ]);
    expect(alone.slice(1).map((plan) => JSON.stringify(plan) === JSON.stringify(alone[0]))).toEqual(
      Array(5).fill(false),
    );
  });

  test.each(VERSIONS.map(([name], version) => [name, version] as const))(
    '%s: every number stands for the same',
    (_, version) => {
      expect(identities(together[version]!)).toEqual(identities(together[0]!));
      const own = identities(alone[version]!);
      const all = identities(together[version]!);
      for (const kind of Object.keys(own) as (keyof typeof own)[])
        expect(all[kind]).toEqual(expect.arrayContaining(own[kind]));
    },
  );

  test('numbers do not hang on which version comes second', () => {
    const [first, second, third] = inputs;
    const there = compileVersions([first!, second!, third!, first!]).map(({ plan }) => plan);
    expect(there[3]).toEqual(there[0]);
  });

  test.each(VERSIONS.map(([name], version) => [name, version] as const))('%s: acts as it does alone', (_, version) => {
    expect(observed(together[version]!)).toEqual(observed(alone[version]!));
  });

  test('a version with an error has no plan, and the others do not suffer', () => {
    const broken = { ...inputs[1]!, istioVersion: '0.1' };
    const [first, second, third] = compileVersions([inputs[0]!, broken, inputs[2]!]);
    expect(second!.plan).toBeNull();
    expect(second!.diagnostics.map(({ code }) => code)).toEqual(['unknown-istio-version']);
    expect(identities(third!.plan!)).toEqual(identities(first!.plan!));
  });
});

describe('Numbers', () => {
  test('the same keys in any order have the numbers of their first meeting', () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 20 });
    fc.assert(
      fc.property(keys, keys, (first, second) => {
        const numbers = new Numbers();
        const met = new Map(first.map((key) => [key, numbers.of(key)]));
        expect([...met.values()].sort((a, b) => a - b)).toEqual([...met.keys()].map((_, index) => index));
        for (const key of second) expect(numbers.of(key)).toBe(met.get(key) ?? numbers.of(key));
      }),
    );
  });

  test('several things with one key keep their order in each version', () => {
    const numbers = new Numbers();
    const version = (count: number) => {
      const taken = new Set<number>();
      return Array.from({ length: count }, () => {
        const number = numbers.oneOf('same', (one) => taken.has(one));
        taken.add(number);
        return number;
      });
    };
    expect([version(2), version(3), version(1)]).toEqual([[0, 1], [0, 1, 2], [0]]);
  });
});
