// ST1905: an AuthorizationPolicy that speaks of namespaces that are not there.

import { editDistance } from '../../../sim/nearest.js';
import { nearestNames } from '../../plan/terms/nearest.js';
import { SECURITY } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, textsAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

export const authorizationNamespaces: Rule = {
  code: 'ST1905',
  alias: 'IST0101',
  name: 'ReferencedResourceNotFound',
  title: 'an AuthorizationPolicy for callers of a namespace that is not there',
  severity: 'error',
  why: 'The rule never matches (`namespaces`), or always (`notNamespaces`).',
  help: 'write the name of a namespace that exists',
  source: 'istio: pkg/config/analysis/analyzers/authz/authorizationpolicies.go',
  check(mesh, report) {
    const known = [...new Set([...mesh.all('', 'Namespace'), ...mesh.objects].map(namespaceOf))];
    for (const policy of mesh.all(SECURITY, 'AuthorizationPolicy')) {
      listAt(policy.value, 'spec', 'rules').forEach((rule, index) => {
        listAt(rule, 'from').forEach((from, at) => {
          for (const field of ['namespaces', 'notNamespaces'] as const) {
            textsAt(from, 'source', field).forEach((wanted, place) => {
              if (known.some((name) => matches(name, wanted))) return;
              const [near] = nearestNames(wanted, known, 1);
              if (near === undefined || !isSlip(near, wanted)) return;
              const path = ['spec', 'rules', index, 'from', at, 'source', field, place];
              report(policy, path, `there is no namespace "${wanted}"`, `did you mean ${near}?`);
            });
          }
        });
      });
    }
  },
};

/** The namespace that an object is, or stands in. */
function namespaceOf({ group, kind, name, namespace }: LintObject): string {
  return group === '' && kind === 'Namespace' ? name : namespace;
}

/** A namespace that was not given may well be there; the name of a given one with a slip of the pen is none. */
function isSlip(near: string, wanted: string): boolean {
  return near !== '' && 5 * editDistance(near, wanted) <= wanted.length;
}

function matches(name: string, wanted: string): boolean {
  if (wanted === '*') return true;
  if (wanted.startsWith('*')) return name.endsWith(wanted.slice(1));
  if (wanted.endsWith('*')) return name.startsWith(wanted.slice(0, -1));
  return name.toLowerCase() === wanted.toLowerCase();
}
