// What a timeline applies and deletes: which files, which versions, and what is said where something is missing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../scenarios/loading/load-scenario.js';
import { SHOP, SHOP_SCENARIO } from '../shop.js';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'seatrial-apply-'));
  mkdirSync(join(directory, 'steps'));
  write('shop.yaml', SHOP);
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function write(path: string, text: string): string {
  const file = join(directory, path);
  writeFileSync(file, text);
  return file;
}

/** The scenario with a timeline of these entries. */
function load(...entries: readonly string[]) {
  const timeline = `  timeline:\n${entries.map((entry) => `    - ${entry}\n`).join('')}`;
  return loadScenario(write('scenario.yaml', `${SHOP_SCENARIO.trimEnd()}\n${timeline}`));
}

function rule(name: string, policy: string): string {
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: shop }
spec: { host: catalog, trafficPolicy: { ${policy} } }
`;
}

const TIGHT = rule('catalog', 'connectionPool: { http: { http2MaxRequests: 7 } }');
const WIDE = rule('catalog', 'connectionPool: { http: { http2MaxRequests: 9 } }');

function limits(plan: ReturnType<typeof load>['plan']) {
  const versions = plan === null ? [] : [plan, ...(plan.configurations?.later ?? [])];
  return versions.map(({ clusters }) => clusters.find(({ host }) => host.startsWith('catalog.'))?.limits.maxRequests);
}

const S = 1e9;

describe('apply and delete', () => {
  it('lays files over the mesh, and takes them away where the entry ends', () => {
    write('steps/tight.yaml', TIGHT);
    const { plan, diagnostics } = load('{ at: 1s, for: 2s, apply: steps/tight.yaml }');
    expect(diagnostics).toEqual([]);
    expect(limits(plan)).toEqual([4294967295, 7]);
    expect(plan!.configurations!.changes).toEqual([
      { atNs: S, version: 1, kinds: ['DestinationRule'] },
      { atNs: 3 * S, version: 0, kinds: ['DestinationRule'] },
    ]);
  });

  it('lets the entry that began last be on top, and knows a version that comes back', () => {
    write('steps/tight.yaml', TIGHT);
    write('steps/wide.yaml', WIDE);
    const { plan } = load('{ at: 1s, apply: steps/tight.yaml }', '{ at: 2s, for: 1s, apply: [steps/wide.yaml] }');
    expect(limits(plan)).toEqual([4294967295, 7, 9]);
    expect(plan!.configurations!.changes.map(({ atNs, version }) => [atNs / S, version])).toEqual([
      [1, 1],
      [2, 2],
      [3, 1],
    ]);
  });

  it('has nothing of a file before it is applied, though the mesh is the directory above', () => {
    write('steps/tight.yaml', TIGHT);
    expect(limits(load('{ at: 1s, apply: steps }').plan)[0]).toBe(4294967295);
  });

  it('deletes objects by name and by file', () => {
    write('rule.yaml', TIGHT);
    const byName = load('{ at: 1s, delete: { kind: DestinationRule, name: catalog } }');
    expect(limits(byName.plan)).toEqual([7, 4294967295]);
    const byFile = load('{ at: 1s, for: 1s, delete: rule.yaml }');
    expect(limits(byFile.plan)).toEqual([7, 4294967295]);
    expect(byFile.plan!.configurations!.changes).toHaveLength(2);
  });

  it('knows a host outside as soon as its ServiceEntry is applied, and the host is there before', () => {
    write(
      'steps/partner.yaml',
      `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: partner, namespace: shop }
spec: { hosts: [api.partner.com], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }
`,
    );
    const calling = SHOP_SCENARIO.replace(
      'onError: pass }]',
      'onError: pass }, { call: "http://api.partner.com/v1" }]',
    );
    const timeline = '  timeline: [{ at: 1s, apply: steps }]\n';
    const { plan } = loadScenario(write('scenario.yaml', `${calling.trimEnd()}\n${timeline}`));
    const outside = plan!.workloads.filter(({ kind }) => kind === 'external');
    expect(outside.every(({ podLocalities }) => podLocalities.length > 0)).toBe(true);
    const [before, after] = plan!.configurations!.facts;
    expect(before!.missingClusters).toContain('outbound|80||api.partner.com');
    expect(after!.missingClusters).not.toContain('outbound|80||api.partner.com');
  });

  it('warns of what changes nothing', () => {
    write('rule.yaml', TIGHT);
    write('steps/same.yaml', TIGHT);
    const { diagnostics } = load('{ at: 1s, apply: steps }');
    expect(diagnostics.map(({ code, position }) => [code, position?.line])).toEqual([['changes-nothing', 19]]);
  });

  it('says what is not there, with the nearest name', () => {
    write('rule.yaml', TIGHT);
    const said = (...entries: readonly string[]) =>
      load(...entries).diagnostics.map(({ code, message, hint }) => [code, message, hint]);
    expect(said('{ at: 1s, delete: { kind: DestinationRule, name: catalgo } }')).toEqual([
      ['object-not-found', 'there is no DestinationRule catalgo to delete', 'did you mean catalog?'],
    ]);
    expect(said('{ at: 1s, apply: nowhere.yaml }').map(([code]) => code)).toEqual(['input-not-found']);
    const changes = load('{ at: 1s, apply: rule.yaml }').plan!.configurations!.changes;
    expect(changes).toHaveLength(1);
  });

  it('tells what is wrong with a later version, with its file and line', () => {
    write(
      'steps/route.yaml',
      `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: catalog, namespace: shop }
spec:
  hosts: [catalog]
  http:
    - route:
        - destination: { host: catalog, subset: v7 }
`,
    );
    const { plan, diagnostics } = load('{ at: 1s, apply: steps }');
    expect(plan).not.toBeNull();
    expect(diagnostics.map(({ code, position }) => [code, position?.line])).toEqual([['subset-not-found', 8]]);
  });
});
