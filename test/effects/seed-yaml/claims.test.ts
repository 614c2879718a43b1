// Nothing is forgotten: every document of every seed file is claimed by tests of its effect, and every file loads.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fieldOf, type RawDocument } from '../../../models/config/document.js';
import { loadResources } from '../../../models/config/load.js';
import { parseDocuments } from '../../../models/config/parse.js';
import { FOLDER, isPresent, seed } from './seed.js';

/** File → document → the file with its tests. */
const CLAIMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '01-sidecar-injector-webhook.yaml': {
    'MutatingWebhookConfiguration sidecar-injector-webhook': 'injection.test.ts',
  },
  '02-sidecar-injection-template.yaml': { spec: 'injection.test.ts' },
  '03-virtualservice-bookinfo.yaml': { 'VirtualService default/bookinfo': 'routing.test.ts' },
  '04-destinationrule-reviews.yaml': { 'DestinationRule default/reviews': 'destination-rule.test.ts' },
  '05-authentication-authorization.yaml': {
    'PeerAuthentication istio-system/default': 'security.test.ts',
    'RequestAuthentication default/jwt-example': 'security.test.ts',
    'AuthorizationPolicy default/httpbin': 'security.test.ts',
  },
  '06-certificate.yaml': { 'Certificate istio-system/istio-certs': 'later.test.ts' },
  '07-telemetry-tracing.yaml': { 'Telemetry istio-system/mesh-default': 'telemetry.test.ts' },
  '08-telemetry-metrics.yaml': { 'Telemetry default/custom-metrics': 'telemetry.test.ts' },
  '09-multicluster-serviceentry.yaml': { 'ServiceEntry istio-system/external-svc': 'endpoints.test.ts' },
  '10-multicluster-virtualservice.yaml': { 'VirtualService istio-system/multicluster-routing': 'endpoints.test.ts' },
  '11-eastwest-gateway.yaml': {
    'Gateway istio-system/eastwest-gateway': 'networks.test.ts',
    'DestinationRule istio-system/eastwest-gateway': 'networks.test.ts',
  },
  '12-latency-based-routing.yaml': { 'VirtualService default/latency-based-routing': 'routing.test.ts' },
  '13-resilient-service.yaml': { 'VirtualService default/resilient-service': 'routing.test.ts' },
  '14-slo-prometheusrule.yaml': { 'PrometheusRule monitoring/service-slos': 'later.test.ts' },
  '15-serviceentry-workloadentry.yaml': {
    'ServiceEntry default/external-apis': 'endpoints.test.ts',
    'WorkloadEntry default/external-workload': 'endpoints.test.ts',
  },
  '16-fortio-benchmark.yaml': { 'Deployment perf-test/fortio-client': 'load.test.ts' },
  '17-performance-telemetry.yaml': { 'Telemetry istio-system/performance-telemetry': 'telemetry.test.ts' },
  '18-sidecar-resources.yaml': { 'ConfigMap istio-system/istio-sidecar-injector': 'injection.test.ts' },
  '19-envoyfilter-proxy-config.yaml': { 'EnvoyFilter istio-system/proxy-config': 'envoy-filter.test.ts' },
  '20-adoption-phases.yaml': { adoption_phases: 'later.test.ts' },
  '21-zero-trust-policy.yaml': { 'AuthorizationPolicy default/zero-trust-policy': 'security.test.ts' },
  '22-automation-policies.yaml': { automation_policies: 'later.test.ts' },
  '23-alerting-rules.yaml': { alerting_rules: 'later.test.ts' },
  '24-wasm-plugin.yaml': { 'WasmPlugin istio-system/custom-auth-plugin': 'wasm.test.ts' },
  '25-cilium-policy.yaml': { 'CiliumClusterwideNetworkPolicy service-mesh-policy': 'security.test.ts' },
};

/** What is found in a file as it stands, by code; files that are not here have no findings. */
const ODD: Readonly<Record<string, readonly string[]>> = {
  '02-sidecar-injection-template.yaml': ['sidecar-template'],
  // LEAST_CONN.
  '04-destinationrule-reviews.yaml': ['deprecated-value'],
  // There is no destination.service.name.
  '08-telemetry-metrics.yaml': ['unknown-attribute'],
  // UPSERT without a value, REQUEST_BYTES.
  '17-performance-telemetry.yaml': ['refused-by-webhook'],
  // concurrency.
  '18-sidecar-resources.yaml': ['ignored-by-istio'],
  // Adaptive concurrency without two fields that it must have.
  '19-envoyfilter-proxy-config.yaml': ['refused-by-envoy'],
  // cluster.local/ns/*/sa/*, and a request principal without an issuer.
  '21-zero-trust-policy.yaml': ['inner-wildcard', 'principal-without-issuer'],
  // /api/* is an expression.
  '25-cilium-policy.yaml': ['pattern-in-expression'],
};

/** As describeSeed calls it: `Kind namespace/name`, or the field that a document without a kind has. */
function nameOf({ value }: RawDocument): string {
  const kind = fieldOf(value ?? undefined, 'kind');
  if (typeof kind !== 'string') return Object.keys(Object(value))[0] ?? '';
  const metadata = fieldOf(value ?? undefined, 'metadata');
  const namespace = fieldOf(metadata, 'namespace');
  const name = String(fieldOf(metadata, 'name'));
  return typeof namespace === 'string' ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
}

describe.skipIf(!isPresent)('the seed files', () => {
  const files = isPresent
    ? readdirSync(FOLDER)
        .filter((file) => file.endsWith('.yaml'))
        .sort()
    : [];

  test('are all known', () => {
    expect(files).toEqual(Object.keys(CLAIMS));
  });

  test.each(Object.entries(CLAIMS))('%s: each document has tests of its effect', (file, claims) => {
    expect([...parseDocuments(seed(file))].map(nameOf)).toEqual(Object.keys(claims));
    for (const [resource, tests] of Object.entries(claims)) {
      const text = readFileSync(new URL(tests, import.meta.url), 'utf8');
      expect(text).toContain(`'${file}'`);
      expect(text).toMatch(new RegExp(`describeSeed\\((FILE|'${file}'), '${resource}', `));
    }
  });

  test.each(files)('%s loads: no errors, and only what is known to be odd', (file) => {
    const { diagnostics, rejected, other } = loadResources([seed(file)]);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect([...rejected, ...other]).toEqual([]);
    expect([...new Set(diagnostics.map(({ code }) => code))]).toEqual(ODD[file] ?? []);
  });

  test('all load together', () => {
    const { diagnostics, rejected } = loadResources(files.map(seed));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(rejected).toEqual([]);
  });
});
