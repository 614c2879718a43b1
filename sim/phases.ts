// The order of simultaneous events: (time, phase, sequence). Lower phases first; inside a phase the order of creation.

export const PHASE = {
  /** Ends of service, deliveries, anything that frees what others wait for. */
  completion: 0,
  /** Time-outs and other timers: an answer that arrives at the very instant of its time-out still counts. */
  timer: 1,
  /** New requests. */
  arrival: 2,
  /** Control plane: configuration, endpoints, ejection sweeps. */
  control: 3,
  /** Scrapes and samples: they see everything that happened at their instant. */
  sample: 4,
} as const;

export type Phase = (typeof PHASE)[keyof typeof PHASE];
