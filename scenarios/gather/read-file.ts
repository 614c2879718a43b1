// A file's bytes, never more than asked for, and never for ever: devices that have no end, and pipes that nobody writes to.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1 << 20;
/** A named pipe that nobody has opened for writing is given up after so long, and one whose writer says nothing. */
const NO_WRITER_MS = 10_000;
const SILENT_MS = 600_000;
const NAP_MS = 20;
const STANDARD_INPUT = 0;
const NAMES_OF_STANDARD_INPUT: readonly string[] = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];

/** A named pipe without a writer. */
export class SilentPipe extends Error {
  override readonly name = 'SilentPipe';
}

export type Read = { readonly bytes: Uint8Array } | 'too-large';

/**
 * Reads at most `limit` bytes of a file, a pipe, or standard input (`-`).
 * @throws as `readSync` does, and a SilentPipe where nobody writes to a pipe.
 */
export function readBounded(path: string, limit: number): Read {
  if (NAMES_OF_STANDARD_INPUT.includes(path)) return drain(STANDARD_INPUT, limit);
  // Without a writer, opening a pipe would wait for one, deaf to Ctrl-C.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return drain(file, limit);
  } finally {
    closeSync(file);
  }
}

function drain(file: number, limit: number): Read {
  const chunks: Uint8Array[] = [];
  const isPipe = file !== STANDARD_INPUT && fstatSync(file).isFIFO();
  let total = 0;
  let silentMs = 0;
  let unopenedMs = 0;
  while (silentMs < SILENT_MS && unopenedMs < NO_WRITER_MS) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, limit - total + 1));
    const count = readOnce(file, chunk);
    if (count === 0 && !(isPipe && total === 0)) return { bytes: joined(chunks, total) };
    if (count === null || count === 0) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NAP_MS);
      if (count === null) silentMs += NAP_MS;
      else unopenedMs += NAP_MS;
      continue;
    }
    silentMs = 0;
    total += count;
    if (total > limit) return 'too-large';
    chunks.push(chunk.subarray(0, count));
  }
  throw new SilentPipe('nobody writes to this pipe');
}

/** null: nothing there yet. */
function readOnce(file: number, chunk: Uint8Array): number | null {
  try {
    return readSync(file, chunk);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EAGAIN') return null;
    // What Windows says at the end of a pipe.
    if (code === 'EOF') return 0;
    throw error;
  }
}

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
