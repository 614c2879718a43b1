// The settings of the mesh where a cluster keeps them: ConfigMaps of istiod, with a revision or without, before what an installer would make
// (istio: pkg/config/mesh/kubemesh/watcher.go; pilot/pkg/bootstrap/configcontroller.go: istio or istio-REVISION, key mesh).
import { describe, expect, test } from 'vitest';
import { lintTexts } from '../../../scenarios/library.js';
import { compile, istio, onlyCluster, planOf, retryOf, type Wish, withCluster } from './support.js';

const configMap = (name: string, mesh: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: istio-system }\ndata:\n  mesh: |-\n    ${mesh}\n`;
const operator = (mesh: string): string =>
  `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: { name: i, namespace: istio-system }\nspec: { meshConfig: { ${mesh} } }\n`;
const connectNs = (...documents: string[]): number =>
  onlyCluster(planOf({ yaml: withCluster(...documents) })).connectTimeoutNs;

describe('each acts as in an IstioOperator', () => {
  const wish = (mesh: string, inMap: boolean): Wish => ({
    yaml: withCluster(inMap ? configMap('istio', `{ ${mesh} }`) : operator(mesh)),
  });

  test.each([
    'connectTimeout: 3s',
    'defaultHttpRetryPolicy: { attempts: 5, retryOn: 5xx }',
    'enableAutoMtls: false',
    'h2UpgradePolicy: UPGRADE',
    'defaultConfig: { concurrency: 3 }',
    'defaultDestinationRuleExportTo: ["."]',
  ])('%s', (mesh) => {
    expect(planOf(wish(mesh, true))).toEqual(planOf(wish(mesh, false)));
  });

  test('retries', () => {
    expect(retryOf(planOf(wish('defaultHttpRetryPolicy: { attempts: 5, retryOn: 5xx }', true)))?.retries).toBe(5);
  });
});

describe('which one counts', () => {
  test('that of a revision, where it is alone', () => {
    expect(connectNs(configMap('istio-1-31-0', 'connectTimeout: 3s'))).toBe(3e9);
  });

  test('the one without a revision before others, and those are named', () => {
    const both = [configMap('istio-canary', 'connectTimeout: 3s'), configMap('istio', 'connectTimeout: 4s')];
    expect(connectNs(...both)).toBe(4e9);
    const { fidelity } = compile({ yaml: withCluster(...both) });
    expect(fidelity.map(({ resource }) => resource)).toContain('ConfigMap istio-system/istio-canary');
  });

  test('a ConfigMap before what an installer would make', () => {
    expect(connectNs(operator('connectTimeout: 5s'), configMap('istio-canary', 'connectTimeout: 3s'))).toBe(3e9);
  });

  test('no other ConfigMap, and none without the key', () => {
    expect(connectNs(configMap('mesh', 'connectTimeout: 3s'))).toBe(10e9);
    expect(connectNs(configMap('istio', 'connectTimeout: 3s').replace('mesh: |-', 'other: |-'))).toBe(10e9);
  });
});

test('the linter reads the same', async () => {
  const entry = istio(
    'ServiceEntry',
    'db',
    'a',
    '{ hosts: [db.example.com], resolution: DNS, ports: [{ number: 5432, name: tcp, protocol: TCP }] }',
  );
  const capture = configMap(
    'istio-canary',
    'defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true", ISTIO_META_DNS_AUTO_ALLOCATE: "true" } }',
  );
  const found = async (...documents: string[]): Promise<string[]> => {
    const { result } = await lintTexts([{ name: 'mesh.yaml', text: documents.join('---\n') }]);
    return result.findings.map(({ code }) => code);
  };
  expect(await found(entry)).toContain('ST1134');
  expect(await found(entry, capture)).not.toContain('ST1134');
});
