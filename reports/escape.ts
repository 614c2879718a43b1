// Names come from YAML that we did not write. Nothing in them may move the cursor, colour the terminal or hide other text
// (CVE-2021-42574, "Trojan Source": https://trojansource.codes).

/** C0 and C1 controls, line and paragraph separators, bidirectional controls, zero-width characters, lone surrogates. */
const UNPRINTABLE =
  /[\p{Cc}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** `text` with every character that would not show as itself written as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
