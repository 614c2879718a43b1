// Vega in a page that forbids evaluating text as code: expressions are interpreted (https://vega.github.io/vega/usage/interpreter/).
import { Error as ERRORS_ONLY, parse, type Spec, View } from 'vega';
import type { expressionInterpreter } from 'vega-interpreter';
import { type Config, compile } from 'vega-lite';
import type { ChartSpec } from './charts/chart.js';

export interface DrawnChart {
  readonly toSvg: () => Promise<string>;
  readonly finalize: () => void;
}

/** What a tooltip shows: the fields of a row; null hides it. */
export type ShowTooltip = (event: MouseEvent, row: Readonly<Record<string, unknown>> | null) => void;

export function compileChart(spec: ChartSpec, config: Config): Spec {
  return compile(spec, { config }).spec;
}

export function drawChart(
  spec: Spec,
  container: HTMLElement,
  interpreter: typeof expressionInterpreter,
  showTooltip: ShowTooltip,
): DrawnChart {
  const runtime = parse(spec, {}, { ast: true });
  const view = new View(runtime, { expr: interpreter, renderer: 'svg', hover: false, logLevel: ERRORS_ONLY });
  view.tooltip((_handler: unknown, event: MouseEvent, _item: unknown, value: unknown) => {
    showTooltip(event, typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null);
  });
  container.replaceChildren();
  view.initialize(container).run();
  // The container is the picture, with words for those who do not see it; its parts are none.
  container.querySelector('svg')?.setAttribute('aria-hidden', 'true');
  return { toSvg: () => view.toSVG(), finalize: () => view.finalize() };
}
