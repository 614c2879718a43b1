// What becomes of calls and doors: circles are cut, versions differ, rates spare the CPU, topologies bring their Services along.
import { describe, expect, it } from 'vitest';
import { guessRate } from '../../../scenarios/init/draft/capacity.js';
import { app, args, env, inferred, mesh } from './mesh.js';

describe('circles', () => {
  it('lose the call with the weakest evidence, and say so', () => {
    const text = mesh(
      app('web', env({ CART_URL: 'http://cart' })),
      app('cart', env({ STOCK_HOST: 'stock' })),
      app('stock', env({ CART_URL: 'http://cart' })),
    );
    const { draft } = inferred(text);
    expect(draft.edges).toEqual([
      { from: 'stock.default', to: 'cart.default' },
      { from: 'web.default', to: 'cart.default' },
    ]);
    expect(draft.leftOut.map((item) => item.text)).toEqual([
      'cart calls stock (env STOCK_HOST): it closes a circle of calls, which would never end',
    ]);
  });
});

describe('behaviour', () => {
  it('versions behind one Service that call differently stand under workloads', () => {
    const version = (name: string, variables: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews-${name}}
spec:
  selector: {matchLabels: {app: reviews, version: ${name}}}
  template:
    metadata: {labels: {app: reviews, version: ${name}}}
    spec: {containers: [{name: app, image: app${variables}}]}
`;
    const service =
      '\napiVersion: v1\nkind: Service\nmetadata: {name: reviews}\nspec: {selector: {app: reviews}, ports: [{port: 80}]}\n';
    const calls = ', env: [{name: RATINGS_URL, value: "http://ratings"}]';
    const { draft } = inferred(mesh(service, version('v1', ''), version('v2', calls), app('ratings')));
    expect(draft.behaviours.map(({ section, name, steps }) => [section, name, steps.length])).toEqual([
      ['services', 'reviews.default', 1],
      ['workloads', 'reviews-v2.default', 2],
      ['services', 'ratings.default', 1],
    ]);
  });

  it('a door that calls nobody is offered what nothing else calls', () => {
    const { text } = inferred(mesh(app('frontend'), app('cart')));
    expect(text).toContain('        # - call: cart.default:80\n');
    expect(text).toContain('#   - cart.default\n');
    // Taking away the `#` makes the call.
    expect(inferred(mesh(app('frontend', env({ X: 'cart.default' })), app('cart'))).draft.edges).toHaveLength(1);
  });

  it.each([
    ['frontend', 'app', 'front end'],
    ['prices', 'redis:7', 'cache'],
    ['orders-db', 'app', 'database'],
    ['email', 'app', 'mail'],
    ['payments', 'app', 'payment'],
    ['recommendation', 'app', 'machine learning'],
    ['prices', 'quay.io/kiali/demo_travels_cars:v1', 'API'],
  ])('%s of image %s is of kind %s', (name, image, kind) => {
    const { draft } = inferred(mesh(app('web', env({ A_URL: `http://${name}` })), app(name, args(image))));
    expect(draft.behaviours.find((behaviour) => behaviour.name === `${name}.default`)?.note.text).toMatch(
      new RegExp(`^${kind}, `),
    );
  });
});

describe('rates', () => {
  it('are round, and leave the busiest service idle for half of its time', () => {
    const demand = (cpuMs: number, capacityMillis: number) => ({ service: 'a', cpuMs, capacityMillis });
    expect(guessRate([], 1)).toEqual({ ratePerSecond: 50, busiest: null });
    expect(guessRate([demand(3, 4000)], 1).ratePerSecond).toBe(50);
    expect(guessRate([demand(3, 4000), demand(10, 200)], 1)).toEqual({
      ratePerSecond: 10,
      busiest: { service: 'a', utilisation: 0.5 },
    });
    expect(guessRate([demand(1000, 100)], 1).ratePerSecond).toBe(1);
    expect(guessRate([demand(3, 4000)], 1000).ratePerSecond).toBe(5);
  });
});

describe('topologies', () => {
  const TOPOLOGY = `
defaults: {numReplicas: 2, errorRate: 1%}
services:
  - name: a
    isEntrypoint: true
    script: [[{call: b}, {call: {service: c, probability: 50}}], {sleep: 5ms}]
  - {name: b, type: grpc}
  - {name: c, errorRate: 0, script: [{call: a}]}
`;

  it('are call graphs with their Services', () => {
    const { draft, text, resources } = inferred(TOPOLOGY);
    expect(draft.edges).toEqual([
      { from: 'a.service-graph', to: 'b.service-graph' },
      { from: 'a.service-graph', to: 'c.service-graph' },
    ]);
    expect(resources.services.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(resources.deployments[0]?.spec.replicas).toBe(2);
    expect(text).toContain('- { call: c:8080, probability: 0.5 }');
    expect(text).toContain('- wait: 5ms');
    expect(text).toContain('errors: { 500: 0.01 }');
    expect(draft.leftOut[0]?.text).toContain('closes a circle');
  });
});

describe('the mesh', () => {
  it('of Linkerd is asked for its injection, any other for the release of Istio', () => {
    const profile =
      '\napiVersion: linkerd.io/v1alpha2\nkind: ServiceProfile\nmetadata: {name: web.default.svc.cluster.local}\nspec: {routes: []}\n';
    const asked = (text: string): string[] => inferred(text).text.match(/# (injection|istioVersion):/g) ?? [];
    expect(asked(mesh(app('web'), profile))).toEqual(['# injection:']);
    expect(asked(mesh(app('web')))).toEqual(['# istioVersion:']);
  });
});
