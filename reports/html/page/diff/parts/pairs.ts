// The pairs behind a primary metric: whether one odd replication makes the difference, or all of them agree.
import type { Comparison, MetricDifference } from '../../../../../scenarios/result/diff-result.js';
import { metricName, subjectName } from '../../../../diff/words.js';
import { selectBox } from '../../controls.js';
import { replaceChildren } from '../../dom.js';
import { Figure } from '../../figure.js';
import { pairsChart } from '../charts/pairs.js';

const CHOICES_MAX = 200;

export function drawPairs(mount: HTMLElement, { metrics }: Comparison): void {
  const known = metrics.filter(({ pairs }) => pairs !== null && pairs.base.length > 1).slice(0, CHOICES_MAX);
  if (known.length === 0) return;
  let metric: MetricDifference = known[0]!;
  const choices = known.map((own, i) => ({
    value: String(i),
    label: `${subjectName(own.subject)} ${metricName(own)}`,
  }));
  const figure = new Figure({
    title: 'Pair by pair',
    description:
      'The value of a primary metric in each replication of the base and in the candidate’s with the same customers.',
    chart: (context) => pairsChart(metric, context),
    empty: 'There are no pairs.',
    controls: [
      selectBox('Metric', choices, '0', (value) => {
        metric = known[Number(value)]!;
        figure.refresh();
      }),
    ],
  });
  replaceChildren(mount, figure.element);
}
