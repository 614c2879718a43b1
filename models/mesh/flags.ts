// Envoy's response flags as bits of a set (envoy: source/extensions/... StreamInfo response flags, access log %RESPONSE_FLAGS%).

export const FLAG = {
  UH: 1,
  UF: 2,
  UO: 4,
  NR: 8,
  URX: 16,
  NC: 32,
  UT: 64,
  UC: 128,
  UR: 256,
  LR: 512,
  DC: 1024,
  DI: 2048,
  FI: 4096,
  RL: 8192,
  SI: 16384,
  UMSDR: 32768,
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
