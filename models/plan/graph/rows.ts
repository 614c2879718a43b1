// Edges and rows: the labels under which a run observes, each once.
import type { EdgePlan, RowPlan } from '../contract/plan.js';
import type { Numbering } from '../terms/numbering.js';

export class Rows {
  readonly edges: EdgePlan[] = [];
  readonly all: RowPlan[] = [];

  constructor(private readonly numbering: Numbering) {}

  edge(from: number, fromName: string, toName: string): number {
    const number = this.numbering.edges.of(`${from} ${fromName} ${toName}`);
    this.edges[number] ??= { from, fromName, toName };
    return number;
  }

  /** `workload` NONE: what no upstream answered. */
  row(edge: number, request: string, workload: number): number {
    const number = this.numbering.rows.of(`${edge} ${workload} ${request}`);
    this.all[number] ??= { edge, request, workload };
    return number;
  }
}
