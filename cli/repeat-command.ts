// The command line that gives the same numbers again: what the seed, the scenario and the options said is spelt out.

export interface RepeatOptions {
  readonly duration?: string | undefined;
  readonly untilRecovered?: boolean | undefined;
  readonly recoverWithin?: string | undefined;
  readonly istio?: string | undefined;
  readonly envoy?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly set?: readonly { readonly text: string }[] | undefined;
}

/** @param words after `seatrial`; each is quoted for a shell where it has to be. */
export function repeatCommand(
  words: readonly string[],
  { duration, untilRecovered, recoverWithin, istio, envoy, strict, set }: RepeatOptions,
): string {
  const all = ['seatrial', ...words];
  if (duration !== undefined) all.push('--duration', duration);
  if (untilRecovered === true) all.push('--until-recovered');
  if (recoverWithin !== undefined) all.push('--recover-within', recoverWithin);
  if (istio !== undefined) all.push('--istio', istio);
  if (envoy !== undefined) all.push('--envoy', envoy);
  if (strict === true) all.push('--strict');
  for (const { text } of set ?? []) all.push('--set', text);
  return all.map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[\w./:@%+=,-][\w./:@%+=,~-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
