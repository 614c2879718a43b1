// Bytes of a file → text. UTF-8, or UTF-16 by its mark, which is what PowerShell's `>` writes (Unicode standard 3.10, byte order mark). What is
// neither is said with its place: half-read YAML would be simulated as if it were all. NUL characters are the parser's to refuse.
import type { Diagnostic } from './diagnostic.js';

export type Decoded = { readonly text: string } | { readonly problem: Diagnostic };

const UTF8_HINT = 'save the file as UTF-8, or as UTF-16 with its byte order mark';

/** @param name of the file, for the place of a problem */
export function decodeText(name: string, bytes: Uint8Array): Decoded {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) {
    if (third === 0 && fourth === 0 && bytes.length % 4 === 0) return utf32(name);
    return utf16(name, bytes.subarray(2));
  }
  if (first === 0xfe && second === 0xff) return utf16(name, swapped(bytes.subarray(2)));
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return utf32(name);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: invalidUtf8(name, bytes) };
  }
}

/** Little-endian, without its mark. */
function utf16(name: string, bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder('utf-16le', { fatal: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder('utf-16le').decode(bytes.subarray(0, bytes.length - (bytes.length % 2)));
    const lost = text.indexOf('\uFFFD');
    const message = 'the byte order mark says UTF-16, but the text is cut off or damaged here';
    return { problem: problem(name, lost < 0 ? text : text.slice(0, lost), message, UTF8_HINT) };
  }
}

function utf32(name: string): Decoded {
  return { problem: problem(name, '', 'the text is UTF-32, by its byte order mark', UTF8_HINT) };
}

function swapped(bytes: Uint8Array): Uint8Array {
  const even = new Uint8Array(bytes);
  for (let i = 0; i + 1 < even.length; i += 2) {
    even[i] = bytes[i + 1]!;
    even[i + 1] = bytes[i]!;
  }
  return even;
}

function invalidUtf8(name: string, bytes: Uint8Array): Diagnostic {
  const offset = invalidOffset(bytes);
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const byte = `0x${bytes[offset]!.toString(16).padStart(2, '0')}`;
  return problem(name, before, `the text is not UTF-8: the byte ${byte} here belongs to no character`, UTF8_HINT);
}

/** Offset of the first byte that is not part of a character: by halves, since a valid beginning decodes as a stream. */
function invalidOffset(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (valid < invalid) {
    const middle = (valid + invalid + 1) >> 1;
    if (isBeginning(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle - 1;
  }
  let start = valid;
  // A character that was begun and not finished is invalid from its first byte on.
  while (start > 0 && !isWhole(bytes.subarray(0, start))) start -= 1;
  return Math.min(start, bytes.length - 1);
}

function isBeginning(bytes: Uint8Array): boolean {
  return decodes(bytes, true);
}

function isWhole(bytes: Uint8Array): boolean {
  return decodes(bytes, false);
}

function decodes(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

/** At the end of `before`. */
function problem(file: string, before: string, message: string, hint: string): Diagnostic {
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return { code: 'input-not-text', severity: 'error', position: { file, line, column }, message, hint };
}
