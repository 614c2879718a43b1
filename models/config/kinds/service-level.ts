// Sloth's PrometheusServiceLevel (sloth: pkg/kubernetes/api/sloth/v1/types.go): objectives from which Sloth makes rules of Prometheus.
import type { Place } from '../place.js';
import { bool, number, string, stringMap } from '../scalars.js';
import { checked, defaulted, inert, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { withoutEffectYet } from './later.js';

export interface PrometheusServiceLevelSpec {
  readonly service: string;
  readonly labels: StringMap;
  readonly slos: readonly ServiceLevel[];
}

export interface ServiceLevel {
  readonly name: string;
  /** Percent of good events, above 0 and at most 100. */
  readonly objective: number;
  readonly sli: Indicator;
  readonly labels: StringMap;
  readonly alerting: ServiceLevelAlerting;
}

/** One of them. */
export interface Indicator {
  readonly raw: { readonly errorRatioQuery: string } | null;
  readonly events: { readonly errorQuery: string; readonly totalQuery: string } | null;
  readonly plugin: { readonly id: string } | null;
}

export interface ServiceLevelAlerting {
  readonly name: string;
  readonly pages: boolean;
  readonly tickets: boolean;
}

const indicator: Schema<Indicator> = checked(
  object<Indicator>('an indicator', {
    raw: optional(
      'raw',
      object<NonNullable<Indicator['raw']>>('a raw indicator', {
        errorRatioQuery: required('errorRatioQuery', string),
      }),
    ),
    events: optional(
      'events',
      object<NonNullable<Indicator['events']>>('an indicator by events', {
        errorQuery: required('errorQuery', string),
        totalQuery: required('totalQuery', string),
      }),
    ),
    plugin: optional(
      'plugin',
      object<NonNullable<Indicator['plugin']>>(
        'a plugin',
        { id: required('id', string) },
        { others: inert('options') },
      ),
    ),
  }),
  (written, place) => {
    const given = Object.values(written).filter((value) => value !== null).length;
    if (given !== 1)
      place.rejectedByKubernetes(`an indicator is one of raw, events and plugin, not ${given}`, 'keep one of them');
  },
);

const alert = object<{ disable: boolean }>(
  'an alert',
  { disable: defaulted('disable', bool, false) },
  { others: inert('annotations', 'labels') },
);

interface WrittenAlerting {
  readonly name: string;
  readonly page: { readonly disable: boolean };
  readonly ticket: { readonly disable: boolean };
}

const alerting: Schema<WrittenAlerting> = object<WrittenAlerting>(
  'the alerting of an objective',
  {
    name: defaulted('name', string, ''),
    page: defaulted('pageAlert', alert, { disable: false }),
    ticket: defaulted('ticketAlert', alert, { disable: false }),
  },
  { others: inert('annotations', 'labels') },
);

interface WrittenLevel extends Omit<ServiceLevel, 'alerting'> {
  readonly alerting: WrittenAlerting;
}

const level: Schema<WrittenLevel> = checked(
  object<WrittenLevel>(
    'an objective',
    {
      name: required('name', string),
      objective: required('objective', number(0, 100)),
      sli: required('sli', indicator),
      labels: defaulted('labels', stringMap, {}),
      alerting: required('alerting', alerting),
    },
    { others: inert('description', 'plugins') },
  ),
  ({ objective, alerting: given }, place: Place) => {
    if (objective === 0)
      place.child('objective').rejectedByKubernetes('the objective is 0', 'give a percentage, e.g. 99.9');
    if (given.name === '' && !(given.page.disable && given.ticket.disable))
      place.child('alerting').rejectedByKubernetes('the alerts have no name', 'add name, or disable both alerts');
  },
);

interface Written extends Omit<PrometheusServiceLevelSpec, 'slos'> {
  readonly slos: readonly WrittenLevel[];
}

const fields = object<Written>(
  'a PrometheusServiceLevel',
  {
    service: required('service', string),
    labels: defaulted('labels', stringMap, {}),
    slos: required('slos', listOf('objectives', level)),
  },
  { others: inert('sloPlugins') },
);

export const prometheusServiceLevel: Schema<PrometheusServiceLevelSpec> = withoutEffectYet(
  mapped(fields, ({ slos, ...rest }) => ({
    ...rest,
    slos: slos.map(({ alerting: given, ...own }) => ({
      ...own,
      alerting: { name: given.name, pages: !given.page.disable, tickets: !given.ticket.disable },
    })),
  })),
  'its objectives are read and checked, but not evaluated: put them under slos of the scenario',
);
