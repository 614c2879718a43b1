// A chart in the page: drawn when it first comes near the screen, and again when its width or the colours change; with its data as a
// table, and as files to take along: SVG and the Vega-Lite specification.

import { expressionInterpreter } from 'vega-interpreter';
import { lookup } from '../../../sim/lookup.js';
import { type Chart, type ChartContext, type ChartRow, chartConfig } from './charts/chart.js';
import { append, type Child, freshId, h, replaceChildren } from './dom.js';
import { fileName, saveFile } from './save.js';
import { currentTheme, onThemeChange, paletteOf } from './theme.js';
import { showTooltip } from './tooltip.js';
import { compileChart, type DrawnChart, drawChart } from './vega.js';

export interface FigureOptions {
  readonly title: string;
  /** What the chart shows, for those who do not see it. */
  readonly description: string;
  readonly chart: (context: ChartContext) => Chart | null;
  /** In place of a chart where there is nothing to draw. */
  readonly empty: string;
  /** Controls that belong to the chart. */
  readonly controls?: readonly Child[];
}

const MARGIN = '300px';
const ROWS_MAX = 500;
const figures: Figure[] = [];

export class Figure {
  readonly element: HTMLElement;
  private readonly canvas: HTMLElement;
  private readonly tools = h('div', { class: 'figure-tools' });
  private readonly table = h('div', { class: 'figure-table', hidden: true });
  private drawn: DrawnChart | null = null;
  private width = 0;
  private isVisible = false;

  constructor(private readonly options: FigureOptions) {
    const { title, description, controls = [] } = options;
    const id = freshId('figure');
    this.canvas = h('div', { class: 'figure-canvas', role: 'img', 'aria-label': `${title}. ${description}` });
    this.element = h('figure', { class: 'figure', 'aria-labelledby': id });
    append(this.element, [
      h('figcaption', {}, h('h3', { id }, title), this.tools),
      controls.length === 0 ? null : h('div', { class: 'toolbar' }, controls),
      this.canvas,
      this.table,
    ]);
    figures.push(this);
    onceNear(this.element, () => {
      this.isVisible = true;
      this.draw();
    });
    onWidthChange(this.canvas, (width) => {
      if (this.isVisible && Math.abs(width - this.width) > 1) this.draw();
    });
    onThemeChange(() => {
      if (this.isVisible) this.draw();
    });
  }

  /** Draws again, after the data it reads has changed. */
  refresh(): void {
    if (this.isVisible) this.draw();
  }

  /** Draws although nobody has seen it yet: for paper. */
  ensure(): void {
    if (this.isVisible) return;
    this.isVisible = true;
    this.draw();
  }

  private draw(): void {
    this.width = this.canvas.clientWidth;
    const palette = paletteOf(currentTheme());
    const chart = this.options.chart({ width: Math.max(280, this.width), palette });
    this.drawn?.finalize();
    this.drawn = null;
    if (chart === null) {
      replaceChildren(this.canvas, h('p', { class: 'empty' }, this.options.empty));
      this.canvas.removeAttribute('role');
      replaceChildren(this.tools);
      this.table.hidden = true;
      return;
    }
    this.canvas.setAttribute('role', 'img');
    const compiled = compileChart(chart.spec, chartConfig(palette));
    const fields = Object.keys(chart.rows[0] ?? {});
    this.drawn = drawChart(compiled, this.canvas, expressionInterpreter, (event, row) => {
      showTooltip(event, row === null ? null : ownFields(row, fields));
    });
    this.drawTools(chart);
    if (!this.table.hidden) this.drawTable(chart.rows);
  }

  private drawTools(chart: Chart): void {
    const name = fileName(this.options.title);
    const svg = h(
      'button',
      { type: 'button', class: 'small-button', 'aria-label': `${this.options.title}: save as SVG` },
      'SVG',
    );
    svg.addEventListener('click', () => {
      void this.drawn?.toSvg().then((text) => saveFile(`${name}.svg`, 'image/svg+xml', text));
    });
    const spec = h(
      'button',
      {
        type: 'button',
        class: 'small-button',
        'aria-label': `${this.options.title}: save the Vega-Lite spec`,
      },
      'Spec',
    );
    spec.addEventListener('click', () => {
      const config = chartConfig(paletteOf(currentTheme()));
      const full = { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', ...chart.spec, config };
      saveFile(`${name}.vl.json`, 'application/json', `${JSON.stringify(full, null, 2)}\n`);
    });
    const data = h(
      'button',
      {
        type: 'button',
        class: 'small-button',
        'aria-expanded': String(!this.table.hidden),
        'aria-label': `${this.options.title}: data as a table`,
      },
      'Data',
    );
    data.addEventListener('click', () => {
      this.table.hidden = !this.table.hidden;
      data.setAttribute('aria-expanded', String(!this.table.hidden));
      if (!this.table.hidden) this.drawTable(chart.rows);
    });
    replaceChildren(this.tools, data, svg, spec);
  }

  private drawTable(rows: readonly ChartRow[]): void {
    const columns = Object.keys(rows[0] ?? {});
    const shown = rows.slice(0, ROWS_MAX);
    replaceChildren(
      this.table,
      h(
        'div',
        { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${this.options.title}: data` },
        h(
          'table',
          { class: 'data' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              columns.map((column) => h('th', { scope: 'col' }, column)),
            ),
          ),
          h(
            'tbody',
            {},
            shown.map((row) =>
              h(
                'tr',
                {},
                columns.map((column) => h('td', {}, cellText(lookup(row, column)))),
              ),
            ),
          ),
        ),
      ),
      rows.length > shown.length
        ? h('p', { class: 'quiet' }, `The first ${ROWS_MAX} of ${rows.length} rows; the specification holds all.`)
        : null,
    );
  }
}

/** A row without what Vega adds to it, e.g. where a stacked bar starts. */
function ownFields(row: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  const own = Object.entries(row).filter(([field]) => fields.includes(field));
  return own.length === 0 ? { ...row } : Object.fromEntries(own);
}

/** What is not drawn yet is drawn before it is printed. */
export function drawBeforePrinting(): void {
  addEventListener('beforeprint', () => {
    for (const figure of figures) figure.ensure();
  });
}

export function cellText(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'number' ? String(Number(value.toPrecision(5))) : value;
}

function onceNear(element: Element, action: () => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      action();
    },
    { rootMargin: MARGIN },
  );
  observer.observe(element);
}

function onWidthChange(element: Element, action: (width: number) => void): void {
  let timer = 0;
  new ResizeObserver(([entry]) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => action(entry!.contentRect.width), 120);
  }).observe(element);
}
