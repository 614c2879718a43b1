// Saturation: CPU, workers and sidecars of the services, and the connection pools against their limits.
import type { RunResult } from '../../../../scenarios/result/run-result.js';
import { inServiceChart } from '../charts/in-service.js';
import { BUSY_SHARE, FULL_SHARE, poolsChart, saturationChart } from '../charts/saturation.js';
import { utilisationChart } from '../charts/utilisation.js';
import { h, replaceChildren } from '../dom.js';
import { Figure } from '../figure.js';

export function drawSaturation(mount: HTMLElement, result: RunResult): void {
  const services = new Figure({
    title: 'Services: mean use over the measured time',
    description:
      'Share of CPU, of workers and of the sidecars’ CPU that was in use, for the busiest services, with the limit at 100 %.',
    chart: (context) => saturationChart(result, context),
    empty: 'Nothing with a limit was used: no CPU, no workers, no sidecars.',
  });
  const pools = new Figure({
    title: 'Connection pools and circuit breakers',
    description: 'The highest use of each limit by one proxy, as a share of the limit.',
    chart: (context) => poolsChart(result, context),
    empty: 'No pool that was used has a limit: connections, pending requests, requests and retries are unbounded.',
  });
  const inService = new Figure({
    title: 'Requests in the pods over time',
    description:
      'Mean number of requests that the pods of a workload held at once, those that waited for a worker included, for the six workloads that held most.',
    chart: (context) => inServiceChart(result, context),
    empty: 'No workload had anything to do.',
  });
  const utilisation = new Figure({
    title: 'Use over time',
    description:
      'Share of CPU, workers and sidecar CPU in use in each interval, for the six stations that were fullest at any time, with the limit at 100 %.',
    chart: (context) => utilisationChart(result, context),
    empty: 'Nothing with a limit was used: no CPU, no workers, no sidecars.',
  });
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  replaceChildren(
    mount,
    h(
      'p',
      { class: 'key' },
      h('span', { class: 'swatch swatch-calm' }),
      ` below ${percent(BUSY_SHARE)} `,
      h('span', { class: 'swatch swatch-busy' }),
      ` from ${percent(BUSY_SHARE)} `,
      h('span', { class: 'swatch swatch-full' }),
      ` from ${percent(FULL_SHARE)}. The dashed line is the limit. No bar: without a limit, or idle.`,
    ),
    services.element,
    h('div', { class: 'figure-pair' }, utilisation.element, inService.element),
    pools.element,
  );
}
