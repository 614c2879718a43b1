// Envoy's response flags as bits of a set, and the order in which its access log prints them: as they were set (since 1.30; envoy pull request 31719;
// source/common/router/router.cc: what the retry state decides stands before the reset or the time-out that it could not mend; source/common/tcp_proxy:
// the failure of a connection stands before the end of the attempts).

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
/** Filters act before the router, the retry state before what ends the request, the caller's leaving after all. */
const FIRST: readonly FlagName[] = ['DI', 'FI', 'RL', 'UAEX', 'RLSE', 'UO', 'URX'];
const PRINTED: readonly FlagName[] = [
  ...FIRST,
  ...NAMES.filter((name) => !FIRST.includes(name) && name !== 'DC'),
  'DC',
];

/** The names of the flags in a set as Envoy prints them, e.g. `['URX', 'UF']`; empty for none. */
export function flagNames(set: number): FlagName[] {
  return PRINTED.filter((name) => (set & FLAG[name]) !== 0);
}

/**
 * As Envoy prints a set: `URX,UF`, or `-` for none.
 * @param unanswered the call has no status: what a TCP proxy could not connect, `UF,URX`
 */
export function formatFlags(set: number, unanswered = false): string {
  const names = flagNames(set);
  if (names.length === 0) return '-';
  return (unanswered && set === (FLAG.UF | FLAG.URX) ? names.reverse() : names).join(',');
}
