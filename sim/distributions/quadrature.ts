// Numerical integration over the unit interval. Source: Gauss-Kronrod rule of 7 and 15 points (Piessens et al., QUADPACK, 1983), with
// bisection where the two disagree.
import { sqrt } from '../math.js';

const NODES = [
  0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945, 0.5860872354676911,
  0.4058451513773972, 0.20778495500789848,
];
const KRONROD = [
  0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592, 0.1690047266392679,
  0.19035057806478542, 0.20443294007529889,
];
const KRONROD_CENTRE = 0.20948214108472782;
/** Weights of the nodes with odd index. */
const GAUSS = [0.1294849661688697, 0.27970539148927664, 0.3818300505051189];
const GAUSS_CENTRE = 0.4179591836734694;

const TOLERANCE = 1e-10;
const MAX_LEVELS = 40;
const MAX_PIECES = 8000;

/**
 * The integral over (0, 1) of a function with values of the order of 1, which may jump. Pieces whose two rules disagree are halved, all of
 * one width before any of the next, up to 40 times. The absolute error is about 1e-9 for up to some fifty jumps; after 8,000 pieces the rest is
 * taken as it is, which for a monotone function from 0 to 1 leaves an error below 1e-3.
 */
export function integrateUnit(f: (u: number) => number): number {
  let total = 0;
  let pieces = 0;
  let starts: readonly number[] = [0];
  let width = 1;
  for (let level = 0; starts.length > 0; level++) {
    pieces += starts.length;
    const last = level === MAX_LEVELS || pieces + 2 * starts.length > MAX_PIECES;
    const halved: number[] = [];
    for (const start of starts) {
      const { kronrod, gauss } = integratePiece(f, start + width / 2, width / 2);
      if (last || Math.abs(kronrod - gauss) < TOLERANCE * sqrt(width)) total += kronrod;
      else halved.push(start, start + width / 2);
    }
    starts = halved;
    width /= 2;
  }
  return total;
}

function integratePiece(f: (u: number) => number, centre: number, half: number): { kronrod: number; gauss: number } {
  const middle = f(centre);
  let kronrod = KRONROD_CENTRE * middle;
  let gauss = GAUSS_CENTRE * middle;
  for (let i = 0; i < NODES.length; i++) {
    const pair = f(centre - half * NODES[i]) + f(centre + half * NODES[i]);
    kronrod += KRONROD[i] * pair;
    if (i % 2 === 1) gauss += GAUSS[(i - 1) / 2] * pair;
  }
  return { kronrod: half * kronrod, gauss: half * gauss };
}
