// Retries that multiply the load: where callers above retry too, the factors multiply, so that what counts is the product along a chain of calls
// (https://sre.google/sre-book/addressing-cascading-failures/, "Retries").
import type { Facts } from './facts.js';
import type { Ledger, RetryLayer } from './ledger.js';
import { edgeSubject } from './subjects.js';

/** Tries for each call from which on retries count as a load of their own. */
const TRIES = 1.2;
/** Tries for each call from which on an edge is a layer of a chain. */
const LAYER = 1.05;

interface Edge {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly rows: readonly number[];
  readonly factor: number;
}

interface Chain {
  readonly edges: readonly Edge[];
  readonly product: number;
}

/** One finding for each chain, at its last edge; what is part of a longer chain is not told again. */
export function noteRetries(facts: Facts, ledger: Ledger): void {
  const edges = retryingEdges(facts);
  const chains = edges
    .map((edge) => chainTo(edge, edges, new Set()))
    .filter(({ product }) => product >= TRIES)
    .sort((a, b) => b.product - a.product);
  const told = new Set<Edge>();
  for (const { edges: own, product } of chains) {
    if (told.has(own[own.length - 1])) continue;
    for (const edge of own) told.add(edge);
    const last = own[own.length - 1];
    const entry = ledger.entry('F301', { kind: 'edge', name: last.name, rows: own.flatMap(({ rows }) => rows) });
    entry.factor = product;
    entry.layers = own.map(({ name, factor }): RetryLayer => ({ name, factor }));
  }
}

/** The chain of retrying edges with the largest product that ends with this edge. */
function chainTo(edge: Edge, edges: readonly Edge[], seen: ReadonlySet<Edge>): Chain {
  let best: Chain = { edges: [], product: 1 };
  const passed = new Set([...seen, edge]);
  for (const before of edges) {
    if (before.to !== edge.from || passed.has(before)) continue;
    const chain = chainTo(before, edges, passed);
    if (chain.product > best.product) best = chain;
  }
  return { edges: [...best.edges, edge], product: best.product * edge.factor };
}

function retryingEdges(facts: Facts): Edge[] {
  const found = new Map<string, Edge>();
  facts.rows.forEach((_, row) => {
    const { name, rows } = edgeSubject(facts, row);
    if (found.has(name)) return;
    let attempts = 0;
    let retries = 0;
    for (const own of rows) {
      attempts += facts.rows[own].attempts;
      retries += facts.rows[own].retries;
    }
    const { fromName, toName } = facts.plan.edges[facts.plan.rows[row].edge];
    // Retries and calls of the same time: what is still under way does not count as a retry.
    const factor = attempts > retries ? attempts / (attempts - retries) : 1;
    found.set(name, { name, from: fromName, to: toName, rows, factor });
  });
  return [...found.values()].filter(({ factor }) => factor >= LAYER);
}
