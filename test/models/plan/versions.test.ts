// The releases of Istio: each pair differs in exactly the rows of the table that lie between them, and the page says the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  KNOWN_ISTIO_VERSIONS,
  releaseDefaults,
  VERSION_TABLE,
  type VersionedDefaults,
} from '../../../models/plan/versions.js';
import { loadMesh, type ScenarioSpec } from '../../../scenarios/library.js';
import { versionsPage } from '../../../scripts/versions-page.js';

const PAGE = join(import.meta.dirname, '../../../docs/versions.md');
const ROWS = Object.keys(VERSION_TABLE) as (keyof VersionedDefaults)[];
const PAIRS = KNOWN_ISTIO_VERSIONS.flatMap((older, i) =>
  KNOWN_ISTIO_VERSIONS.slice(i + 1).map((newer) => [older, newer]),
);

function changedBetween(older: string, newer: string): string[] {
  const [from, to] = [older, newer].map((version) => Number(version.split('.')[1]));
  return ROWS.filter((row) => VERSION_TABLE[row].values.some(([since]) => since > from && since <= to));
}

test.each(PAIRS)('%s and %s differ in the rows between them', (older, newer) => {
  const [a, b] = [releaseDefaults(older)!, releaseDefaults(newer)!];
  const differing = ROWS.filter((row) => JSON.stringify(a[row]) !== JSON.stringify(b[row]));
  expect(differing).toEqual(changedBetween(older, newer));
});

test('values stand in the order of their releases, and each is another than the one before', () => {
  for (const row of ROWS) {
    const { values, source } = VERSION_TABLE[row];
    expect(source).not.toBe('');
    values.slice(1).forEach(([since, value], i) => {
      expect(since).toBeGreaterThan(values[i][0]);
      expect(value).not.toEqual(values[i][1]);
    });
  }
});

test('docs/versions.md says what the table says', () => {
  if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, versionsPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(versionsPage());
});

describe('a mesh under two releases', () => {
  const YAML = `
apiVersion: v1
kind: Namespace
metadata: { name: default, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: caller }
spec: { selector: { matchLabels: { app: caller } }, template: { metadata: { labels: { app: caller } }, spec: { containers: [{ name: c, image: c }] } } }
`;
  const scenario: ScenarioSpec = { traffic: [{ name: 'load', from: 'caller', to: 'http://web', rate: '1/s' }] };
  const planOf = (istioVersion: string): unknown =>
    loadMesh([{ name: 'web.yaml', text: YAML }], { scenario, istioVersion }).plan;

  /** Paths at which two values differ. */
  const differences = (a: unknown, b: unknown, path = ''): string[] => {
    if (JSON.stringify(a) === JSON.stringify(b)) return [];
    if (
      a === null ||
      b === null ||
      typeof a !== 'object' ||
      typeof b !== 'object' ||
      Array.isArray(a) !== Array.isArray(b)
    )
      return [path];
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    const of = (value: object, key: string): unknown => (value as Record<string, unknown>)[key];
    return [...keys].flatMap((key) => differences(of(a, key), of(b, key), `${path}.${key}`));
  };

  test('1.23 and 1.31: retried statuses, CPU and memory of the sidecar, panic threshold; nothing else', () => {
    const names = differences(planOf('1.23'), planOf('1.31')).map((path) => path.replace(/\.\d+(?=\.|$)/g, ''));
    expect([...new Set(names)].sort()).toEqual([
      '.clusters.panicThresholdPercent',
      '.istioVersion',
      '.sites.route.retry.statuses',
      '.workloads.proxy.afterResponseCpuNs',
      '.workloads.proxy.memory.baseBytes',
    ]);
  });

  test('1.24 and 1.25 are alike', () => {
    expect(differences(planOf('1.24'), planOf('1.25'))).toEqual(['.istioVersion']);
  });
});
