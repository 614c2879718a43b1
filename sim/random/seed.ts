// Turns a text (a seed, a purpose, a component's name) into well-mixed 32-bit words that key or seed a generator.
// Source: seedrandom 3 (its ARC4 main export), used only as a hash. Two traps of its own key set-up are closed here: it keeps the low
// byte of a UTF-16 unit only, and it repeats a short key, so that 'a' and 'aa' would be one seed. Therefore the text goes in as UTF-8
// behind its length, which makes different texts of up to 250 bytes different ARC4 keys.
import seedrandom from 'seedrandom';

/**
 * The first `count` words of the hash of `text`: any string, also empty, very long, or with lone surrogates. Words are signed, as typed
 * arrays and bitwise operators like them. Asking for more words extends the sequence, it does not change the beginning. Touches no
 * global generator and takes no entropy.
 * @throws RangeError if `count` is not a non-negative integer.
 */
export function seedWords(text: string, count: number): Int32Array {
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`word count must be a non-negative integer, not ${count}`);
  const bytes = utf8Bytes(text);
  const generator = seedrandom(`${bytes.length}:${bytes}`);
  const words = new Int32Array(count);
  for (let i = 0; i < count; i++) words[i] = generator.int32();
  return words;
}

/** UTF-8 with one character (0..255) a byte; a lone surrogate becomes its three bytes, so that no two texts meet. */
function utf8Bytes(text: string): string {
  let bytes = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes += character;
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes += String.fromCharCode(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes += String.fromCharCode(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return bytes;
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
