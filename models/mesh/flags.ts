// Envoy's response flags as bits of a set, in the order in which its access log prints them (envoy: envoy/stream_info/stream_info.h,
// source/common/stream_info/utility.cc).

export const FLAG = {
  UH: 1,
  UT: 2,
  LR: 4,
  UR: 8,
  UF: 16,
  UC: 32,
  UO: 64,
  NR: 128,
  DI: 256,
  FI: 512,
  RL: 1024,
  DC: 2048,
  URX: 4096,
  SI: 8192,
  NC: 16384,
  UMSDR: 32768,
  UAEX: 65536,
  RLSE: 131072,
  DT: 262144,
} as const;

export type FlagName = keyof typeof FLAG;

const NAMES = Object.keys(FLAG) as FlagName[];

/** The names of the flags in a set, e.g. `['UF', 'URX']`; empty for none. */
export function flagNames(set: number): FlagName[] {
  return NAMES.filter((name) => (set & FLAG[name]) !== 0);
}

/** As Envoy prints a set: `UF,URX`, or `-` for none. */
export function formatFlags(set: number): string {
  const names = flagNames(set);
  return names.length === 0 ? '-' : names.join(',');
}
