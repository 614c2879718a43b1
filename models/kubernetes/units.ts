// Units of time that the machines of this room share.

/** One second in nanoseconds. */
export const SECOND_NS = 1_000_000_000;
/** One minute in nanoseconds. */
export const MINUTE_NS = 60 * SECOND_NS;
