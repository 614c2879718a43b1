// Real applications compile: bookinfo and Online Boutique, as their authors publish them. Set SEATRIAL_CORPUS to a folder with
// `istio` and `microservices-demo` in it; without one the tests are skipped.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { compilePlan } from '../../../models/plan/compile.js';
import type { MeshPlan } from '../../../models/plan/contract/plan.js';
import type { BehaviourSpec } from '../../../models/plan/settings/input.js';
import { call, codes, input, outcome, request, siteBetween, WORK } from './support.js';

const CORPUS = process.env.SEATRIAL_CORPUS ?? '';

function compileFiles(
  files: readonly string[],
  url: string,
  paths: readonly (readonly [path: string, headers: Record<string, string>])[],
  services: Readonly<Record<string, BehaviourSpec>>,
): MeshPlan {
  const resources = loadResources(files.map((name) => ({ name, text: readFileSync(join(CORPUS, name), 'utf8') })));
  const requests = paths.map(([path, headers], index) => request({ name: `r${index}`, path, headers }));
  const { plan, diagnostics } = compilePlan({
    ...input({ yaml: '', from: null, to: url, requests, services }),
    resources,
    behaviour: {
      defaults: { steps: [WORK] },
      services: Object.entries(services).map(([name, spec]) => ({ name, at: { file: '', line: 1, column: 1 }, spec })),
      workloads: [],
    },
  });
  expect(codes(diagnostics, 'error')).toEqual([]);
  return plan!;
}

const reason = existsSync(CORPUS) ? '' : ' (skipped: SEATRIAL_CORPUS names no folder)';

describe.skipIf(reason !== '')(`published applications${reason}`, () => {
  test('bookinfo: requests of jason go to reviews v2, others to v1', () => {
    const base = 'istio/samples/bookinfo';
    const plan = compileFiles(
      [
        `${base}/platform/kube/bookinfo.yaml`,
        `${base}/networking/bookinfo-gateway.yaml`,
        `${base}/networking/destination-rule-all.yaml`,
        `${base}/networking/virtual-service-reviews-test-v2.yaml`,
      ],
      'http://bookinfo.local/',
      [
        ['/productpage', {}],
        ['/productpage', { 'end-user': 'jason' }],
      ],
      {
        productpage: { steps: [call('details:9080'), call('reviews:9080', { forwardHeaders: ['end-user'] })] },
        reviews: { steps: [call('ratings:9080')] },
      },
    );
    const outcomes = plan.sites
      .filter((site) => plan.edges[site.edge]!.toName === 'reviews')
      .map((site) => outcome(plan, site));
    expect(outcomes.sort()).toEqual(['reviews-v1', 'reviews-v2']);
  });

  test('Online Boutique: a page calls gRPC services behind the frontend', () => {
    const plan = compileFiles(
      [
        'microservices-demo/release/kubernetes-manifests.yaml',
        'microservices-demo/istio-manifests/frontend.yaml',
        'microservices-demo/istio-manifests/frontend-gateway.yaml',
      ],
      'http://shop.example.com/',
      [['/', {}]],
      {
        frontend: { steps: [call('productcatalogservice:3550'), call('cartservice'), call('currencyservice')] },
        cartservice: { steps: [call('redis-cart')] },
      },
    );
    expect(outcome(plan, siteBetween(plan, 'istio-ingressgateway', 'frontend'))).toBe('frontend');
    expect(siteBetween(plan, 'frontend', 'cartservice').grpc).toBe(true);
    expect(siteBetween(plan, 'cartservice', 'redis-cart').route.retry).toBeNull();
  });
});
