// A table that sorts, filters, turns pages, opens rows and copies itself as CSV. Only one page of rows is ever in the document.
import { printable } from '../../escape.js';
import { whole } from '../words.js';
import { searchBox, selectBox, toolbar } from './controls.js';
import { type CsvValue, toCsv } from './csv.js';
import { announce, type Child, freshId, h, replaceChildren } from './dom.js';
import { copyButton } from './save.js';
import { sorted } from './sort.js';

export interface Column<Row> {
  readonly title: string;
  /** Said of the column where its title is short. */
  readonly hint?: string;
  readonly isNumber?: boolean;
  /** What sorting and CSV see. */
  readonly value: (row: Row) => CsvValue;
  /** What sorting sees where that is not what CSV sees. */
  readonly rank?: (row: Row) => CsvValue;
  /** What is shown; default the value. */
  readonly cell?: (row: Row) => Child;
}

export interface TableOptions<Row> {
  /** Names the table for those who hear it, and the CSV. */
  readonly caption: string;
  /** The first one heads each row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Text in which the search looks. */
  readonly searchText: (row: Row) => string;
  readonly searchHint: string;
  /** Column that is sorted first, and how. */
  readonly sortBy: number;
  readonly descending: boolean;
  /** Rows that belong under a row; drawn when it is opened. */
  readonly details?: (row: Row) => readonly Row[];
  /** More choices of rows, e.g. `with errors`. */
  readonly filters?: readonly { readonly label: string; readonly keep: (row: Row) => boolean }[];
  /** 0 = all rows (the default), 1 = the first of the filters … */
  readonly initialFilter?: number;
  /** Controls of its owner; `keep` says which rows they leave, `refresh` asks it again. */
  readonly controls?: readonly Child[];
  readonly keep?: (row: Row) => boolean;
}

const PAGE_SIZE = 25;

export class DataTable<Row> {
  readonly element: HTMLElement;
  private readonly body = h('tbody');
  private readonly headers: HTMLTableCellElement[] = [];
  private readonly count = h('span', { class: 'quiet' });
  private readonly pager = h('div', { class: 'pager' });
  private readonly opened = new Set<Row>();
  private sortBy: number;
  private descending: boolean;
  private query = '';
  private filter: number;
  private page = 0;
  private shown: readonly Row[] = [];

  constructor(private readonly options: TableOptions<Row>) {
    this.filter = options.initialFilter ?? 0;
    this.sortBy = options.sortBy;
    this.descending = options.descending;
    const captionId = freshId('caption');
    const table = h(
      'table',
      { class: 'data' },
      h('caption', { class: 'unseen', id: captionId }, options.caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          options.columns.map((column, index) => this.header(column, index)),
        ),
      ),
      this.body,
    );
    this.element = h(
      'div',
      { class: 'data-table' },
      this.tools(),
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-labelledby': captionId }, table),
      this.pager,
    );
    this.update();
  }

  /** Asks `keep` again, after the controls of the owner have changed. */
  refresh(): void {
    this.page = 0;
    this.update();
    announce(`${this.shown.length} of ${this.options.rows.length} rows`);
  }

  private tools(): HTMLElement {
    const { filters = [], searchHint, rows, controls = [] } = this.options;
    const search = searchBox('Search', searchHint, (query) => {
      this.query = query;
      this.page = 0;
      this.update();
      announce(`${whole(this.shown.length)} of ${rowWords(rows.length)}`);
    });
    const choices = [{ label: 'all' }, ...filters].map(({ label }, value) => ({ label, value: String(value) }));
    const filter =
      filters.length === 0
        ? null
        : selectBox('Show', choices, String(this.filter), (value) => {
            this.filter = Number(value);
            this.page = 0;
            this.update();
          });
    return toolbar(
      search,
      filter,
      controls,
      this.count,
      copyButton('Copy as CSV', () => this.csv()),
    );
  }

  private header(column: Column<Row>, index: number): HTMLTableCellElement {
    const button = h(
      'button',
      { type: 'button', title: column.hint ?? null },
      column.title,
      h('span', { class: 'arrow', 'aria-hidden': 'true' }),
    );
    button.addEventListener('click', () => {
      this.descending = this.sortBy === index ? !this.descending : column.isNumber === true;
      this.sortBy = index;
      this.page = 0;
      this.update();
      announce(`sorted by ${column.title}, ${this.descending ? 'descending' : 'ascending'}`);
    });
    const cell = h('th', { scope: 'col', class: column.isNumber === true ? 'num' : null }, button);
    this.headers.push(cell);
    return cell;
  }

  private update(): void {
    const { rows, columns } = this.options;
    this.headers.forEach((cell, index) => {
      if (index === this.sortBy) cell.setAttribute('aria-sort', this.descending ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    });
    const keep = this.filter === 0 ? () => true : this.options.filters![this.filter - 1]!.keep;
    const isKept = this.options.keep ?? (() => true);
    const found = rows.filter(
      (row) =>
        keep(row) &&
        isKept(row) &&
        (this.query === '' || this.options.searchText(row).toLowerCase().includes(this.query)),
    );
    const { rank, value } = columns[this.sortBy]!;
    this.shown = sorted(found, rank ?? value, this.descending);
    const isAll = this.shown.length === rows.length;
    this.count.textContent = isAll ? rowWords(rows.length) : `${whole(this.shown.length)} of ${rowWords(rows.length)}`;
    this.drawPage();
  }

  private drawPage(): void {
    const pages = Math.max(1, Math.ceil(this.shown.length / PAGE_SIZE));
    this.page = Math.min(this.page, pages - 1);
    const visible = this.shown.slice(this.page * PAGE_SIZE, (this.page + 1) * PAGE_SIZE);
    const { columns } = this.options;
    if (visible.length === 0) {
      replaceChildren(this.body, h('tr', {}, h('td', { colspan: columns.length, class: 'empty' }, 'Nothing matches.')));
    } else {
      replaceChildren(
        this.body,
        visible.map((row) => this.rowWithDetails(row)),
      );
    }
    this.drawPager(pages);
  }

  private rowWithDetails(row: Row): HTMLTableRowElement[] {
    const details = this.options.details?.(row) ?? [];
    if (details.length === 0) return [this.row(row, null)];
    const isOpen = this.opened.has(row);
    const toggle = h(
      'button',
      { type: 'button', class: 'disclosure', 'aria-expanded': String(isOpen), 'aria-label': 'Details' },
      h('span', { 'aria-hidden': 'true' }),
    );
    const main = this.row(row, toggle);
    toggle.addEventListener('click', () => {
      if (!this.opened.delete(row)) this.opened.add(row);
      this.drawPage();
      const again = this.body.querySelectorAll<HTMLElement>('.disclosure');
      again[[...again].findIndex((button) => button.dataset.row === toggle.dataset.row)]?.focus();
    });
    toggle.dataset.row = String(this.shown.indexOf(row));
    return [main, ...(isOpen ? details.map((detail) => this.row(detail, null, 'detail')) : [])];
  }

  private row(row: Row, toggle: HTMLElement | null, className: string | null = null): HTMLTableRowElement {
    return h(
      'tr',
      { class: className },
      this.options.columns.map((column, index) => {
        const content = column.cell?.(row) ?? column.value(row) ?? '–';
        if (index > 0) return h('td', { class: column.isNumber === true ? 'num' : null }, content);
        return h('th', { scope: 'row' }, h('span', { class: 'row-head' }, toggle, h('span', {}, content)));
      }),
    );
  }

  private drawPager(pages: number): void {
    if (pages === 1) {
      replaceChildren(this.pager);
      return;
    }
    const turn = (label: string, to: number): HTMLButtonElement => {
      const button = h('button', { type: 'button', class: 'small-button', disabled: to < 0 || to >= pages }, label);
      button.addEventListener('click', () => {
        this.page = to;
        this.drawPage();
        announce(`page ${to + 1} of ${pages}`);
        [...this.pager.querySelectorAll('button')].find((other) => other.textContent === label)?.focus();
      });
      return button;
    };
    replaceChildren(
      this.pager,
      turn('Previous', this.page - 1),
      h('span', { class: 'quiet' }, `page ${this.page + 1} of ${whole(pages)}`),
      turn('Next', this.page + 1),
    );
  }

  /** All rows that are left by search and filter, in their order. */
  private csv(): string {
    const { columns } = this.options;
    const clean = (value: CsvValue): CsvValue => (typeof value === 'string' ? printable(value) : value);
    return toCsv(
      columns.map(({ title }) => title),
      this.shown.map((row) => columns.map((column) => clean(column.value(row)))),
    );
  }
}

function rowWords(count: number): string {
  return count === 1 ? '1 row' : `${whole(count)} rows`;
}
