// Sums of exponential phases (Erlang for whole shapes) and everything between: less variable than exponential for shape > 1, more for
// shape < 1. The inverse of the incomplete gamma function takes microseconds, so the quantile function is laid down once as a table of
// log x over the normal score z, with cubic Hermite pieces (value and slope are exact at the nodes). The grid is halved until the error
// in the middle of every piece, found by the exact inverse, is below 1e-9 relative; beyond |z| = 8.25 the exact inverse is used.
import { exp, normalCdf, normalDensity, normalQuantile } from '../math.js';
import type { Distribution } from './distribution.js';
import { gammaP, logGammaDensity, logGammaQuantile } from './incomplete-gamma.js';

const TABLE_END = 8.25;
const TABLE_TOLERANCE = 1e-9;
const FIRST_NODES_PER_UNIT = 16;
const MAX_NODES_PER_UNIT = 1024;

export class GammaDistribution implements Distribution {
  readonly variance: number;
  readonly min = 0;
  readonly max = Infinity;
  private readonly scale: number;
  private readonly nodesPerUnit: number;
  /** log x, and its slope over one piece, at each node. */
  private readonly values: Float64Array;
  private readonly slopes: Float64Array;

  constructor(
    readonly mean: number,
    private readonly shape: number,
  ) {
    this.scale = mean / shape;
    this.variance = this.scale * mean;
    const table = layTable(shape);
    this.nodesPerUnit = table.nodesPerUnit;
    this.values = table.values;
    this.slopes = table.slopes;
  }

  sample(u: number): number {
    const z = normalQuantile(u);
    if (!(z > -TABLE_END && z < TABLE_END)) return this.scale * exp(exactLogQuantile(this.shape, z));
    const place = (z + TABLE_END) * this.nodesPerUnit;
    const piece = Math.floor(place);
    return this.scale * exp(hermite(this.values, this.slopes, piece, place - piece));
  }

  cdf(x: number): number {
    return gammaP(this.shape, x / this.scale);
  }
}

/** log of the quantile of the gamma distribution of scale 1 at normal score z. */
function exactLogQuantile(shape: number, z: number): number {
  return z < 0 ? logGammaQuantile(shape, normalCdf(z), false) : logGammaQuantile(shape, normalCdf(-z), true);
}

function hermite(values: Float64Array, slopes: Float64Array, piece: number, t: number): number {
  const rest = 1 - t;
  const from = (1 + 2 * t) * values[piece] + t * slopes[piece];
  const to = (3 - 2 * t) * values[piece + 1] - rest * slopes[piece + 1];
  return rest * rest * from + t * t * to;
}

interface Table {
  readonly nodesPerUnit: number;
  readonly values: Float64Array;
  readonly slopes: Float64Array;
}

function layTable(shape: number): Table {
  let nodesPerUnit = FIRST_NODES_PER_UNIT;
  let values = new Float64Array(2 * TABLE_END * nodesPerUnit + 1);
  for (let i = 0; i < values.length; i++) values[i] = exactLogQuantile(shape, i / nodesPerUnit - TABLE_END);
  let slopes = slopesAt(shape, values, nodesPerUnit);
  for (;;) {
    // The middles that check this grid are the new nodes of the next.
    const finer = new Float64Array(2 * values.length - 1);
    let worst = 0;
    for (let i = 0; i < values.length; i++) {
      finer[2 * i] = values[i];
      if (i + 1 === values.length) break;
      finer[2 * i + 1] = exactLogQuantile(shape, (i + 0.5) / nodesPerUnit - TABLE_END);
      worst = Math.max(worst, Math.abs(finer[2 * i + 1] - hermite(values, slopes, i, 0.5)));
    }
    if (worst < TABLE_TOLERANCE || nodesPerUnit >= MAX_NODES_PER_UNIT) return { nodesPerUnit, values, slopes };
    nodesPerUnit *= 2;
    values = finer;
    slopes = slopesAt(shape, values, nodesPerUnit);
  }
}

/** d log x / dz = density of z / density of log x, times the width of a piece. */
function slopesAt(shape: number, values: Float64Array, nodesPerUnit: number): Float64Array<ArrayBuffer> {
  const slopes = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    slopes[i] = normalDensity(i / nodesPerUnit - TABLE_END) / logGammaDensity(shape, values[i]) / nodesPerUnit;
  }
  return slopes;
}
