// A count, or a percentage of a total (k8s: staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go,
// GetScaledValueFromIntOrPercent).

/** A whole number >= 0, or a percentage >= 0 of a total that is named where the value is used. */
export type IntOrPercent = number | { readonly percent: number };

/** The count that `value` means of `total`; a percentage is rounded up. */
export function scaledUp(value: IntOrPercent, total: number): number {
  return typeof value === 'number' ? value : Math.ceil((value.percent * total) / 100);
}

/** The count that `value` means of `total`; a percentage is rounded down. */
export function scaledDown(value: IntOrPercent, total: number): number {
  return typeof value === 'number' ? value : Math.floor((value.percent * total) / 100);
}
