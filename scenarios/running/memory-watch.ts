// How much memory a run may take: a bound on the whole process, and the heap that Node gives each of its threads. A run that reaches one of them stops
// with what it has, instead of taking the machine or the finished replications with it.
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** Of the memory of the machine, or of the container; the rest is for whoever else is there. */
const SHARE_OF_MACHINE = 0.75;
/** Of a thread's heap: live objects beyond it leave the collector no room. */
const SHARE_OF_HEAP = 0.9;

/** Bytes of resident memory at which a run stops where nobody says (`--max-memory`). */
export function defaultMemoryMaxBytes(): number {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  return Math.floor(SHARE_OF_MACHINE * (constrained > 0 && constrained < total ? constrained : total));
}

/** Whether the process has reached its bound, or this thread the end of its heap. */
export function isMemoryFull(maxBytes: number): boolean {
  if (process.memoryUsage.rss() > maxBytes) return true;
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used > SHARE_OF_HEAP * limit;
}
