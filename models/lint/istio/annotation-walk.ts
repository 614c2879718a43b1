// The annotations of Istio on the four kinds that `istioctl analyze` looks at, each with what is wrong with it first (istio:
// pkg/config/analysis/analyzers/annotations/annotations.go).
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { isIstioAnnotation, type KnownAnnotation, knownAnnotation } from './annotation-table.js';
import { annotationProblem } from './annotation-values.js';

export type AnnotationTrouble = 'unknown' | 'misplaced' | 'invalid';

export interface SeenAnnotation {
  readonly object: LintObject;
  readonly name: string;
  readonly value: string;
  readonly known: KnownAnnotation | null;
  readonly trouble: AnnotationTrouble | null;
  /** What is wrong with the value. */
  readonly problem: string;
}

const KINDS: readonly (readonly [string, string])[] = [
  ['', 'Namespace'],
  ['', 'Service'],
  ['', 'Pod'],
  ['apps', 'Deployment'],
];

export function istioAnnotations(mesh: LintMesh): SeenAnnotation[] {
  return KINDS.flatMap(([group, kind]) =>
    mesh.all(group, kind).flatMap((object) =>
      Object.entries(object.annotations)
        .filter(([name]) => isIstioAnnotation(name))
        .map(([name, value]) => seen(object, name, value)),
    ),
  );
}

function seen(object: LintObject, name: string, value: string): SeenAnnotation {
  const known = knownAnnotation(name);
  const found = { object, name, value, known, problem: '' };
  if (known === null) return { ...found, trouble: 'unknown' };
  if (known.kinds.includes('Any')) return { ...found, trouble: null };
  if (!known.kinds.includes(object.kind)) return { ...found, trouble: 'misplaced' };
  const problem = annotationProblem(name, value);
  return problem === null ? { ...found, trouble: null } : { ...found, trouble: 'invalid', problem };
}
