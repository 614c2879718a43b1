// The releases of Istio and of Envoy: each pair differs in exactly the rows of its table that lie between them, and the page says the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ENVOY_OF_ISTIO,
  ENVOY_TABLE,
  type EnvoyDefaults,
  envoyRelease,
  KNOWN_ENVOY_VERSIONS,
} from '../../../models/plan/contract/envoy-versions.js';
import {
  KNOWN_ISTIO_VERSIONS,
  releaseDefaults,
  VERSION_TABLE,
  type VersionedDefaults,
  type VersionRow,
} from '../../../models/plan/settings/versions.js';
import { loadMesh, type ScenarioSpec } from '../../../scenarios/library.js';
import { versionsPage } from '../../../scripts/versions-page.js';

const PAGE = join(import.meta.dirname, '../../../docs/versions.md');
const ROWS = Object.keys(VERSION_TABLE) as (keyof VersionedDefaults)[];
const PAIRS = KNOWN_ISTIO_VERSIONS.flatMap((older, i) =>
  KNOWN_ISTIO_VERSIONS.slice(i + 1).map((newer) => [older, newer]),
);

function changedBetween(older: string, newer: string): string[] {
  const [from, to] = [older, newer].map((version) => Number(version.split('.')[1]));
  return ROWS.filter((row) => {
    const rows: VersionRow<unknown>['values'] = VERSION_TABLE[row].values;
    const before = rows.findLast(([since]) => since <= from)?.[1];
    const last = rows.findLast(([since]) => since > from && since <= to);
    return last !== undefined && JSON.stringify(last[1]) !== JSON.stringify(before);
  });
}

test.each(PAIRS)('%s and %s differ in the rows between them', (older, newer) => {
  const [a, b] = [releaseDefaults(older)!, releaseDefaults(newer)!];
  const differing = ROWS.filter((row) => JSON.stringify(a[row]) !== JSON.stringify(b[row]));
  expect(differing).toEqual(changedBetween(older, newer));
});

const ENVOY_ROWS = Object.keys(ENVOY_TABLE) as (keyof EnvoyDefaults)[];
const minorOf = (version: string): number => Number(version.split('.')[1]);

test('so do the releases of Envoy', () => {
  for (const [i, older] of KNOWN_ENVOY_VERSIONS.entries()) {
    for (const newer of KNOWN_ENVOY_VERSIONS.slice(i + 1)) {
      const [a, b] = [envoyRelease(older)!, envoyRelease(newer)!];
      const between = ENVOY_ROWS.filter((row) =>
        ENVOY_TABLE[row].values.some(([since]) => since > minorOf(older) && since <= minorOf(newer)),
      );
      expect(
        ENVOY_ROWS.filter((row) => a[row] !== b[row]),
        `${older} and ${newer}`,
      ).toEqual(between);
    }
  }
});

test('each release of Istio carries a known Envoy, a later one than the release before, unless another is asked for', () => {
  const carried = KNOWN_ISTIO_VERSIONS.map((version) => releaseDefaults(version)!.envoy.version);
  expect(carried).toEqual(KNOWN_ISTIO_VERSIONS.map((version) => ENVOY_OF_ISTIO[version]));
  expect(carried.map(minorOf)).toEqual([...carried.map(minorOf)].sort((a, b) => a - b));
  expect(releaseDefaults('1.31', '1.36.2')!.envoy).toEqual(envoyRelease('1.36'));
  expect(releaseDefaults('1.31', '1.26')).toBeNull();
});

test('values stand in the order of their releases, and each is another than the one before', () => {
  const tables: readonly VersionRow<unknown>[] = [...Object.values(VERSION_TABLE), ...Object.values(ENVOY_TABLE)];
  for (const { values, source } of tables) {
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
  const planOf = (istioVersion: string, envoyVersion?: string): unknown =>
    loadMesh([{ name: 'web.yaml', text: YAML }], { scenario, istioVersion, envoyVersion }).plan;
  /** Without the indices of lists. */
  const named = (paths: readonly string[]): string[] =>
    [...new Set(paths.map((path) => path.replace(/\.\d+(?=\.|$)/g, '')))].sort();

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

  test('1.23 and 1.31: retried statuses, CPU and memory of the sidecar, panic threshold, Envoy 1.31 and 1.39; nothing else', () => {
    expect(named(differences(planOf('1.23'), planOf('1.31')))).toEqual([
      '.clusters.maxConcurrentStreams',
      '.clusters.panicThresholdPercent',
      '.envoy.boundsHttp2Buffers',
      '.envoy.countsActiveOverflow',
      '.envoy.countsRetriesAtDecision',
      '.envoy.streamsMirrors',
      '.envoy.version',
      '.istioVersion',
      '.sites.route.retry.statuses',
      '.workloads.inboundRetries',
      '.workloads.proxy.afterResponseCpuNs',
      '.workloads.proxy.memory.baseBytes',
    ]);
  });

  test('1.31 with the Envoy of 1.23: what is of Envoy', () => {
    expect(named(differences(planOf('1.31', '1.31'), planOf('1.31')))).toEqual([
      '.clusters.maxConcurrentStreams',
      '.envoy.boundsHttp2Buffers',
      '.envoy.countsActiveOverflow',
      '.envoy.countsRetriesAtDecision',
      '.envoy.streamsMirrors',
      '.envoy.version',
    ]);
  });

  test('1.24 and 1.25 differ in what is mirrored', () => {
    const own = ['.istioVersion', '.envoy.version', '.envoy.streamsMirrors'];
    expect(differences(planOf('1.24'), planOf('1.25'))).toEqual(own);
  });
});
