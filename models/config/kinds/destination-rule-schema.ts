// How a DestinationRule is read, and what Istio refuses (istio: pkg/config/validation/validation.go ValidateDestinationRule; istio
// api: networking/v1alpha3/destination_rule.proto).
import type { Place } from '../place.js';
import { string, stringMap, strings } from '../scalars.js';
import { checked, defaulted, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import type { DestinationRuleSpec, Subset } from './destination-rule.js';
import { PROTO } from './istio-fields.js';
import { checkExportTo, checkHost, checkSelector, checkSubsetName } from './istio-rules.js';
import type { KindContext } from './kind.js';
import { trafficPolicy } from './traffic-policy.js';

const subset: Schema<Subset> = object<Subset>(
  'a subset',
  {
    name: required('name', checked(string, checkSubsetName)),
    labels: defaulted('labels', stringMap, {}),
    trafficPolicy: optional('trafficPolicy', trafficPolicy),
  },
  PROTO,
);

const workloadSelector: Schema<StringMap> = mapped(
  object<{ matchLabels: StringMap }>(
    'a workload selector',
    { matchLabels: defaulted('matchLabels', checked(stringMap, checkSelector), {}) },
    PROTO,
  ),
  ({ matchLabels }) => matchLabels,
);

const fields: Schema<DestinationRuleSpec> = object<DestinationRuleSpec>(
  'a DestinationRule',
  {
    host: required('host', checked(string, checkHost)),
    trafficPolicy: optional('trafficPolicy', trafficPolicy),
    subsets: defaulted('subsets', checked(listOf('subsets', subset), checkSubsets), []),
    exportTo: defaulted('exportTo', strings, []),
    workloadSelector: optional('workloadSelector', workloadSelector),
  },
  PROTO,
);

export function destinationRuleSchema(context: KindContext): Schema<DestinationRuleSpec> {
  return checked(fields, (rule, place) => {
    if (rule.exportTo.length > 0) checkExportTo(rule.exportTo, context.namespace, place.child('exportTo'));
    const elsewhere = rule.exportTo.some((entry) => entry !== '.' && entry !== context.namespace);
    if (rule.workloadSelector !== null && elsewhere) {
      const message = 'a rule with a workloadSelector is for its own namespace only';
      place.child('exportTo').rejectedByIstio(message, 'delete exportTo');
    }
  });
}

function checkSubsets(subsets: readonly Subset[], place: Place): void {
  const names = subsets.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return;
    place.down(index, 'name').rejectedByIstio(`two subsets have the name "${name}"`, 'rename one');
  });
}
