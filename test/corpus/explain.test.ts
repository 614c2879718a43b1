// `explain` on Bookinfo as its project publishes it. Its manifests stand beside the repository, where somebody put them; without them these tests
// are skipped.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../models/plan/explain/index.js';
import { explanationText } from '../../reports/explain/text.js';
import { type ExplainRequest, explainRequest } from '../../scenarios/explain/explain-request.js';

const corpus = fileURLToPath(new URL('../../../shared/corpus/istio/samples/bookinfo', import.meta.url));
const present = existsSync(corpus);
if (!present) console.warn('skipped: the corpus of published applications is not beside the repository');

function explained(networking: readonly string[], request: Partial<ExplainRequest> = {}): Explanation {
  const files = ['platform/kube/bookinfo.yaml', ...networking.map((name) => `networking/${name}.yaml`)];
  const { explanation, diagnostics } = explainRequest(
    files.map((name) => `${corpus}/${name}`),
    { from: 'productpage-v1', to: 'http://reviews:9080/reviews/0', method: 'GET', headers: {}, ...request },
  );
  if (explanation === null) throw new Error(JSON.stringify(diagnostics));
  expect(explanationText(explanation, { color: false })).not.toContain('undefined');
  return explanation;
}

/** `50 % reviews-v1` of the last hop. */
function shares({ hops }: Explanation): string[] {
  return hops
    .at(-1)!
    .route.destinations.map(
      ({ share, endpoints }) => `${share * 100} % ${endpoints.map(({ workload }) => workload.split('.')[0]).join('+')}`,
    );
}

describe.skipIf(!present)('bookinfo', () => {
  it.each([
    [[], '100 % reviews-v1+reviews-v2+reviews-v3'],
    [['destination-rule-all', 'virtual-service-all-v1'], '100 % reviews-v1'],
    [['destination-rule-all', 'virtual-service-reviews-50-v3'], '50 % reviews-v1, 50 % reviews-v3'],
    [['destination-rule-all', 'virtual-service-reviews-90-10'], '90 % reviews-v1, 10 % reviews-v2'],
  ])('%j', (files, expected) => {
    expect(shares(explained(files)).join(', ')).toBe(expected);
  });

  it('request routing by the end-user header', () => {
    const files = ['destination-rule-all', 'virtual-service-reviews-test-v2'];
    const anybody = explained(files);
    expect(shares(anybody)).toEqual(['100 % reviews-v1']);
    expect(anybody.hops[0]!.rules[0]).toMatchObject({
      verdict: 'failed',
      failure: { field: 'headers.end-user', text: 'header end-user is missing', position: { line: 11 } },
    });
    expect(shares(explained(files, { headers: { 'end-user': 'jason' } }))).toEqual(['100 % reviews-v2']);
  });

  it('fault injection', () => {
    const { hops } = explained(['destination-rule-all', 'virtual-service-ratings-test-delay'], {
      from: 'reviews-v2',
      to: 'http://ratings:9080/ratings/0',
      headers: { 'end-user': 'jason' },
    });
    expect(hops[0]!.route.fault).toMatchObject({ delayNs: 7e9, delayProbability: 1 });
  });

  it('the way in through its gateway', () => {
    const question = { from: null, to: 'http://bookinfo.example.com:8080/static/a.css' };
    const { hops } = explained(['bookinfo-gateway'], question);
    expect(hops.map(({ proxy }) => proxy.workload)).toEqual(['outside', 'istio-ingressgateway.istio-system']);
    expect(hops[1]!.rules.map(({ verdict }) => verdict)).toEqual([
      'failed',
      'chosen',
      'not-reached',
      'not-reached',
      'not-reached',
    ]);
    const lost = explained(['bookinfo-gateway'], { ...question, to: 'http://bookinfo.example.com:8080/nowhere' });
    expect(lost.hops[1]!.route.answer).toMatchObject({ status: 404, flag: 'NR' });
    expect(lost.hops[1]!.rules).toHaveLength(5);
  });
});
