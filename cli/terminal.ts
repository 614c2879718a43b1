// What we may do to a terminal: colour (https://no-color.org, FORCE_COLOR) and its width.

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Colour on a terminal, or where FORCE_COLOR asks for it; never where NO_COLOR is set. */
export function wantsColor(stream: Stream, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}

const NARROWEST = 40;
/** Where the output is a file, a pipe or the log of a pipeline. */
const NO_TERMINAL = 120;

/** Columns for what is written: `COLUMNS` where that is a number, else those of the terminal; 120 where there is none. At least 40. */
export function widthOf(stream: Stream, environment: NodeJS.ProcessEnv = process.env): number {
  return Math.max(NARROWEST, askedColumns(stream, environment) ?? NO_TERMINAL);
}

/** Columns for help, which is words: as `widthOf`, but no more than 100, and 80 where there is no terminal. */
export function helpWidthOf(stream: Stream, environment: NodeJS.ProcessEnv = process.env): number {
  return Math.max(NARROWEST, Math.min(100, askedColumns(stream, environment) ?? 80));
}

function askedColumns(stream: Stream, { COLUMNS }: NodeJS.ProcessEnv): number | undefined {
  if (/^[1-9][0-9]{0,4}$/.test(COLUMNS ?? '')) return Number(COLUMNS);
  return stream.isTTY === true ? stream.columns : undefined;
}
