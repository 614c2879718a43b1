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

/** 80 columns, or a little more where the terminal is wide: tables do not get better beyond 110. */
export function widthOf(stream: Stream): number {
  return stream.isTTY === true ? Math.min(110, Math.max(80, stream.columns ?? 80)) : 80;
}
