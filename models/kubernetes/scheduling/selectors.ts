// Label selectors and requirements on labels (k8s: staging/src/k8s.io/apimachinery/pkg/labels/selector.go,
// staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go).

/** Labels of an object. */
export type Labels = ReadonlyMap<string, string>;

/** One requirement on a label. Gt and Lt are for nodes, and compare whole numbers. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** Requirements that all have to hold: `matchLabels` are requirements of the operator In. Empty: all labels match. */
export type Selector = readonly Requirement[];

/** The selector of `matchLabels`. */
export function matchLabels(labels: Labels): Selector {
  return [...labels].map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}

/** Whether labels fulfil a selector. */
export function matches(selector: Selector, labels: Labels): boolean {
  return selector.every((requirement) => holds(requirement, labels));
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels.get(key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return compared(value, values) > 0;
    case 'Lt':
      return compared(value, values) < 0;
  }
}

/** The difference of a label and the one value of its requirement; 0: one of them is no whole number. */
function compared(value: string | undefined, [bound]: readonly string[]): number {
  const isNumber = (text: string | undefined): text is string => text !== undefined && /^[+-]?\d+$/.test(text);
  return isNumber(value) && isNumber(bound) ? Number(value) - Number(bound) : 0;
}
