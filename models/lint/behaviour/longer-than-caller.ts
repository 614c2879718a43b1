// ST2106: a call that is waited for longer than its own caller waits. Needs the scenario: who calls whom.

import { formatDuration } from '../../config/duration.js';
import { podArrivals } from '../../plan/contract/arrivals.js';
import { NONE } from '../../plan/contract/plan.js';
import type { Rule } from '../rule.js';
import { callsOf, sharesOf } from '../traffic.js';

export const longerThanCaller: Rule = {
  code: 'ST2106',
  name: 'LongerThanCaller',
  title: 'a time-out longer than the one of the caller',
  severity: 'warning',
  needsScenario: true,
  why: 'When the caller has given up, the rest of the chain works on for nobody: the work is lost and still costs its capacity, most of all when all is slow already.',
  help: 'let time-outs shrink on the way down: each shorter than the one of its caller',
  source: 'envoy: source/common/router/router.cc (onGlobalTimeout); an application goes on after a reset of its stream',
  check(mesh, report) {
    const { plan } = mesh;
    if (plan === null) return;
    const told = new Set<string>();
    for (const site of plan.sites) {
      const outer = site.route.timeoutNs;
      if (outer <= 0) continue;
      for (const { destination } of sharesOf(site)) {
        for (const { handler } of podArrivals(destination)) {
          if (handler === NONE) continue;
          for (const call of callsOf(plan.handlers[handler]!)) {
            const inner = plan.sites[call.site]!;
            const own = Math.min(inner.route.timeoutNs || Infinity, call.timeoutNs || Infinity);
            if (!Number.isFinite(own) || own <= outer) continue;
            const { fromName, toName } = plan.edges[inner.edge]!;
            const message = `${fromName} waits up to ${formatDuration(own)} for ${toName}, and ${plan.edges[site.edge]!.fromName} waits ${formatDuration(outer)} for ${fromName}`;
            if (told.has(message)) continue;
            told.add(message);
            report.at(inner.route.position ?? site.route.position, message);
          }
        }
      }
    }
  },
};
