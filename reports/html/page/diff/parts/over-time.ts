// Both worlds over the measured time: rate, p99 and errors of one request, and how full one station was.
import type { ArmSummary, Comparison, DiffResult } from '../../../../../scenarios/result/diff-result.js';
import { requestLabel } from '../../charts/chart.js';
import { stationsByPeak } from '../../charts/utilisation.js';
import { selectBox, toolbar } from '../../controls.js';
import { h, replaceChildren } from '../../dom.js';
import { Figure } from '../../figure.js';
import { bothOverTime, type Flow, largestDifference, type Quantity, type Station } from '../charts/over-time.js';

const STATIONS_MAX = 40;
const TITLES: readonly {
  readonly quantity: Exclude<Quantity, 'use'>;
  readonly title: string;
  readonly about: string;
}[] = [
  { quantity: 'rate', title: 'Answers a second', about: 'How many answers clients got, errors among them.' },
  {
    quantity: 'p99',
    title: 'p99 over time',
    about: 'How long the slowest of a hundred answers took in each interval.',
  },
  { quantity: 'errors', title: 'Share of errors over time', about: 'Failed answers, of all answers in each interval.' },
];

export function drawOverTime(mount: HTMLElement, { candidate }: Comparison, { base }: DiffResult): void {
  const flows = flowsOf(base, candidate);
  const stations = stationsOf(base, candidate);
  let flow: Flow | null = flows[0] ?? null;
  let station: Station | null = stations[0] ?? null;
  const ofFlow = TITLES.map(
    ({ quantity, title, about }) =>
      new Figure({
        title,
        description: `${about} The base as an unbroken line, the candidate dashed.`,
        chart: (context) => (flow === null ? null : bothOverTime(base, candidate, quantity, flow, context)),
        empty: 'Nothing was observed in either world.',
      }),
  );
  const stationBox = selectBox('Station', stations.map(labelled(stationLabel)), '0', (value) => {
    station = stations[Number(value)] ?? null;
    use.refresh();
  });
  const use = new Figure({
    title: 'Use over time',
    description:
      'Share of a station that was in use in each interval, with the limit at 100 %. The base as an unbroken line, the candidate dashed.',
    chart: (context) => (station === null ? null : bothOverTime(base, candidate, 'use', station, context)),
    empty: 'Nothing with a limit was used in either world.',
    controls: stations.length < 2 ? [] : [stationBox],
  });
  const flowBox = selectBox(
    'Request',
    flows.map(labelled(({ traffic, request }) => requestLabel(traffic, request))),
    '0',
    (value) => {
      flow = flows[Number(value)] ?? null;
      for (const figure of ofFlow) figure.refresh();
    },
  );
  replaceChildren(
    mount,
    flows.length < 2 ? null : toolbar(flowBox, h('span', { class: 'quiet' }, 'those that differ most come first')),
    h('div', { class: 'figure-pair' }, ...ofFlow.map(({ element }) => element), use.element),
  );
}

function labelled<T>(label: (item: T) => string): (item: T, index: number) => { value: string; label: string } {
  return (item, index) => ({ value: String(index), label: label(item) });
}

/** Requests of both worlds, those whose errors, then whose p99 differ most first. */
function flowsOf(base: ArmSummary, candidate: ArmSummary): Flow[] {
  const all = [base, candidate].flatMap(({ series }) => series.traffic);
  const flows = [
    ...new Map(all.map(({ traffic, request }) => [JSON.stringify([traffic, request]), { traffic, request }])).values(),
  ];
  const rank = (flow: Flow): number =>
    largestDifference(base, candidate, 'errors', flow) + largestDifference(base, candidate, 'p99', flow);
  return sortedBy(flows, rank);
}

/** Stations of both worlds, those that differ most, weighed by how full they were, first. */
function stationsOf(base: ArmSummary, candidate: ArmSummary): Station[] {
  const all = [base, candidate].flatMap(({ series }) => stationsByPeak(series));
  const peaks = new Map<string, { readonly station: Station; readonly peak: number }>();
  for (const { workload, resource, peak } of all) {
    const key = stationLabel({ workload, resource });
    if (peak > (peaks.get(key)?.peak ?? 0)) peaks.set(key, { station: { workload, resource }, peak });
  }
  const fullest = [...peaks.values()].sort((a, b) => b.peak - a.peak).slice(0, STATIONS_MAX);
  return sortedBy(fullest, ({ station, peak }) => peak * largestDifference(base, candidate, 'use', station)).map(
    ({ station }) => station,
  );
}

function stationLabel({ workload, resource }: Station): string {
  return `${workload} · ${resource}`;
}

/** From the highest rank to the lowest; equals stay in their order. */
function sortedBy<T>(items: readonly T[], rankOf: (item: T) => number): T[] {
  return items
    .map((item) => ({ item, rank: rankOf(item) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ item }) => item);
}
