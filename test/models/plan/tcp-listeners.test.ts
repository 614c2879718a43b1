// Listeners for TCP by address and port (istio: pilot/pkg/networking/core/listener.go; istio.io: ops/configuration/traffic-management/dns-proxy).
import { describe, expect, test } from 'vitest';
import { codes, compile, deployment, istio, onlyCluster, planOf, service, withCluster } from './support.js';

const entry = (name: string, more = '', protocol = 'TCP'): string =>
  istio(
    'ServiceEntry',
    name,
    'a',
    `{ hosts: [${name}.db.example], resolution: DNS, ports: [{ number: 5432, name: p, protocol: ${protocol} }] ${more} }`,
  );
const metadata = (text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata:\n  mesh: |-\n    defaultConfig: { proxyMetadata: { ${text} } }\n`;
const CAPTURE = 'ISTIO_META_DNS_CAPTURE: "true"';
const older = (text: string): string =>
  text.replace('metadata: {', 'metadata: { creationTimestamp: "2020-01-01T00:00:00Z",');
const younger = (text: string): string =>
  text.replace('metadata: {', 'metadata: { creationTimestamp: "2024-01-01T00:00:00Z",');

const reached = (name: string, documents: readonly string[], istioVersion = '1.31'): string =>
  onlyCluster(planOf({ yaml: withCluster(...documents), to: `tcp://${name}.db.example:5432`, input: { istioVersion } }))
    .host;

describe('entries without addresses', () => {
  test('share a listener: the oldest takes all, whatever its name', () => {
    expect(reached('x', [younger(entry('x')), older(entry('z'))])).toBe('z.db.example');
    expect(reached('z', [younger(entry('x')), older(entry('z'))])).toBe('z.db.example');
  });

  test('of one age go by their host names', () => {
    expect(reached('z', [entry('z'), entry('x')])).toBe('x.db.example');
  });

  test('the one that is passed over says so', () => {
    const yaml = withCluster(entry('x'), entry('z'));
    expect(codes(compile({ yaml, to: 'tcp://z.db.example:5432' }).diagnostics, 'warning')).toEqual(['listener-taken']);
    expect(codes(compile({ yaml, to: 'tcp://x.db.example:5432' }).diagnostics, 'warning')).toEqual([]);
  });

  test.each([
    ['addresses', entry('z', ', addresses: [198.51.100.4]')],
    ['a server name of TLS', entry('z', '', 'TLS')],
    ['HTTP', entry('z', '', 'HTTP')],
  ])('%s tell an entry from others', (_, own) => {
    expect(reached('z', [entry('x'), own])).toBe('z.db.example');
  });

  test('a port of its own, and a Service of the cluster, are not concerned', () => {
    const other = entry('z').replace('number: 5432', 'number: 5433');
    const plan = planOf({ yaml: withCluster(entry('x'), other), to: 'tcp://z.db.example:5433' });
    expect(onlyCluster(plan).host).toBe('z.db.example');
    const own = service('pg', 'b', ['{ name: tcp, port: 5432 }']);
    const yaml = withCluster(entry('x'), deployment('pg', 'b', { app: 'pg' }, 1), own);
    expect(onlyCluster(planOf({ yaml, to: 'tcp://pg.b:5432' })).host).toBe('pg.b.svc.cluster.local');
  });

  test('an older one without resolution sends each connection where it wanted to go', () => {
    const none = older(entry('x')).replace('resolution: DNS', 'resolution: NONE');
    expect(reached('z', [none, younger(entry('z'))])).toBe('z.db.example');
  });

  test('an older one that the client does not see takes nothing', () => {
    expect(reached('z', [older(entry('x', ', exportTo: ["~"]')), younger(entry('z'))])).toBe('z.db.example');
  });

  test('take what is for nobody, too', () => {
    expect(reached('nobody', [entry('x')])).toBe('x.db.example');
  });
});

describe('DNS capture', () => {
  const both = [entry('x'), entry('z')];

  test('gives each an address, since 1.25; before, where it is asked to', () => {
    expect(reached('z', [...both, metadata(CAPTURE)])).toBe('z.db.example');
    expect(reached('z', [...both, metadata(CAPTURE)], '1.24')).toBe('x.db.example');
    const allocated = metadata(`${CAPTURE}, ISTIO_META_DNS_AUTO_ALLOCATE: "true"`);
    expect(reached('z', [...both, allocated], '1.24')).toBe('z.db.example');
  });

  test('is a matter of the pod: its annotation, a ProxyConfig', () => {
    const config = `apiVersion: networking.istio.io/v1beta1\nkind: ProxyConfig\nmetadata: { name: dns, namespace: a }\nspec: { environmentVariables: { ${CAPTURE} } }\n`;
    expect(reached('z', [...both, config])).toBe('z.db.example');
    expect(reached('z', [...both, config.replace('namespace: a', 'namespace: b')])).toBe('x.db.example');
    const off = config.replace('"true"', '"false"');
    expect(reached('z', [...both, metadata(CAPTURE), off])).toBe('x.db.example');
  });

  test('has no address for wildcards and for entries without resolution', () => {
    const wild = entry('x').replace('x.db.example', '"*.db.example"').replace('resolution: DNS', 'resolution: NONE');
    expect(reached('z', [entry('z'), wild, metadata(CAPTURE)])).toBe('z.db.example');
  });
});
