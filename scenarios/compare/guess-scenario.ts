// Worlds of which none has a scenario: the base's mesh tells what it can, as `seatrial init` would write it, and all sail under that.
import type { Diagnostic } from '../../models/config/diagnostic.js';
import { inferScenario } from '../init/infer.js';
import { SCENARIO_FILE } from '../init/infer-paths.js';
import type { ArmTexts, OwnScenario } from './read-arm.js';

/** The scenario guessed from the base; or why there is none. */
export function guessScenario({ source, directory, mesh, resources }: ArmTexts): OwnScenario | Diagnostic {
  const inference = inferScenario(mesh, resources, {
    file: SCENARIO_FILE,
    mesh: ['./'],
    nameOf: (file) => source.relativeName(directory, file),
  });
  if (inference.kind === 'nothing') return inference.diagnostic;
  const { raw, document, fidelity, draft } = inference;
  if (draft.objects.length > 0) return withoutObjects(inference.diagnostic);
  const message = `${inference.diagnostic.message}; made from the base ${source.name} for all`;
  return { raw, document, guess: { diagnostic: { ...inference.diagnostic, message }, fidelity } };
}

/** Objects that a scenario brings along cannot be compared: they are nobody's mesh. */
function withoutObjects({ position }: Diagnostic): Diagnostic {
  return {
    code: 'no-scenario',
    severity: 'error',
    position,
    message: 'these are topologies, not the YAML of a cluster',
    hint: 'write a scenario for each with seatrial init FILE, and compare those with --own-scenario',
  };
}
