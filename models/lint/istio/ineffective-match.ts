// ST1131: a match that never decides.
import type { Rule } from '../rule.js';
import { deadRoutes } from './unreachable-routes.js';

export const ineffectiveMatch: Rule = {
  code: 'ST1131',
  alias: 'IST0131',
  name: 'VirtualServiceIneffectiveMatch',
  title: 'a match that an earlier one takes over',
  severity: 'info',
  why: 'An earlier match takes every request that this one would take. Prefixes are texts: `/product` takes `/products` too.',
  help: 'put the longer prefix first, or delete the match',
  source: 'istio: pkg/config/validation/validation.go (analyzeUnreachableHTTPRules)',
  check(mesh, report) {
    for (const object of mesh.virtualServices) {
      for (const { kind, path, message } of deadRoutes(object))
        if (kind === 'ineffective') report(object, path, message);
    }
  },
};
