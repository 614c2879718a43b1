// ST2214: weights that do not add up to a hundred.
import { destinationsOf } from '../routes.js';
import type { Rule } from '../rule.js';

export const unevenWeights: Rule = {
  code: 'ST2214',
  name: 'UnevenWeights',
  title: 'weights that do not add up to 100',
  severity: 'info',
  why: 'Weights are shares of their sum, not percent: 5 beside 90 is 5.3 %. A destination without a weight among others gets nothing.',
  help: 'let the weights of a route add up to 100',
  source: 'istio: pilot/pkg/networking/core/route/route.go (processWeightedDestination)',
  check(mesh, report) {
    for (const object of mesh.virtualServices) {
      const sums = new Map<string, { sum: number; count: number; path: readonly (string | number)[] }>();
      for (const { isMirror, routePath, weight } of destinationsOf(object)) {
        if (isMirror) continue;
        const known = sums.get(routePath.join('.')) ?? { sum: 0, count: 0, path: routePath };
        sums.set(routePath.join('.'), { sum: known.sum + weight, count: known.count + 1, path: routePath });
      }
      for (const { sum, count, path } of sums.values()) {
        if (count > 1 && sum > 0 && sum !== 100) report(object, [...path, 'route'], `the weights add up to ${sum}`);
      }
    }
  },
};
