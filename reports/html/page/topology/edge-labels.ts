// Where the words of a line stand: on the line, in one row or in two, and never over a node or over other words. What finds no place is left out:
// it is in the tooltip, in the panel and in the list.
import type { Point } from './layout.js';

export interface LabelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LabelWish {
  /** Places to try, the best first: the middle of the label. */
  readonly points: readonly Point[];
  /** Sizes to try at each place, the best first. */
  readonly sizes: readonly { readonly width: number; readonly height: number }[];
}

export interface PlacedLabel {
  readonly at: Point;
  /** Index in the sizes. */
  readonly size: number;
}

/** In the order of the wishes: what comes first chooses first. `obstacles`: boxes that nothing may touch. */
export function placeLabels(wishes: readonly LabelWish[], obstacles: readonly LabelBox[]): (PlacedLabel | null)[] {
  const grid = new Grid(obstacles);
  return wishes.map(({ points, sizes }) => {
    for (const [size, { width, height }] of sizes.entries()) {
      for (const at of points) {
        const box = { x: at.x - width / 2, y: at.y - height / 2, width, height };
        if (!grid.isFree(box)) continue;
        grid.add(box);
        return { at, size };
      }
    }
    return null;
  });
}

const CELL = 120;

/** Boxes by the cells of a grid that they lie in. */
class Grid {
  private readonly cells = new Map<string, LabelBox[]>();

  constructor(boxes: readonly LabelBox[]) {
    for (const box of boxes) this.add(box);
  }

  add(box: LabelBox): void {
    for (const cell of cellsOf(box)) {
      const known = this.cells.get(cell);
      if (known === undefined) this.cells.set(cell, [box]);
      else known.push(box);
    }
  }

  isFree(box: LabelBox): boolean {
    return cellsOf(box).every((cell) => !(this.cells.get(cell) ?? []).some((other) => overlap(box, other)));
  }
}

function cellsOf({ x, y, width, height }: LabelBox): string[] {
  const cells: string[] = [];
  for (let column = Math.floor(x / CELL); column <= Math.floor((x + width) / CELL); column++) {
    for (let row = Math.floor(y / CELL); row <= Math.floor((y + height) / CELL); row++) cells.push(`${column}/${row}`);
  }
  return cells;
}

function overlap(a: LabelBox, b: LabelBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
