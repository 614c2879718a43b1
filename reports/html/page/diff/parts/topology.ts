// The map of what differs; of a large mesh only the part that does, unless all of it is asked for.
import type {
  Comparison,
  DiffResult,
  DiffSubject,
  MetricDifference,
} from '../../../../../scenarios/result/diff-result.js';
import { changeText, metricName, valueText } from '../../../../diff/words.js';
import { segmented, toolbar } from '../../controls.js';
import { type Child, h, named, replaceChildren } from '../../dom.js';
import { Topology } from '../../topology/topology.js';
import { bySubject, differing, diffGraph, type MetricsBySubject, trafficSubject } from '../graph.js';
import { verdictIcon } from '../marks.js';
import { subjectKey } from '../subjects.js';

/** Smaller graphs are drawn whole. */
const SMALL = 40;
const METRICS_MAX = 14;
const WORDS = 'On services and lines: the strongest change that matters.';

export function drawTopology(mount: HTMLElement, comparison: Comparison, { base }: DiffResult): void {
  const lists = bySubject(comparison);
  const whole = diffGraph(comparison, base, lists);
  if (whole.nodes.length === 0) {
    replaceChildren(mount, h('p', { class: 'calm' }, 'There are no services to draw.'));
    return;
  }
  const subjects = comparison.metrics.map(({ subject }) => subject);
  const detailsOf = (name: string): Child => details(name, lists, subjects);
  const part = differing(whole);
  if (whole.nodes.length <= SMALL || part.nodes.length === whole.nodes.length) {
    new Topology(whole, detailsOf, WORDS).mount(mount);
    return;
  }
  const views = { part: h('div'), whole: h('div', { hidden: true }) };
  let isWholeDrawn = false;
  const choices = [
    { value: 'part', label: `that differ (${part.nodes.length})` },
    { value: 'whole', label: `all (${whole.nodes.length})` },
  ];
  const chooser = segmented('Services', choices, 'part', (value) => {
    views.part.hidden = value !== 'part';
    views.whole.hidden = value === 'part';
    if (value === 'part' || isWholeDrawn) return;
    isWholeDrawn = true;
    new Topology(whole, detailsOf, WORDS).mount(views.whole);
  });
  replaceChildren(mount, toolbar(chooser), views.part, views.whole);
  new Topology(part, detailsOf, WORDS).mount(views.part);
}

function details(name: string, lists: MetricsBySubject, subjects: readonly DiffSubject[]): Child {
  const own =
    lists.get(subjectKey({ kind: 'service', service: name })) ??
    lists.get(subjectKey(trafficSubject(name, subjects))) ??
    [];
  if (own.length === 0) return null;
  const told = own.filter(({ verdict, reason }) => verdict !== 'same' && reason === null);
  const shown = (told.length === 0 ? own : told).slice(0, METRICS_MAX);
  const rest = own.length - shown.length;
  return [
    h('ul', { class: 'differences' }, shown.map(difference)),
    rest > 0 ? h('p', { class: 'quiet' }, `and ${rest} more metrics, in the table below`) : null,
  ];
}

function difference(metric: MetricDifference): HTMLElement {
  const change = changeText(metric);
  return h(
    'li',
    { class: `verdict-${metric.verdict}` },
    verdictIcon(metric.verdict),
    h('span', { class: 'unseen' }, `${metric.verdict}: `),
    h('span', { class: 'difference-name' }, named(metricName(metric))),
    h('span', { class: 'difference-change' }, change),
    h('span', { class: 'quiet' }, `${valueText(metric, metric.base)} → ${valueText(metric, metric.candidate)}`),
  );
}
