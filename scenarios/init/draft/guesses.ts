// The guesses of a draft as entries of the fidelity list, so that every report of a run that rests on them says so.
import type { FidelityEntry } from '../../../models/config/diagnostic.js';
import { formatPath } from '../../document/validate.js';
import type { Draft, DraftBehaviour, DraftStep } from './draft.js';

export function guessEntries(draft: Draft): FidelityEntry[] {
  const resource = `Scenario ${draft.name}`;
  const entry = (
    path: readonly (string | number)[],
    at: FidelityEntry['position'],
    meaning: string,
  ): FidelityEntry => ({
    status: 'approximated',
    resource,
    path: formatPath(path),
    position: at,
    meaning,
  });
  const traffic = draft.traffic.flatMap((source, i) => {
    const path = ['spec', 'traffic', i];
    const { load, loadIsKnown, loadNote, note, caveat } = source;
    const how = load.kind === 'rate' ? `${load.ratePerSecond}/s` : `${load.connections} connections`;
    const known = loadIsKnown ? `${how} from ${loadNote.text}` : `${how} is a guess: ${loadNote.text}`;
    return [
      entry([...path, load.kind], note.at, `guessed traffic to ${source.to}: ${note.text}; ${known}`),
      ...(caveat === null ? [] : [entry([...path, 'to'], note.at, caveat)]),
    ];
  });
  const behaviours = draft.behaviours.flatMap((behaviour) => {
    const path = ['spec', behaviour.section, behaviour.name];
    return [
      ...(behaviour.section === 'services' ? [entry(path, behaviour.note.at, workMeaning(behaviour))] : []),
      ...behaviour.steps.flatMap((step, i) =>
        callsIn(step).map((call) =>
          entry([...path, 'steps', i], call.note.at, `guessed call to ${call.to}: ${call.note.text}`),
        ),
      ),
    ];
  });
  return [...traffic, ...behaviours];
}

function workMeaning({ name, note, steps }: DraftBehaviour): string {
  const work = steps.flatMap((step) => (step.kind === 'work' ? step.fields.map((field) => field.join(' ')) : []));
  return `the work of ${name} is a guess (${note.text}): ${work.join(', ')}`;
}

function callsIn(step: DraftStep): readonly Extract<DraftStep, { kind: 'call' }>[] {
  switch (step.kind) {
    case 'work':
      return [];
    case 'call':
      return [step];
    case 'parallel':
      return step.steps.flatMap(callsIn);
  }
}
