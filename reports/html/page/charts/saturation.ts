// How near the services and the connection pools came to their limits.
import type { ClusterSummary, RunResult } from '../../../../scenarios/result/run-result.js';
import { type Chart, type ChartContext, type ChartRow, drawableNames, SHARE_LABELS } from './chart.js';
import { LABEL_PADDING, labelsMost, labelWidth } from './percentiles.js';

const SERVICES_MAX = 20;
const POOLS_MAX = 25;
/** From here on a resource has little left; the same as in the legend of the section. */
export const BUSY_SHARE = 0.7;
export const FULL_SHARE = 0.9;
const PERCENT = "datum.share === 0 ? '' : format(datum.share * 100, datum.share < 0.0995 ? '.1f' : '.0f') + ' %'";
const RESOURCES = ['CPU', 'Workers', 'Sidecar CPU'] as const;
/** Fewer pixels hold one column of panels only. */
const NARROW = 640;

/** The busiest services: CPU, workers and sidecars side by side, each that is limited anywhere. null without any use of them. */
export function saturationChart({ services }: RunResult, { width, palette }: ChartContext): Chart | null {
  const busiest = services
    .map((service) => ({
      name: service.name,
      shares: [
        service.cpuUtilisationShare.value,
        service.workerUtilisationShare.value,
        service.proxyUtilisationShare.value,
      ].map((share) => share ?? 0),
    }))
    .sort((a, b) => Math.max(...b.shares) - Math.max(...a.shares))
    .slice(0, SERVICES_MAX);
  const resources = RESOURCES.filter((_, i) => busiest.some(({ shares }) => shares[i]! > 0));
  if (resources.length === 0) return null;
  const names = drawableNames(
    busiest.map(({ name }) => name),
    30,
  );
  const rows = busiest.flatMap(({ shares }, at) =>
    resources.map((resource) => ({ service: names[at]!, resource, share: shares[RESOURCES.indexOf(resource)]! })),
  );
  const isNarrow = width < NARROW;
  const labels = labelWidth(names, labelsMost(width));
  const panelWidth = isNarrow ? width - labels - 20 : (width - labels - 30 * resources.length) / resources.length;
  const top = Math.max(1.06, ...rows.map(({ share }) => share * 1.05));
  return {
    rows,
    spec: {
      data: { values: rows },
      ...{
        [isNarrow ? 'vconcat' : 'hconcat']: resources.map((resource, i) =>
          barsToLimit({
            title: resource,
            filter: `datum.resource === '${resource}'`,
            category: 'service',
            names,
            width: panelWidth,
            labels: isNarrow || i === 0 ? labels : null,
            top,
            label: PERCENT,
            palette,
          }),
        ),
      },
      spacing: 28,
    } as Chart['spec'],
  };
}

/** Highest use of each limited pool of one client's proxy. null where no pool has a limit, or none was used. */
export function poolsChart({ clusters }: RunResult, { width, palette }: ChartContext): Chart | null {
  const busiest = clusters
    .flatMap((cluster) => poolRows(cluster))
    .filter(({ peak }) => peak > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, POOLS_MAX);
  if (busiest.length === 0) return null;
  const names = drawableNames(
    busiest.map(({ pool }) => pool),
    52,
  );
  const rows: ChartRow[] = busiest.map((row, i) => ({ ...row, pool: names[i]! }));
  const labels = labelWidth(names, Math.min(360, width * 0.45));
  const top = Math.max(1.12, ...busiest.map(({ share }) => share * 1.14));
  return {
    rows,
    spec: {
      data: { values: rows },
      ...barsToLimit({
        title: 'Highest use of one proxy’s limit',
        filter: 'true',
        category: 'pool',
        names,
        width: Math.max(160, width - labels - 24),
        labels,
        top,
        label: `datum.peak + ' of ' + datum.limit + '  ·  ' + (${PERCENT})`,
        palette,
      }),
    } as Chart['spec'],
  };
}

interface PoolRow {
  readonly pool: string;
  readonly share: number;
  readonly peak: number;
  readonly limit: number;
}

function poolRows(cluster: ClusterSummary): PoolRow[] {
  const { limits, peaks } = cluster;
  const all = [
    ['requests', peaks.peakActiveRequests, limits.requests],
    ['pending', peaks.peakPendingRequests, limits.pendingRequests],
    ['connections', peaks.peakConnections, limits.connections],
    ['retries', peaks.peakRetries, limits.retries],
  ] as const;
  return all.flatMap(([name, peak = 0, limit]) =>
    limit === null
      ? []
      : [
          {
            pool: `${clusterName(cluster)}: ${name}`,
            share: limit === 0 ? 1 : peak / limit,
            peak,
            limit,
          },
        ],
  );
}

/** `catalogue.shop v2` of `outbound|8080|v2|catalogue.shop.svc.cluster.local`. */
export function clusterName({ host, subset }: Pick<ClusterSummary, 'host' | 'subset'>): string {
  const short = host.replace(/\.svc\.cluster\.local$/, '');
  return subset === '' ? short : `${short} ${subset}`;
}

interface BarOptions {
  readonly title: string;
  readonly filter: string;
  readonly category: string;
  readonly names: readonly string[];
  readonly width: number;
  /** Pixels for the names at the left; null for none. */
  readonly labels: number | null;
  readonly top: number;
  /** Of what stands at the end of a bar. */
  readonly label: string;
  readonly palette: ChartContext['palette'];
}

/** Bars of shares with the limit as a line at 100 %, and the number at the end of each bar. */
function barsToLimit({ title, filter, category, names, width, labels, top, label, palette }: BarOptions) {
  const y = {
    field: category,
    type: 'nominal',
    sort: names,
    axis: labels === null ? null : { title: null, grid: false, labelLimit: labels - LABEL_PADDING },
  };
  const x = {
    field: 'share',
    type: 'quantitative',
    scale: { domain: [0, top * 1.08], nice: false },
    axis: { title: null, labelExpr: SHARE_LABELS, values: [0, 0.5, 1], grid: true },
  };
  return {
    title,
    width,
    height: { step: 22 },
    transform: [{ filter }],
    layer: [
      {
        mark: { type: 'bar', height: 12, cornerRadiusEnd: 2, tooltip: { content: 'data' } },
        encoding: {
          y,
          x,
          color: {
            condition: [
              { test: `datum.share >= ${FULL_SHARE}`, value: palette.vermillion },
              { test: `datum.share >= ${BUSY_SHARE}`, value: palette.orange },
            ],
            value: palette.blue,
          },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4, fontSize: 10.5, fill: palette.muted },
        encoding: {
          y,
          x,
          text: { value: { expr: label } },
        },
      },
      {
        mark: { type: 'rule', stroke: palette.ink, strokeWidth: 1.2, strokeDash: [3, 3] },
        encoding: { x: { datum: 1, type: 'quantitative', scale: { domain: [0, top * 1.08], nice: false } } },
      },
    ],
  };
}
