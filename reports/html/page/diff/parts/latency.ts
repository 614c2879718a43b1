// What clients waited in both worlds: the two distributions of a request, and how they differ at each percentile.
import type { Comparison, DiffResult, QuantileCurve } from '../../../../../scenarios/result/diff-result.js';
import { requestLabel } from '../../charts/chart.js';
import { segmented, selectBox, toolbar } from '../../controls.js';
import { h, replaceChildren } from '../../dom.js';
import { Figure } from '../../figure.js';
import { type CurveForm, curveDistance, curvesChart, differenceChart } from '../charts/curves.js';

export function drawLatency(mount: HTMLElement, { curves }: Comparison, { settings }: DiffResult): void {
  if (curves.length === 0) {
    replaceChildren(mount, h('p', { class: 'calm' }, 'No request of the traffic is in both worlds.'));
    return;
  }
  const ordered = [...curves].sort((a, b) => curveDistance(b) - curveDistance(a));
  let curve: QuantileCurve = ordered[0]!;
  let form: CurveForm = 'percentiles';
  const forms = segmented(
    'Shown',
    [
      { value: 'percentiles', label: 'By percentile' },
      { value: 'cumulative', label: 'Cumulative' },
    ],
    form,
    (value) => {
      form = value as CurveForm;
      both.refresh();
    },
  );
  const both = new Figure({
    title: 'Base and candidate',
    description: 'The latency of one request in both worlds; the base as an unbroken line, the candidate dashed.',
    chart: (context) => curvesChart(curve, form, context),
    empty: 'Too few answers in both worlds.',
    controls: [forms],
  });
  const difference = new Figure({
    title: 'Difference at each percentile',
    description:
      'How much slower or faster the candidate is at each percentile, in percent of the base; the band is the margin that does not matter.',
    chart: (context) => differenceChart(curve, settings.marginLatencyShare, context),
    empty: 'Too few answers in one of the worlds.',
    controls: [h('span', { class: 'quiet' }, 'Above 0 the candidate is slower; shaded: within the margin.')],
  });
  const choices = ordered.map(({ traffic, request }, i) => ({
    value: String(i),
    label: requestLabel(traffic, request),
  }));
  const chooser = selectBox('Request', choices, '0', (value) => {
    curve = ordered[Number(value)]!;
    both.refresh();
    difference.refresh();
  });
  replaceChildren(
    mount,
    ordered.length < 2 ? null : toolbar(chooser, h('span', { class: 'quiet' }, 'those that differ most come first')),
    h('div', { class: 'figure-pair' }, both.element, difference.element),
  );
}
