// Whose proxies pods are taken to have that nothing is said about, and what is said of it.
import { describe, expect, test } from 'vitest';
import type { ScenarioSpec } from '../../../scenarios/document/schema.js';
import { loadMesh } from '../../../scenarios/library.js';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: app, image: app }] } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
`;
const namespace = (metadata = ''): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop${metadata === '' ? '' : `, ${metadata}`} }\n`;
const PROFILE =
  'apiVersion: linkerd.io/v1alpha2\nkind: ServiceProfile\nmetadata: { name: web.shop.svc.cluster.local, namespace: shop }\nspec: { routes: [] }\n';
const RULE =
  'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: web, namespace: shop }\nspec: { host: web }\n';
const INGRESS =
  'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web, namespace: shop }\nspec: { ingressClassName: nginx, rules: [{ host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }\n';

/** Whose proxy the pods of `web` have, and what the fidelity list says of Namespaces. */
function proxyOf(texts: readonly string[], more: Partial<ScenarioSpec> = {}, to = 'http://web.shop/') {
  const scenario = { traffic: [{ name: 'load', to, rate: '1/s' }], ...more } satisfies ScenarioSpec;
  const mesh = loadMesh([{ name: 'mesh.yaml', text: [WEB, ...texts].join('---\n') }], { scenario });
  const { proxy } = mesh.plan.workloads.find(({ name }) => name === 'web')!;
  return {
    proxy: proxy === null ? 'none' : (proxy.product ?? 'istio'),
    said: mesh.fidelity.filter(({ resource }) => resource.startsWith('Namespace')).map(({ meaning }) => meaning),
    paths: mesh.fidelity.map(({ path }) => path),
  };
}

describe('where nobody says a word of injection', () => {
  test('objects of Linkerd alone are taken for its proxies, and the finding says how to say otherwise', () => {
    const found = proxyOf([PROFILE]);
    expect(found.proxy).toBe('linkerd');
    expect(found.said).toHaveLength(1);
    expect(found.said[0]).toContain('linkerd.io/inject: enabled');
    expect(found.said[0]).toContain('set injection in the scenario');
    expect(found.paths).not.toContain('spec.istioVersion');
  });

  test.each([
    ['a Namespace without a word', [PROFILE, namespace()]],
    [
      'an annotation of a Service',
      [
        WEB.replace(
          'name: web, namespace: shop }\nspec: { sel',
          'name: web, namespace: shop, annotations: { balancer.linkerd.io/failure-accrual: consecutive } }\nspec: { sel',
        ),
      ],
    ],
    [
      'a kind of policy.linkerd.io',
      [
        'apiVersion: policy.linkerd.io/v1alpha1\nkind: NetworkAuthentication\nmetadata: { name: all, namespace: shop }\nspec: { networks: [{ cidr: 0.0.0.0/0 }] }\n',
      ],
    ],
  ])('so it is with %s', (_name, texts) => {
    expect(proxyOf(texts).proxy).toBe('linkerd');
  });

  test('anything of Istio keeps to Istio', () => {
    const found = proxyOf([PROFILE, RULE]);
    expect(found.proxy).toBe('istio');
    expect(found.said[0]).toContain('istio-injection=enabled');
    expect(found.paths).toContain('spec.istioVersion');
    expect(proxyOf([PROFILE, namespace('labels: { istio-injection: disabled }')]).proxy).toBe('none');
  });

  test('with objects of neither, a Namespace that is not there is taken for Istio’s, one that is there for none', () => {
    expect(proxyOf([]).proxy).toBe('istio');
    const bare = proxyOf([namespace()]);
    expect(bare.proxy).toBe('none');
    expect(bare.paths).not.toContain('spec.istioVersion');
    expect(bare.paths).not.toContain('spec.sidecar');
  });

  test('where some pods are injected by Linkerd, so are those of a Namespace that is not there, and not those of one that is', () => {
    const annotated = (name: string): string =>
      WEB.replaceAll('web', name).replace(
        'labels: { app',
        'annotations: { linkerd.io/inject: enabled }, labels: { app',
      );
    expect(proxyOf([annotated('cart')]).proxy).toBe('linkerd');
    expect(proxyOf([annotated('cart')]).said).toHaveLength(1);
    expect(proxyOf([annotated('cart'), namespace()])).toMatchObject({ proxy: 'none', said: [] });
    expect(proxyOf([annotated('cart'), RULE]).proxy).toBe('none');
  });

  test('neither Ingresses nor Gateways of other classes speak for Istio', () => {
    const gateway =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: in, namespace: shop }\nspec: { gatewayClassName: CLASS, listeners: [{ name: http, port: 80, protocol: HTTP }] }\n';
    const ofNoClass = INGRESS.replace('ingressClassName: nginx, ', '');
    expect(proxyOf([PROFILE, INGRESS, ofNoClass]).proxy).toBe('linkerd');
    expect(proxyOf([PROFILE, gateway.replace('CLASS', 'eg')]).proxy).toBe('linkerd');
    expect(proxyOf([PROFILE, gateway.replace('CLASS', 'istio')]).proxy).toBe('istio');
  });

  test('the control plane of Linkerd speaks for Linkerd, and not for what else has its proxy', () => {
    const controlPlane =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: linkerd-identity, namespace: linkerd }\nspec:\n  selector: { matchLabels: { a: b } }\n  template: { metadata: { labels: { a: b, linkerd.io/control-plane-component: identity } }, spec: { containers: [{ name: linkerd-proxy, image: p }] } }\n';
    expect(proxyOf([controlPlane]).proxy).toBe('linkerd');
    expect(proxyOf([controlPlane, RULE]).proxy).toBe('istio');
  });

  test('who says that pods have no proxy says something', () => {
    const disabled = namespace('annotations: { linkerd.io/inject: disabled }');
    expect(proxyOf([PROFILE, disabled])).toMatchObject({ proxy: 'none', said: [] });
  });
});

describe('injection of the scenario', () => {
  test.each([
    ['linkerd', 'linkerd'],
    ['istio', 'istio'],
    ['none', 'none'],
  ] as const)('%s holds for what says nothing', (injection, proxy) => {
    for (const texts of [[], [namespace()], [PROFILE], [RULE, namespace()]]) {
      expect(proxyOf(texts, { injection })).toMatchObject({ proxy, said: [] });
    }
  });

  test('and not for what says something', () => {
    const linkerd = namespace('annotations: { linkerd.io/inject: enabled }');
    const istio = namespace('labels: { istio-injection: enabled }');
    expect(proxyOf([linkerd], { injection: 'istio' }).proxy).toBe('linkerd');
    expect(proxyOf([istio], { injection: 'linkerd' }).proxy).toBe('istio');
    expect(proxyOf([linkerd], { injection: 'none' }).proxy).toBe('linkerd');
  });
});

test('a gateway of another controller is no mesh, though Istio’s defaults hold for it', () => {
  const found = proxyOf([namespace(), INGRESS], {}, 'http://shop.example.com/');
  expect(found.proxy).toBe('none');
  expect(found.paths).toContain('spec.istioVersion');
});
