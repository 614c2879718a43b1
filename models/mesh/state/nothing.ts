// Numbers that stand in the place of a number.

/** No object, no timer. */
export const NOTHING = -1;

/** In the place of a call: the attempt is a health check of the proxy's own. */
export const HEALTH_CHECK = -2;
