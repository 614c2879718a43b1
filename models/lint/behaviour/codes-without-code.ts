// ST2108: a retry by status code that names no code.
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';
import { retryPolicyOf } from './retry-words.js';

export const codesWithoutCode: Rule = {
  code: 'ST2108',
  name: 'CodesWithoutCode',
  title: 'retries on status codes, and no code is named',
  severity: 'warning',
  why: '`retriable-status-codes` retries the codes that stand beside it in retryOn. Alone it retries nothing; since Istio 1.24 the default names no code either, so that a 503 of the application is not retried.',
  help: 'name the codes: retryOn: connect-failure,refused-stream,503',
  source: 'istio: pilot/pkg/networking/core/route/retry/retry.go (parseRetryOn)',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      const words = retryPolicyOf(route)?.words ?? [];
      if (!words.includes('retriable-status-codes') || words.some((word) => /^\d{3}$/.test(word))) continue;
      report(object, [...path, 'retries', 'retryOn'], 'retriable-status-codes without a code retries nothing');
    }
  },
};
