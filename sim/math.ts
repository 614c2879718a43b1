// The one place for mathematics whose bits must be the same on every Node version: `Math.pow` and `**` differ between versions,
// `log log1p exp expm1 sin cos sqrt` and the arithmetic operators do not. Powers and special functions are built from those alone.
// Sources: normal quantile: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988). Normal cdf: Cody, Rational Chebyshev
// approximations for the error function, Math. Comp. 23 (1969). Gamma function: Stirling's series. The incomplete gamma function is in
// distributions/incomplete-gamma.ts.

/** log of the square root of 2 pi. */
export const LOG_SQRT_TWO_PI = 0.9189385332046728;
const INV_SQRT_TWO_PI = 0.3989422804014327;

/** Natural logarithm. */
export function log(x: number): number {
  return Math.log(x);
}

/** log(1 + x), exact near 0. */
export function log1p(x: number): number {
  return Math.log1p(x);
}

/** e to the x. */
export function exp(x: number): number {
  return Math.exp(x);
}

/** exp(x) - 1, exact near 0. */
export function expm1(x: number): number {
  return Math.expm1(x);
}

/** Sine of x radians. */
export function sin(x: number): number {
  return Math.sin(x);
}

/** Cosine of x radians. */
export function cos(x: number): number {
  return Math.cos(x);
}

/** Square root. */
export function sqrt(x: number): number {
  return Math.sqrt(x);
}

/**
 * x to the n by multiplication: exact wherever the products are. Negative n gives the reciprocal.
 * @throws RangeError if n is not an integer.
 */
export function powInt(x: number, n: number): number {
  if (!Number.isInteger(n)) throw new RangeError(`powInt wants an integer exponent, not ${n}`);
  let rest = Math.abs(n);
  let square = x;
  let product = 1;
  while (rest > 0) {
    if (rest % 2 === 1) product *= square;
    rest = Math.floor(rest / 2);
    if (rest > 0) square *= square;
  }
  return n < 0 ? 1 / product : product;
}

/** x to the real power k for x >= 0 as exp(k log x); 0^0 = 1, 0^k = 0 and 0^-k = Infinity for k > 0; NaN for x < 0. */
export function powReal(x: number, k: number): number {
  if (k === 0 || x === 1) return 1;
  if (x === 0) return k > 0 ? 0 : Infinity;
  return Math.exp(k * Math.log(x));
}

/** The standard normal density. */
export function normalDensity(z: number): number {
  return INV_SQRT_TWO_PI * Math.exp(-0.5 * z * z);
}

/** The standard normal distribution function P(Z <= z); small values keep their relative accuracy (about 1e-15). */
export function normalCdf(z: number): number {
  const y = Math.abs(z);
  if (y <= 0.67448975) {
    const s = z * z;
    const p = poly4(
      s,
      0.06568233791820745,
      2.2352520354606837,
      161.02823106855587,
      1067.6894854603709,
      18154.98125334356,
    );
    const q = poly4(s, 1, 47.20258190468824, 976.0985517377767, 10260.932208618979, 45507.789335026726);
    return 0.5 + (z * p) / q;
  }
  const tail = normalUpperTail(y);
  return z > 0 ? 1 - tail : tail;
}

/** P(Z > y) for y > 0.674. */
function normalUpperTail(y: number): number {
  if (y > 38.6) return 0;
  const ratio = y <= 5.656854249492381 ? middleTail(y) : outerTail(y);
  // exp(-y*y/2) in two parts, so that the rounding of y*y does not spoil the far tail.
  const coarse = Math.trunc(y * 16) / 16;
  return Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * (y - coarse) * (y + coarse)) * ratio;
}

function middleTail(y: number): number {
  const p = poly7(
    y,
    0.39894151208813466,
    8.883149794388375,
    93.50665613217785,
    597.2702763948002,
    2494.5375852903726,
    6848.190450536283,
    11602.65143764735,
    9842.714838383978,
  );
  const q = poly7(
    y,
    22.266688044328117,
    235.387901782625,
    1519.3775994075547,
    6485.558298266761,
    18615.571640885097,
    34900.95272114598,
    38912.00328609327,
    19685.429676859992,
  );
  const y8 = powInt(y, 8);
  return (1.0765576773720192e-8 * y8 + p) / (y8 + q);
}

function outerTail(y: number): number {
  const s = 1 / (y * y);
  const p = poly5(
    s,
    0.023073441764940174,
    0.215898534057957,
    0.12740116116024736,
    0.022235277870649807,
    0.0014216191932278934,
    2.9112874951168793e-5,
  );
  const q = poly5(
    s,
    1,
    1.284260096144911,
    0.4682382124808651,
    0.06598813786892856,
    0.0037823963320275824,
    7.297515550839662e-5,
  );
  return (INV_SQRT_TWO_PI - (s * p) / q) / y;
}

const CELL = new Float64Array(1);

/** The standard normal quantile, to full double accuracy; -Infinity at 0 and Infinity at 1. */
export function normalQuantile(u: number): number {
  CELL[0] = u;
  toNormalQuantile(CELL);
  return CELL[0];
}

/**
 * Puts the standard normal quantile of `cell[0]` in its place. By way of memory, because a number that goes into or out of a function too large to be
 * compiled into its caller costs an allocation.
 */
export function toNormalQuantile(cell: Float64Array): void {
  const u = cell[0];
  const q = u - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    cell[0] =
      (q *
        poly7(
          r,
          2509.0809287301227,
          33430.57558358813,
          67265.7709270087,
          45921.95393154987,
          13731.69376550946,
          1971.5909503065513,
          133.14166789178438,
          3.3871328727963665,
        )) /
      poly7(
        r,
        5226.495278852546,
        28729.085735721943,
        39307.89580009271,
        21213.794301586597,
        5394.196021424751,
        687.1870074920579,
        42.31333070160091,
        1,
      );
    return;
  }
  if (!(u > 0 && u < 1)) {
    cell[0] = u === 0 ? -Infinity : u === 1 ? Infinity : NaN;
    return;
  }
  const tail = Math.sqrt(-Math.log(q < 0 ? u : 1 - u));
  if (tail <= 5) {
    cell[0] = tail - 1.6;
    toNearTailQuantile(cell);
  } else {
    cell[0] = tail - 5;
    toFarTailQuantile(cell);
  }
  if (q < 0) cell[0] = -cell[0];
}

function toNearTailQuantile(cell: Float64Array): void {
  const r = cell[0];
  cell[0] =
    poly7(
      r,
      0.0007745450142783414,
      0.022723844989269184,
      0.2417807251774506,
      1.2704582524523684,
      3.6478483247632045,
      5.769497221460691,
      4.630337846156546,
      1.4234371107496835,
    ) /
    poly7(
      r,
      1.0507500716444169e-9,
      0.0005475938084995345,
      0.015198666563616457,
      0.14810397642748008,
      0.6897673349851,
      1.6763848301838038,
      2.053191626637759,
      1,
    );
}

function toFarTailQuantile(cell: Float64Array): void {
  const r = cell[0];
  cell[0] =
    poly7(
      r,
      2.0103343992922881e-7,
      2.7115555687434876e-5,
      0.0012426609473880784,
      0.026532189526576124,
      0.29656057182850487,
      1.7848265399172913,
      5.463784911164114,
      6.657904643501103,
    ) /
    poly7(
      r,
      2.0442631033899397e-15,
      1.421511758316446e-7,
      1.8463183175100548e-5,
      0.0007868691311456133,
      0.014875361290850615,
      0.1369298809227358,
      0.599832206555888,
      1,
    );
}

function poly4(x: number, c4: number, c3: number, c2: number, c1: number, c0: number): number {
  return (((c4 * x + c3) * x + c2) * x + c1) * x + c0;
}

function poly5(x: number, c5: number, c4: number, c3: number, c2: number, c1: number, c0: number): number {
  return poly4(x, c5, c4, c3, c2, c1) * x + c0;
}

function poly7(
  x: number,
  c7: number,
  c6: number,
  c5: number,
  c4: number,
  c3: number,
  c2: number,
  c1: number,
  c0: number,
): number {
  return (poly5(x, c7, c6, c5, c4, c3, c2) * x + c1) * x + c0;
}

/** log Gamma(x) for x > 0; the absolute error is below 1e-14 up to x = 10, the relative error below 1e-15 beyond. NaN for x <= 0. */
export function lnGamma(x: number): number {
  if (!(x > 0)) return NaN;
  let shifted = x;
  let product = 1;
  while (shifted < 10) {
    product *= shifted;
    shifted += 1;
  }
  const large = (shifted - 0.5) * Math.log(shifted) - shifted + LOG_SQRT_TWO_PI + stirlingRest(shifted);
  return product === 1 ? large : large - Math.log(product);
}

/** What Stirling's formula leaves of log Gamma(x), for x >= 10. */
export function stirlingRest(x: number): number {
  const s = 1 / (x * x);
  return ((((((s / 156 - 691 / 360360) * s + 1 / 1188) * s - 1 / 1680) * s + 1 / 1260) * s - 1 / 360) * s + 1 / 12) / x;
}

/** Gamma(x) for x > 0; Infinity beyond 171.6. */
export function gammaFunction(x: number): number {
  if (Number.isInteger(x) && x <= 171) {
    let product = 1;
    for (let i = 2; i < x; i++) product *= i;
    return x > 0 ? product : NaN;
  }
  return Math.exp(lnGamma(x));
}
