// Names from manifests as YAML that reads back as itself, and as comments that end where their line ends.
// yaml.org/spec/1.1 (Kubernetes and the scenario are read as YAML 1.1): `yes`, `on` and `0777` are no strings unless quoted.

/** Plain scalars that need no quotes wherever they stand: a letter or a path first, and nothing that YAML could take for its own. */
const PLAIN = /^(?:[A-Za-z/]|\.{1,2}\/)[A-Za-z0-9_./@%~+-]*(?::[A-Za-z0-9_./@%~+-]+)*$/;
const DURATION = /^\d+(?:\.\d+)?(?:ns|us|ms|s|m|h)$/;
const URL_PLAIN = /^https?:\/\/[A-Za-z0-9_./@%~+:-]*[A-Za-z0-9_/]$/;
/** What YAML 1.1 reads as a boolean or as null. */
const RESERVED = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** Controls, separators of lines, bidirectional and zero-width characters, lone surrogates: what would not show as itself. */
const UNPRINTABLE =
  /[\p{Cc}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** A string as a YAML scalar, in block or flow style. */
export function scalar(text: string): string {
  const isPlain = (PLAIN.test(text) || URL_PLAIN.test(text) || DURATION.test(text)) && !RESERVED.test(text);
  if (isPlain) return text;
  return JSON.stringify(text).replace(UNPRINTABLE, (char) => {
    const code = char.codePointAt(0)!;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

const COMMENT_LENGTH_MAX = 300;

/** A text as the rest of a comment's line, without the `#`. */
export function commentText(text: string): string {
  const shown = text
    .replace(/[\t\n\r]+/g, ' ')
    .replace(UNPRINTABLE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
  return shown.length <= COMMENT_LENGTH_MAX ? shown : `${shown.slice(0, COMMENT_LENGTH_MAX - 1)}…`;
}
