// Times of this room: whole nanoseconds of simulated time, as everywhere, and a time that never comes.

export const MS_NS = 1_000_000;
export const S_NS = 1_000_000_000;

/** In place of a time at which a machine wants to be asked: no such time, until its next event. */
export const NEVER_NS = Number.POSITIVE_INFINITY;
