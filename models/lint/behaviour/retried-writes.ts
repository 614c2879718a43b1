// ST2104: writes that may be done twice.
import type { PlainValue } from '../../config/document.js';
import { listAt, mapAt, textAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import { retriesAnswers, retriesResets, retryPolicyOf } from './retry-words.js';

const WRITES: readonly string[] = ['POST', 'PATCH'];

export const retriedWrites: Rule = {
  code: 'ST2104',
  name: 'RetriedWrites',
  title: 'retries of POST after the server may have acted',
  severity: 'warning',
  why: 'A 5xx, a reset or a time-out does not say that nothing was done. Retrying POST or PATCH then pays, orders or mails twice.',
  help: 'retry such routes on connect-failure,refused-stream alone, or make the operation idempotent',
  source: 'envoy: source/common/router/retry_state_impl.cc (wouldRetryFromHeaders)',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const policy = retryPolicyOf(route);
      if (policy === null || policy.attempts <= 0 || policy.words === null) continue;
      if (!retriesAnswers(policy.words) && !retriesResets(policy.words)) continue;
      const method = writeIn(route);
      if (method === null) continue;
      report(object, [...path, 'retries', 'retryOn'], `${method} is sent again after ${policy.words.join(', ')}`);
    }
  },
};

/** A method that the route names and that writes. */
function writeIn(route: PlainValue): string | null {
  for (const match of listAt(route, 'match')) {
    if (mapAt(match, 'method') === null) continue;
    const method = textAt(match, 'method', 'exact') ?? '';
    const regex = textAt(match, 'method', 'regex') ?? '';
    const found = WRITES.find((write) => method === write || regex.split(/[|()^$]/).includes(write));
    if (found !== undefined) return found;
  }
  return null;
}
