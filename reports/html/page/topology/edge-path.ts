// The way of a line through the map: cubic curves from its caller's side to its callee's, as SVG draws them and as points along them.
import type { Point } from './layout.js';

export interface Curve {
  readonly from: Point;
  readonly control1: Point;
  readonly control2: Point;
  readonly to: Point;
}

/** Before the callee, for the head of the arrow. */
const HEAD = 7;

/** A smooth line through the points, leaving its caller on the right and reaching its callee on the left. `half`: of a node's width. */
export function edgeCurves(points: readonly Point[], half: number, lift: number): Curve[] {
  const first = points[0]!;
  const last = points.at(-1)!;
  if (last.x <= first.x) return [loop(first, last, half, lift)];
  const stops = [{ x: first.x + half, y: first.y }];
  for (const point of points.slice(1, -1))
    stops.push({ x: point.x - half, y: point.y }, { x: point.x + half, y: point.y });
  stops.push({ x: last.x - half - HEAD, y: last.y });
  return stops.slice(1).map((to, i) => {
    const from = stops[i]!;
    const middle = (from.x + to.x) / 2;
    return { from, control1: { x: middle, y: from.y }, control2: { x: middle, y: to.y }, to };
  });
}

/** A call back to an earlier layer, or to itself: a loop over the top. */
function loop(first: Point, last: Point, half: number, lift: number): Curve {
  const from = { x: first.x + half, y: first.y };
  const to = { x: last.x - half - HEAD, y: last.y };
  const top = Math.min(first.y, last.y) - lift;
  return { from, control1: { x: from.x + 60, y: top }, control2: { x: to.x - 60, y: top }, to };
}

/** The attribute `d` of a path. */
export function pathText(curves: readonly Curve[]): string {
  const [first] = curves;
  if (first === undefined) return '';
  return `M${text(first.from)}${curves
    .map(({ from, control1, control2, to }) =>
      from.y === to.y && control1.y === from.y ? `L${text(to)}` : `C${text(control1)} ${text(control2)} ${text(to)}`,
    )
    .join('')}`;
}

/** The point at a share 0..1 of the curves, each of which counts alike. */
export function pointOn(curves: readonly Curve[], share: number): Point {
  const at = Math.min(curves.length - 1, Math.floor(share * curves.length));
  const { from, control1, control2, to } = curves[at]!;
  const t = share * curves.length - at;
  const blend = (a: number, b: number, c: number, d: number): number => {
    const u = 1 - t;
    return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
  };
  return { x: blend(from.x, control1.x, control2.x, to.x), y: blend(from.y, control1.y, control2.y, to.y) };
}

function text({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
