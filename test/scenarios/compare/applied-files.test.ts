// Worlds whose timeline applies files: each applies its own, though they share what their scenarios say.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diffConfig } from '../../../scenarios/compare/config-diff.js';
import { loadArms } from '../../../scenarios/compare/load-arms.js';
import { isSameThroughout } from '../../../scenarios/compare/same-plan.js';
import { SHOP, SHOP_SCENARIO } from '../shop.js';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'seatrial-applied-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function world(name: string, requests: number): string {
  const path = join(directory, name);
  mkdirSync(join(path, 'steps'), { recursive: true });
  writeFileSync(join(path, 'shop.yaml'), SHOP);
  writeFileSync(
    join(path, 'scenario.yaml'),
    `${SHOP_SCENARIO.trimEnd()}\n  timeline: [{ at: 1s, apply: steps/limit.yaml }]\n`,
  );
  writeFileSync(
    join(path, 'steps/limit.yaml'),
    `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: catalog, namespace: shop }
spec: { host: catalog, trafficPolicy: { connectionPool: { http: { http2MaxRequests: ${requests} } } } }
`,
  );
  return path;
}

test('another file to apply is another plan, and a change of the configuration', () => {
  const { arms, diagnostics } = loadArms([world('before', 7), world('after', 9)]);
  expect(diagnostics).toEqual([]);
  const [before, after] = arms!;
  expect(isSameThroughout(arms!)).toBe(false);
  const changes = diffConfig(before!.objects, after!.objects);
  expect(changes.map(({ kind, name }) => [kind, name])).toEqual([['DestinationRule', 'catalog']]);
});

test('the same file is the same plan', () => {
  const { arms } = loadArms([world('before', 7), world('after', 7)]);
  expect(isSameThroughout(arms!)).toBe(true);
});
