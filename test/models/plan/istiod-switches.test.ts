// Switches of istiod: those that act, those that are listed (istio: pilot/pkg/features; manifests/helm-profiles/compatibility-version-*.yaml).
import { describe, expect, test } from 'vitest';
import { compile, istio, onlyCluster, planOf, retryOf, type Wish, withCluster } from './support.js';

const istiod = (env: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec:
  selector: { matchLabels: { app: istiod } }
  template:
    metadata: { labels: { app: istiod } }
    spec: { containers: [{ name: discovery, image: pilot, env: [${env}] }] }
`;
const variable = (name: string, value: string): string => `{ name: ${name}, value: "${value}" }`;
const installer = (values: string): string =>
  `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: { name: i, namespace: istio-system }\nspec: { values: { ${values} } }\n`;

const at = (istioVersion: string, ...documents: string[]): Wish => ({
  yaml: withCluster(...documents),
  input: { istioVersion },
});
const panic = (wish: Wish): number => onlyCluster(planOf(wish)).panicThresholdPercent;

describe('switches that act', () => {
  test('the panic threshold of 1.31, by the container, by the values, by the release to be like', () => {
    expect(panic(at('1.31'))).toBe(0);
    expect(panic(at('1.31', istiod(variable('PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS', 'false'))))).toBe(50);
    expect(panic(at('1.31', installer('pilot: { env: { PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS: false } }')))).toBe(50);
    expect(panic(at('1.31', installer('compatibilityVersion: "1.30"')))).toBe(50);
    expect(panic(at('1.30', istiod(variable('PILOT_SEND_UNHEALTHY_ENDPOINTS', 'true'))))).toBe(0);
  });

  test('503 is retried again', () => {
    const retried = (wish: Wish) => retryOf(planOf(wish))?.statuses ?? [];
    expect(retried(at('1.24'))).not.toContain(503);
    expect(retried(at('1.24', istiod(variable('EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', 'false'))))).toContain(503);
    expect(retried(at('1.31', istiod(variable('EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', 'false'))))).not.toContain(503);
  });

  test('addresses for DNS capture', () => {
    const entry = (name: string): string =>
      istio(
        'ServiceEntry',
        name,
        'a',
        `{ hosts: [${name}.db.example], resolution: DNS, ports: [{ number: 5432, name: p, protocol: TCP }] }`,
      );
    const capture =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata:\n  mesh: |-\n    defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" } }\n';
    const host = (...more: string[]): string =>
      onlyCluster(planOf({ ...at('1.31', entry('a1'), entry('b1'), capture, ...more), to: 'tcp://b1.db.example:5432' }))
        .host;
    expect(host()).toBe('b1.db.example');
    expect(host(istiod(variable('PILOT_ENABLE_IP_AUTOALLOCATE', 'false')))).toBe('a1.db.example');
  });

  test('localities are weighted up to 1.23, and later where a switch says so', () => {
    const zones = {
      placement: [
        { region: 'r1', zone: 'r1-a' },
        { region: 'r1', zone: 'r1-b' },
      ],
    };
    const weighted = (istioVersion: string, ...more: string[]): boolean =>
      onlyCluster(planOf({ yaml: withCluster(...more), input: { istioVersion, ...zones } })).localityViews.some(
        (view) => view?.weights != null,
      ) ?? false;
    expect(weighted('1.23')).toBe(true);
    expect(weighted('1.24')).toBe(false);
    expect(weighted('1.24', istiod(variable('ENABLE_LOCALITY_WEIGHTED_LB_CONFIG', 'true')))).toBe(true);
  });
});

describe('the others are listed', () => {
  const listed = (wish: Wish): string[] =>
    compile(wish)
      .fidelity.filter(({ meaning }) => meaning.includes('switch'))
      .map(({ path, meaning }) => `${path.split('.').at(-1)}: ${meaning}`);

  test('by name; who istiod is does not count', () => {
    const env = [variable('POD_NAME', 'x'), variable('PILOT_FILTER_GATEWAY_CLUSTER_CONFIG', 'true')].join(', ');
    expect(listed(at('1.31', istiod(env)))).toEqual([
      'PILOT_FILTER_GATEWAY_CLUSTER_CONFIG: the switch PILOT_FILTER_GATEWAY_CLUSTER_CONFIG of istiod is not followed',
    ]);
  });

  test('and so is one that the release does not read', () => {
    expect(listed(at('1.30', istiod(variable('PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS', 'true'))))[0]).toContain(
      'Istio 1.30 does not read',
    );
  });
});
