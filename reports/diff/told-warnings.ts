// The warnings of a comparison: those of the whole, then those of each world under its name; what all worlds say is said once.
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { DiffResult } from '../../scenarios/result/diff-result.js';

export function toldWarnings({ warnings: own, base, comparisons }: DiffResult): Diagnostic[] {
  const arms = [base, ...comparisons.map(({ candidate }) => candidate)];
  const worlds = new Map<string, { readonly warning: Diagnostic; readonly names: string[] }>();
  for (const { name, warnings: said } of arms) {
    for (const warning of said) {
      const key = JSON.stringify([warning.code, warning.message, warning.hint]);
      const known = worlds.get(key);
      if (known === undefined) worlds.set(key, { warning, names: [name] });
      else known.names.push(name);
    }
  }
  return [
    ...own,
    ...[...worlds.values()].map(({ warning, names }) =>
      names.length === arms.length ? warning : { ...warning, message: `${names.join(', ')}: ${warning.message}` },
    ),
  ];
}
