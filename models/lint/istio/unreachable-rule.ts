// ST1130: a route that never applies.
import type { Rule } from '../rule.js';
import { deadRoutes } from './unreachable-routes.js';

export const unreachableRule: Rule = {
  code: 'ST1130',
  alias: 'IST0130',
  name: 'VirtualServiceUnreachableRule',
  title: 'a route that no request ever takes',
  severity: 'warning',
  why: 'Routes are tried from the first to the last, and one before it takes everything.',
  help: 'move it up, narrow the one before it, or delete it',
  source: 'istio: pkg/config/validation/validation.go (analyzeUnreachableHTTPRules)',
  check(mesh, report) {
    for (const object of mesh.virtualServices) {
      for (const { kind, path, message } of deadRoutes(object))
        if (kind === 'unreachable') report(object, path, message);
    }
  },
};
