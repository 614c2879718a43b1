// ST2601: a fault for everybody.
import { listAt, mapAt, numberAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';

export const totalFault: Rule = {
  code: 'ST2601',
  name: 'TotalFault',
  title: 'a fault for all requests of a route',
  severity: 'warning',
  why: 'An experiment that was forgotten: every request that takes the route fails or is late, and the server sees nothing of it.',
  help: 'delete the fault, or bind it to testers by a header in match',
  source: 'envoy: source/extensions/filters/http/fault/fault_filter.cc',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const isForTesters =
        listAt(route, 'match').length > 0 && listAt(route, 'match').every((match) => mapAt(match, 'headers') !== null);
      if (isForTesters) continue;
      for (const kind of ['abort', 'delay'] as const) {
        const percent =
          numberAt(route, 'fault', kind, 'percentage', 'value') ?? numberAt(route, 'fault', kind, 'percent') ?? 0;
        if (percent < 100) continue;
        report(
          object,
          [...path, 'fault', kind],
          kind === 'abort' ? 'every request of the route is aborted' : 'every request of the route is delayed',
        );
      }
    }
  },
};
