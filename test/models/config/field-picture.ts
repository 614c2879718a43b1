// All that a YAML text comes to before a run: what the reader says, the plan, findings of the linter, the fidelity list. Places are left out: a field
// that acts on nothing moves others about.
import { loadDocuments } from '../../../models/config/load.js';
import { parseDocuments } from '../../../models/config/parse.js';
import { lint } from '../../../models/lint/lint.js';
import { validateScenario } from '../../../scenarios/document/validate.js';
import { interpretScenario } from '../../../scenarios/reading/interpret.js';
import type { World } from './field-world.js';

export interface Picture {
  /** Two pictures that differ have different sums. */
  readonly sum: string;
  /** Paths of the fidelity list. */
  readonly listed: readonly string[];
  /** All messages. */
  readonly told: string;
  readonly isRefused: boolean;
  readonly hasPlan: boolean;
}

/** @param world what stands beside the text */
export function pictureOf(text: string, world: World): Picture {
  const texts = [
    { name: 'mesh.yaml', text },
    { name: 'more.yaml', text: world.more },
  ];
  const documents = texts.flatMap((one) => [...parseDocuments(one)]);
  const resources = loadDocuments(documents);
  const [raw] = parseDocuments({ name: 'scenario.yaml', text: world.scenario });
  const { document, diagnostics: problems } = validateScenario(raw!);
  if (document === null) throw new Error(`the scenario of the world is wrong: ${JSON.stringify(problems)}`);
  const { plan, ...run } = interpretScenario(raw!, document, resources);
  const diagnostics = [...resources.diagnostics, ...run.diagnostics];
  const { findings } = lint({ texts, documents, diagnostics, plan });
  const fidelity = [...resources.fidelity, ...run.fidelity];
  const words = diagnostics.map(({ code, message }) => [code, message]);
  const noted = fidelity.map(({ path, meaning }) => [path, meaning]);
  const found = findings.map(({ code, message, path }) => [code, message, path]);
  return {
    sum: JSON.stringify([words, noted, found, plan], withoutPlaces),
    listed: fidelity.map(({ path }) => path),
    told: words.map(([, message]) => message).join('\n'),
    isRefused: resources.diagnostics.some(({ severity }) => severity === 'error'),
    hasPlan: plan !== null,
  };
}

function withoutPlaces(key: string, value: unknown): unknown {
  return ['position', 'line', 'column'].includes(key) ? undefined : value;
}
