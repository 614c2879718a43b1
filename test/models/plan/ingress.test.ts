// Ingresses: which path takes a request (kubernetes: networking/v1 Ingress, documentation of pathType; istio: pilot/pkg/config/kube/ingress).
import { describe, expect, test } from 'vitest';
import { compile, forwardOf, outcome, planOf, request, siteOf, withCluster } from './support.js';

const ingress = (spec: string, version = 'networking.k8s.io/v1'): string =>
  `apiVersion: ${version}\nkind: Ingress\nmetadata: { name: in, namespace: b }\nspec: ${spec}\n`;
const to = (name: string, port: string | number): string =>
  `{ service: { name: ${name}, port: { ${typeof port === 'number' ? 'number' : 'name'}: ${port} } } }`;
const path = (pathType: string, value: string, backend: string): string =>
  `{ path: "${value}", pathType: ${pathType}, backend: ${backend} }`;
const rule = (host: string, ...paths: string[]): string =>
  `{ ${host === '' ? '' : `host: "${host}", `}http: { paths: [${paths.join(', ')}] } }`;

function through(yaml: string, at = '/', url = 'http://shop.example.com/'): string {
  const plan = planOf({ yaml: withCluster(yaml), from: null, to: url, requests: [request({ path: at })] });
  const arrival = forwardOf(siteOf(plan).route).destinations[0]!.arrivals[0]!;
  const [step] = plan.handlers[arrival.handler]!.program;
  if (step?.kind !== 'call') throw new Error('a gateway calls');
  return outcome(plan, plan.sites[step.site]!);
}

const WEB = to('web', 'http');
const TWO = to('two', 81);
const BOTH = 'web-v1+web-v2';

describe('an Ingress', () => {
  const paths = ingress(
    `{ rules: [${rule('', path('Prefix', '/', WEB), path('Prefix', '/api', TWO), path('Exact', '/api/web', WEB))}] }`,
  );

  test.each([
    ['/', BOTH],
    ['/api', 'two'],
    ['/api/x', 'two'],
    ['/apix', BOTH],
    ['/api/web', BOTH],
    ['/api/web/', 'two'],
  ])('%s: the longest path that matches', (at, expected) => {
    expect(through(paths, at)).toBe(expected);
  });

  test('hosts, and the default backend for all others', () => {
    const yaml = ingress(`{ defaultBackend: ${WEB}, rules: [${rule('shop.example.com', path('Prefix', '/', TWO))}] }`);
    expect(through(yaml)).toBe('two');
    expect(through(yaml, '/', 'http://other.example.com/')).toBe(BOTH);
  });

  test('no path matches: 404', () => {
    expect(through(ingress(`{ rules: [${rule('', path('Exact', '/a', WEB))}] }`))).toBe('404 NR');
  });

  test('a backend that does not exist: 503', () => {
    expect(through(ingress(`{ rules: [${rule('', path('Prefix', '/', to('gone', 80)))}] }`))).toBe('503 NC');
  });

  test('of the old API', () => {
    expect(through(ingress('{ backend: { serviceName: two, servicePort: 81 } }', 'extensions/v1beta1'))).toBe('two');
  });

  test('of another class runs as Istio would, and says so', () => {
    const { fidelity, plan } = compile({
      yaml: withCluster(ingress(`{ ingressClassName: nginx, defaultBackend: ${WEB} }`)),
      from: null,
      to: 'http://shop.example.com/',
    });
    expect(fidelity.map(({ path: field }) => field)).toContain('spec.ingressClassName');
    expect(plan!.workloads.map(({ name }) => name)).toContain('ingress-nginx');
  });
});
