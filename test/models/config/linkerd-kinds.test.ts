// Kinds of Linkerd as its admission webhooks read them (linkerd: pkg/profiles/profiles.go), with their places.
import { describe, expect, it, test } from 'vitest';
import { errors, load } from './helpers.js';

/** `spec` stands on line 4, its first field at column 8. */
const profile = (spec: string) =>
  load(
    `apiVersion: linkerd.io/v1alpha2\nkind: ServiceProfile\nmetadata: {name: web.shop.svc.cluster.local, namespace: shop}\nspec: {${spec}}\n`,
  );

describe('a ServiceProfile', () => {
  it('is read with its defaults', () => {
    const [read] = profile('routes: [{name: r, condition: {not: {method: GET}}}]').serviceProfiles;
    const nothing = { method: null, pathRegex: null, allOf: null, anyOf: null, not: null };
    expect(read!.spec).toEqual({
      routes: [
        {
          name: 'r',
          condition: { ...nothing, not: { ...nothing, method: 'GET' } },
          isRetryable: false,
          timeoutNs: 0,
          responseClasses: [],
        },
      ],
      retryBudget: null,
      dstOverrides: [],
    });
  });

  test.each([
    ['a route without a condition', 'routes: [{name: r}]', 'error missing-field 4:17'],
    ['an empty condition', 'routes: [{name: r, condition: {}}]', 'error rejected-by-kubernetes 4:27'],
    [
      'a path that is no expression',
      'routes: [{name: r, condition: {pathRegex: "("}}]',
      'error rejected-by-kubernetes 4:39',
    ],
    [
      'a time-out without a unit',
      'routes: [{name: r, condition: {method: GET}, timeout: "5"}]',
      'error wrong-type 4:62',
    ],
    [
      'a budget without a time to live',
      'retryBudget: {retryRatio: 0.2, minRetriesPerSecond: 10}',
      'error missing-field 4:8',
    ],
    ['a negative ratio', 'retryBudget: {retryRatio: -1, minRetriesPerSecond: 10, ttl: 10s}', 'error wrong-type 4:34'],
  ])('is refused: %s', (_name, spec, expected) => {
    expect(errors(profile(spec))).toEqual([expected]);
  });

  test.each([
    [
      'a range upside down',
      'routes: [{name: r, condition: {method: GET}, responseClasses: [{condition: {status: {min: 500, max: 400}}}]}]',
    ],
    [
      'a class without a condition',
      'routes: [{name: r, condition: {method: GET}, responseClasses: [{condition: {}}]}]',
    ],
  ])('is refused: %s', (_name, spec) => {
    expect(errors(profile(spec))).toHaveLength(1);
  });
});
