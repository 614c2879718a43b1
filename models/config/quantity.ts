// Kubernetes quantities: `500m`, `1.5Gi`, `1e3` (kubernetes: staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go).

import { lookup } from '../../sim/lookup.js';
/** An exact amount in billionths, the smallest unit that Kubernetes keeps. */
export interface Quantity {
  readonly nano: bigint;
  /** Suffix as written: `m`, `Gi`, `e3`, or ''. */
  readonly suffix: string;
}

/** What a quantity should look like, for messages. */
export const QUANTITY_EXPECTED = 'a quantity such as 500m, 2 or 1.5Gi';

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/;
const DECIMAL_EXPONENT: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SHIFT: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const NANO = 1_000_000_000n;
/** Kubernetes caps what is larger than an int64. */
const MAX_NANO = 9223372036854775807n * NANO;
/** Exponents beyond this make any number either too large or smaller than a billionth. */
const MAX_EXPONENT = 400;
const MAX_DIGITS = 1000;

/** The quantity, or null where Kubernetes would refuse the text. Amounts finer than a billionth are rounded up (away from zero). */
export function parseQuantity(text: string): Quantity | null {
  const form = FORM.exec(text);
  if (form === null || text.length > MAX_DIGITS) return null;
  const whole = form[2]!;
  const fraction = form[3] ?? '';
  const suffix = form[4] ?? '';
  if (whole === '' && fraction === '') return null;
  const nano = scaled(
    BigInt(whole + fraction),
    decimalExponent(suffix) - fraction.length,
    lookup(BINARY_SHIFT, suffix) ?? 0n,
  );
  const capped = nano > MAX_NANO ? MAX_NANO : nano;
  return { nano: form[1] === '-' ? -capped : capped, suffix };
}

function decimalExponent(suffix: string): number {
  if (suffix.length > 1 && (suffix[0] === 'e' || suffix[0] === 'E') && suffix !== 'Ei') {
    return Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, Number(suffix.slice(1))));
  }
  return lookup(DECIMAL_EXPONENT, suffix) ?? 0;
}

/** digits * 10^exponent * 2^shift in billionths, rounded up. */
function scaled(digits: bigint, exponent: number, shift: bigint): bigint {
  const shifted = digits << shift;
  const power = exponent + 9;
  return power >= 0 ? shifted * tenTo(power) : divideUp(shifted, tenTo(-power));
}

function tenTo(exponent: number): bigint {
  return BigInt(`1${'0'.repeat(exponent)}`);
}

function divideUp(value: bigint, divisor: bigint): bigint {
  return value >= 0n ? (value + divisor - 1n) / divisor : -((-value + divisor - 1n) / divisor);
}

/** In thousandths, rounded up: `100u` is 1. */
export function quantityMilli(quantity: Quantity): number {
  return Number(divideUp(quantity.nano, 1_000_000n));
}

/**
 * A limit of CPU in thousandths of a core; null: none. A limit of 0 is none: no quota is set (kubernetes: pkg/kubelet/cm/helpers_linux.go,
 * MilliCPUToQuota), and who asks for it is told of the node's cores (pkg/api/v1/resource/helpers.go, MergeContainerResourceLimits).
 */
export function limitMilli(quantity: Quantity | null): number | null {
  return quantity === null || quantity.nano <= 0n ? null : quantityMilli(quantity);
}

/** A limit of memory in bytes; null: none, as 0 means in a cgroup's limit of the kubelet. */
export function limitValue(quantity: Quantity | null): number | null {
  return quantity === null || quantity.nano <= 0n ? null : quantityValue(quantity);
}

/** In whole units, rounded up: `1.5Gi` is 1610612736. */
export function quantityValue(quantity: Quantity): number {
  return Number(divideUp(quantity.nano, NANO));
}
