// JSON Web Tokens as requests carry them (RFC 7519): only the claims are read; a scenario's token has no signature to check.
import { isPlainMap, type PlainMap, type PlainValue } from '../../config/document.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const HEADER = '{"alg":"none"}';

/** A token with these claims. */
export function encodeToken(claims: Readonly<Record<string, unknown>>): string {
  return `${encode(HEADER)}.${encode(JSON.stringify(claims))}.`;
}

/** The claims of a token; null where it is malformed. */
export function decodeToken(token: string): PlainMap | null {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  const text = decode(parts[1]!);
  if (text === null) return null;
  try {
    const claims = JSON.parse(text) as PlainValue;
    return isPlainMap(claims) ? claims : null;
  } catch {
    return null;
  }
}

function encode(text: string): string {
  const bytes = encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  let result = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const given = Math.min(3, bytes.length - i);
    let bits = 0;
    for (let j = 0; j < 3; j++) bits = bits * 256 + (j < given ? bytes.charCodeAt(i + j) : 0);
    for (let j = 3; j >= 3 - given; j--) result += ALPHABET[(bits >> (6 * j)) & 63]!;
  }
  return result;
}

function decode(text: string): string | null {
  let bits = 0;
  let count = 0;
  let result = '';
  for (const letter of text.replace(/=+$/, '').replace(/\+/g, '-').replace(/\//g, '_')) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    result += `%${((bits >> count) & 255).toString(16).padStart(2, '0')}`;
  }
  try {
    return decodeURIComponent(result);
  } catch {
    return null;
  }
}
