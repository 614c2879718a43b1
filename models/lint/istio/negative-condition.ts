// ST1171: an object that says of itself, in its status, that something is wrong.
import type { PlainValue } from '../../config/document.js';
import { GATEWAY_API, NETWORKING, SECURITY } from '../mesh.js';
import type { LintObject } from '../object.js';
import { listAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const ROUTE_CONDITIONS: readonly string[] = ['Accepted', 'Programmed', 'ResolvedRefs'];
const WAYPOINT: readonly string[] = ['istio.io/WaypointBound'];

const WATCHED: readonly (readonly [group: string, kind: string, conditions: readonly string[]])[] = [
  ['', 'Service', WAYPOINT],
  [NETWORKING, 'ServiceEntry', WAYPOINT],
  [NETWORKING, 'WorkloadEntry', WAYPOINT],
  [SECURITY, 'AuthorizationPolicy', ['ZtunnelAccepted', 'WaypointAccepted']],
  [GATEWAY_API, 'Gateway', ROUTE_CONDITIONS],
  [GATEWAY_API, 'HTTPRoute', ROUTE_CONDITIONS],
  [GATEWAY_API, 'GRPCRoute', ROUTE_CONDITIONS],
];

export const negativeCondition: Rule = {
  code: 'ST1171',
  alias: 'IST0171',
  name: 'NegativeConditionStatus',
  title: 'an object whose status says that it does not work',
  severity: 'warning',
  why: 'A controller has looked at it and written down what is wrong.',
  help: 'see the message of the condition',
  source: 'istio: pkg/config/analysis/analyzers/conditions/conditions.go',
  check(mesh, report) {
    for (const [group, kind, conditions] of WATCHED) {
      for (const object of mesh.all(group, kind)) {
        for (const condition of conditionsOf(object)) {
          if (!isNegative(kind, conditions, condition)) continue;
          const [type, reason, message] = ['type', 'reason', 'message'].map((field) => textAt(condition, field) ?? '');
          report(object, ['status'], `${type}: ${reason}${message === '' ? '' : `: ${message}`}`);
        }
      }
    }
  },
};

function conditionsOf({ value, kind }: LintObject): readonly PlainValue[] {
  return kind === 'HTTPRoute' || kind === 'GRPCRoute'
    ? listAt(value, 'status', 'parents').flatMap((parent) => listAt(parent, 'conditions'))
    : listAt(value, 'status', 'conditions');
}

function isNegative(kind: string, conditions: readonly string[], condition: PlainValue): boolean {
  const type = textAt(condition, 'type') ?? '';
  if (conditions.includes(type) && textAt(condition, 'status') === 'False') return true;
  return (
    kind === 'AuthorizationPolicy' && type === 'WaypointAccepted' && textAt(condition, 'reason') === 'PartiallyInvalid'
  );
}
