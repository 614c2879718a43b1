// The objects around OpenSLO's SLO: who it is for, where its numbers come from, whom it alerts (OpenSLO: README.md; schemas/v1).
import { string } from '../scalars.js';
import { defaulted, inert, object, type Schema } from '../schema.js';
import { withoutEffectYet } from './later.js';

export interface OpenSloObject {
  readonly description: string;
}

function described(what: string, ...others: readonly string[]): Schema<OpenSloObject> {
  return withoutEffectYet(
    object<OpenSloObject>(what, { description: defaulted('description', string, '') }, { others: inert(...others) }),
    'it belongs to an SLO, which is not evaluated',
  );
}

export const openSloService = described('a service of OpenSLO');
export const openSloDataSource = described('a data source', 'type', 'connectionDetails');
export const openSloAlertPolicy = described(
  'an alert policy',
  'alertWhenNoData',
  'alertWhenResolved',
  'alertWhenBreaching',
  'conditions',
  'notificationTargets',
);
export const openSloAlertCondition = described('an alert condition', 'severity', 'condition');
export const openSloAlertTarget = described('a target of alerts', 'target');
