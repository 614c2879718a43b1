// Objects against the published schemas of their kinds: what these refuse and our own readers let pass, with its place; and how often that is in
// real manifests.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { schemaProblems } from '../../../models/config/published/schema-problems.js';
import { VALIDATORS } from '../../../models/config/published/validators.js';
import { gather } from '../../../scenarios/gather/gather.js';

async function problems(text: string, strict = false): Promise<string[]> {
  const found = await schemaProblems(loadResources([{ name: 'f.yaml', text }]), strict);
  return found.map(({ position, message, severity }) => {
    const [field] = message.split(', as the published');
    return `${position?.line}:${position?.column} ${severity} ${field}`;
  });
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { activeDeadlineSeconds: 30, containers: [{ name: app, image: app }] }
`;

describe('published schemas', () => {
  test('say nothing of what the API server takes', async () => {
    expect(await problems(DEPLOYMENT)).toEqual([]);
  });

  test('know the types of fields that a run does not look at', async () => {
    const soon = DEPLOYMENT.replace('activeDeadlineSeconds: 30', 'activeDeadlineSeconds: soon');
    expect(await problems(soon)).toEqual([
      '8:13 warning spec.template.spec.activeDeadlineSeconds should be an integer',
    ]);
    expect((await problems(soon, true))[0]).toContain('error');
  });

  test('know what is required', async () => {
    const without = DEPLOYMENT.replace('  selector: { matchLabels: { app: web } }\n', '');
    expect(await problems(without)).toEqual(['4:1 warning spec needs selector']);
  });

  test('are told once for a place, and not where our own readers have refused the object', async () => {
    const service = (policy: string, port: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { externalTrafficPolicy: ${policy}, ports: [{ port: ${port} }] }\n`;
    expect(await problems(service('5', '80'))).toEqual(['4:9 warning spec.externalTrafficPolicy should be a string']);
    expect(await problems(service('5', '99999'))).toEqual([]);
  });

  test('hold for items of lists, for older versions of Istio, and not for what the cluster writes', async () => {
    const list = `apiVersion: v1
kind: List
items:
  - apiVersion: networking.istio.io/v1alpha3
    kind: Gateway
    metadata: { name: g }
    spec: { selector: { istio: x }, servers: [{ port: { number: 80, name: h, protocol: HTTP }, hosts: ["*"], bind: [1] }] }
    status: 7
`;
    expect(await problems(list)).toEqual(['7:110 warning spec.servers[0].bind should be a string']);
  });

  test('every one of them can be loaded', async () => {
    for (const load of VALIDATORS.values()) expect(typeof (await load())).toBe('function');
  });

  test('bear whatever stands in an object', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const kinds = [...VALIDATORS.keys()].map((key) => [
      key.slice(0, key.lastIndexOf('/')),
      key.slice(key.lastIndexOf('/') + 1),
    ]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), value, value, async ([apiVersion, kind], spec, metadata) => {
        const text = JSON.stringify({ apiVersion, kind, metadata, spec });
        for (const { position } of await schemaProblems(loadResources([{ name: 'f', text }])))
          expect(position).not.toBeNull();
      }),
      { numRuns: 300, seed: 20261126 },
    );
  });
});

const CORPUS = fileURLToPath(new URL('../../../../shared/corpus', import.meta.url));
const isPresent = existsSync(CORPUS);
if (!isPresent) console.warn('no collection of real manifests beside the checkout: skipped');

describe.skipIf(!isPresent)('in real manifests', () => {
  test('one object in a hundred is refused by its schema alone: manifests that were cut down, old ones, and tests of refusals', async () => {
    const resources = loadResources(gather([CORPUS]).texts);
    const found = await schemaProblems(resources);
    const places = new Set(found.map(({ position }) => position?.file));
    expect(resources.objects.length).toBeGreaterThan(3000);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(0.02 * resources.objects.length);
    expect(places.size).toBeLessThan(60);
    for (const { position, message } of found) {
      expect(position).not.toBeNull();
      expect(message).not.toMatch(/undefined|\[object/);
    }
  });
});
