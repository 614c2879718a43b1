// Small shapes that several kinds share (kubernetes: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go).

/** Labels, annotations, selectors and the like, in the order of the file. */
export type StringMap = Readonly<Record<string, string>>;

/** One requirement of a set-based label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** All labels and all requirements must hold; both empty = everything matches. */
export interface LabelSelector {
  readonly matchLabels: StringMap;
  readonly matchExpressions: readonly LabelRequirement[];
}
