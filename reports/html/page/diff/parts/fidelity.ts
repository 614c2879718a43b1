// What the simulation approximates or leaves out in each world: first where the worlds differ, because that may bear on the comparison.
import type { Diagnostic, FidelityEntry } from '../../../../../models/config/diagnostic.js';
import type { ArmSummary, Comparison, DiffResult } from '../../../../../scenarios/result/diff-result.js';
import { segmented, toolbar } from '../../controls.js';
import { h, replaceChildren } from '../../dom.js';
import { drawFidelity } from '../../parts/fidelity.js';

type World = Pick<ArmSummary, 'fidelity' | 'diagnostics'>;
type View = 'differences' | 'base' | 'candidate';

export function drawFidelities(mount: HTMLElement, { candidate }: Comparison, { base }: DiffResult): void {
  const onlyBase = without(base, candidate);
  const onlyCandidate = without(candidate, base);
  const differences = countOf(onlyBase) + countOf(onlyCandidate);
  const place = h('div');
  const draw = (view: View): void => {
    switch (view) {
      case 'base':
        drawFidelity(place, base.fidelity, base.diagnostics);
        break;
      case 'candidate':
        drawFidelity(place, candidate.fidelity, candidate.diagnostics);
        break;
      case 'differences':
        drawDifferences(place, onlyBase, onlyCandidate);
        break;
    }
  };
  const choices = [
    { value: 'differences', label: `Differences (${differences})` },
    { value: 'base', label: `Base (${countOf(base)})` },
    { value: 'candidate', label: `Candidate (${countOf(candidate)})` },
  ];
  replaceChildren(mount, toolbar(segmented('World', choices, 'differences', (value) => draw(value as View))), place);
  draw('differences');
}

function drawDifferences(place: HTMLElement, onlyBase: World, onlyCandidate: World): void {
  if (countOf(onlyBase) + countOf(onlyCandidate) === 0) {
    replaceChildren(
      place,
      h(
        'p',
        { class: 'calm' },
        'Both worlds are simulated alike: the same fields are approximated or left out in each.',
      ),
    );
    return;
  }
  replaceChildren(place);
  for (const [title, world] of [
    ['Only in the base', onlyBase],
    ['Only in the candidate', onlyCandidate],
  ] as const) {
    if (countOf(world) === 0) continue;
    const list = h('div');
    place.append(h('h3', {}, title), list);
    drawFidelity(list, world.fidelity, world.diagnostics);
  }
}

function countOf({ fidelity, diagnostics }: World): number {
  return fidelity.length + diagnostics.length;
}

/** What the other world does not say as well; places do not count. */
function without(own: World, other: World): World {
  const entries = new Set(other.fidelity.map(entryKey));
  const findings = new Set(other.diagnostics.map(findingKey));
  return {
    fidelity: own.fidelity.filter((entry) => !entries.has(entryKey(entry))),
    diagnostics: own.diagnostics.filter((finding) => !findings.has(findingKey(finding))),
  };
}

function entryKey({ status, resource, path, meaning }: FidelityEntry): string {
  return JSON.stringify([status, resource, path, meaning]);
}

function findingKey({ code, message, hint }: Diagnostic): string {
  return JSON.stringify([code, message, hint]);
}
