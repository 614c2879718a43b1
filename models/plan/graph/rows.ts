// Edges and rows: the labels under which a run observes, each once.
import type { EdgePlan, RowPlan } from '../contract/plan.js';

export class Rows {
  readonly edges: EdgePlan[] = [];
  readonly all: RowPlan[] = [];
  private readonly numbers = new Map<string, number>();

  edge(from: number, fromName: string, toName: string): number {
    return this.intern(`edge ${from} ${fromName} ${toName}`, this.edges, { from, fromName, toName });
  }

  /** `workload` NONE: what no upstream answered. */
  row(edge: number, request: string, workload: number): number {
    return this.intern(`row ${edge} ${workload} ${request}`, this.all, { edge, request, workload });
  }

  private intern<T>(key: string, list: T[], value: T): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, list.length);
    list.push(value);
    return list.length - 1;
  }
}
