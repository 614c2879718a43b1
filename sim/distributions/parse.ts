// Reads a distribution as people write it: `4ms`, `lognormal(mean=4ms, cv=1)`, `bimodal(99%: 1ms, 1%: exp(50ms))`. Spaces and case do not
// matter; arguments go by name or, in the order of the documentation, without.

import { setEntry } from '../lookup.js';
import { nearestName } from '../nearest.js';
import {
  type Argument,
  type Context,
  type ParsedDistribution,
  readArgument,
  readCall,
  readNumber,
  splitArguments,
} from './arguments.js';
import { EMPIRICAL_EXAMPLE, HISTOGRAM_EXAMPLE, parseEmpirical, parseHistogram } from './parse-measured.js';
import type { DistributionSpec } from './spec.js';
import { validateDistribution } from './validate.js';
import { HYPEREXPONENTIAL, type Parameter, type Signature, WORDS, type Word } from './words.js';

const MAX_TEXT = 10_000;
const MAX_DEPTH = 16;
const MIXTURE_NAMES = ['mixture', 'bimodal'];
const MIXTURE_EXAMPLE = 'bimodal(99%: 1ms, 1%: 100ms)';
const ALL_NAMES = [
  ...WORDS.flatMap((word) => word.names),
  ...HYPEREXPONENTIAL.names,
  ...MIXTURE_NAMES,
  'empirical',
  'histogram',
];

/**
 * Reads and validates a distribution. `parseValue` turns a value with its unit into a number (`4ms` into nanoseconds), or null if it cannot;
 * `formatValue` writes one in an error. A bare value is a constant. The error is a sentence without a full stop that names what is
 * valid.
 */
export function parseDistribution(
  text: string,
  parseValue: (text: string) => number | null,
  formatValue: (value: number) => string = String,
): ParsedDistribution {
  if (text.length > MAX_TEXT)
    return { error: `a distribution may have at most ${MAX_TEXT} characters, this one has ${text.length}` };
  const parsed = parseAny(text.replace(/\s+/g, ' ').trim(), { parseValue }, MAX_DEPTH);
  if ('error' in parsed) return parsed;
  const problem = validateDistribution(parsed.spec, formatValue);
  return problem === null ? parsed : { error: problem };
}

function parseAny(text: string, context: Context, depth: number): ParsedDistribution {
  if (depth === 0) return { error: `distributions are nested more than ${MAX_DEPTH} deep` };
  const call = readCall(text);
  if (call === null) return parseConstant(text, context);
  const texts = splitArguments(call.body);
  if (texts === null) return { error: `\`${text}\` has an empty argument, or parentheses that do not match` };
  if (MIXTURE_NAMES.includes(call.word)) return parseMixture(call.word, texts.map(readArgument), context, depth);
  if (call.word === 'empirical') return parseEmpirical(texts.map(readArgument), context);
  if (call.word === 'histogram') return parseHistogram(texts, context);
  if (HYPEREXPONENTIAL.names.includes(call.word)) return parseHyperexponential(texts.map(readArgument), context, depth);
  const word = WORDS.find((candidate) => candidate.names.includes(call.word));
  return word === undefined ? unknownWord(call.word) : parseWord(word, texts.map(readArgument), context, depth);
}

function parseConstant(text: string, context: Context): ParsedDistribution {
  if (text === '')
    return { error: 'a distribution is missing; write a value such as 4ms, or for example lognormal(mean=4ms, cv=1)' };
  const value = context.parseValue(text);
  if (value !== null) return { spec: { kind: 'constant', value } };
  const example = exampleOf(text.toLowerCase());
  if (example !== null) return { error: `\`${text}\` needs its parameters, for example ${example}` };
  if (/^[a-z_-]+$/i.test(text)) return unknownWord(text.toLowerCase());
  return {
    error: `cannot read \`${text}\`; write a value such as 4ms, or a distribution such as lognormal(mean=4ms, cv=1)`,
  };
}

function exampleOf(name: string): string | null {
  if (MIXTURE_NAMES.includes(name)) return MIXTURE_EXAMPLE;
  if (name === 'empirical') return EMPIRICAL_EXAMPLE;
  if (name === 'histogram') return HISTOGRAM_EXAMPLE;
  return [...WORDS, HYPEREXPONENTIAL].find((word) => word.names.includes(name))?.example ?? null;
}

function unknownWord(name: string): ParsedDistribution {
  const nearest = nearestName(name, ALL_NAMES);
  const guess = nearest === null ? '' : ` did you mean \`${nearest}\`?`;
  return { error: `there is no distribution \`${name}\`;${guess} valid are ${ALL_NAMES.join(', ')}` };
}

function parseWord(word: Word, args: readonly Argument[], context: Context, depth: number): ParsedDistribution {
  const given = bindNames(word, args);
  if ('error' in given) return given;
  const signature = word.signatures.find((candidate) => fits(candidate, given));
  if (signature === undefined)
    return { error: `\`${word.names[0]}\` takes ${signaturesText(word)}; for example ${word.example}` };
  const texts = new Map(given.named);
  given.positional.forEach((text, i) => {
    texts.set(signature.parameters[i].name, text);
  });
  const numbers: Record<string, number> = {};
  let of: DistributionSpec | null = null;
  for (const parameter of signature.parameters) {
    const text = texts.get(parameter.name);
    if (text === undefined) continue;
    if (parameter.type === 'distribution') {
      const inner = parseAny(text, context, depth - 1);
      if ('error' in inner) return inner;
      of = inner.spec;
    } else {
      const number = parameter.type === 'value' ? context.parseValue(text) : readNumber(text);
      if (number === null) return unreadable(parameter, word, text);
      setEntry(numbers, parameter.name, number);
    }
  }
  const built = signature.build({ numbers, of, percent: given.percent });
  return typeof built === 'string' ? { error: built } : { spec: built };
}

function unreadable(parameter: Parameter, word: Word, text: string): ParsedDistribution {
  const expected = parameter.type === 'number' ? 'a number without a unit' : 'a value with its unit';
  return {
    error: `\`${parameter.name}\` of \`${word.names[0]}\` must be ${expected}, not \`${text}\`; for example ${word.example}`,
  };
}

interface Given {
  readonly positional: readonly string[];
  readonly named: ReadonlyMap<string, string>;
  /** The number in `p95`, where that was given for the parameter `p99`. */
  readonly percent: number;
}

function bindNames(word: Word, args: readonly Argument[]): Given | { readonly error: string } {
  const valid = [
    ...new Set(word.signatures.flatMap((signature) => signature.parameters.map((parameter) => parameter.name))),
  ];
  const title = word.names[0];
  const positional: string[] = [];
  const named = new Map<string, string>();
  let percent = 99;
  for (const argument of args) {
    if (argument.kind === 'share')
      return { error: `\`${title}\` has no parts with shares; for example ${word.example}` };
    if (argument.kind === 'positional') {
      if (named.size > 0)
        return {
          error: `arguments of \`${title}\` without a name must come before those with one; for example ${word.example}`,
        };
      positional.push(argument.text);
      continue;
    }
    let name = argument.name;
    const percentile = valid.includes('p99') ? /^p(\d+(?:\.\d+)?)$/.exec(name) : null;
    if (percentile !== null) {
      name = percentile[1] === '50' ? 'median' : 'p99';
      if (name === 'p99') percent = Number(percentile[1]);
    }
    if (!valid.includes(name)) {
      const nearest = nearestName(name, valid);
      const guess = nearest === null ? '' : ` did you mean \`${nearest}\`?`;
      return {
        error: `\`${title}\` has no parameter \`${name}\`;${guess} it takes ${signaturesText(word)}; for example ${word.example}`,
      };
    }
    if (named.has(name)) return { error: `\`${name}\` of \`${title}\` is given twice` };
    named.set(name, argument.text);
  }
  return { positional, named, percent };
}

function fits(signature: Signature, given: Given): boolean {
  const { parameters } = signature;
  if (given.positional.length > parameters.length) return false;
  const open = parameters.slice(given.positional.length);
  const known = [...given.named.keys()].every((name) => open.some((parameter) => parameter.name === name));
  return known && open.every((parameter) => parameter.optional === true || given.named.has(parameter.name));
}

function signaturesText(word: Word): string {
  const texts = word.signatures.map((signature) => {
    const names = signature.parameters.map((parameter) =>
      parameter.optional === true ? `optionally ${parameter.name}` : parameter.name,
    );
    return names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  });
  return texts.join(', or ');
}

function parseHyperexponential(args: readonly Argument[], context: Context, depth: number): ParsedDistribution {
  if (!args.some((argument) => argument.kind === 'share')) return parseWord(HYPEREXPONENTIAL, args, context, depth);
  const shares = readShares(HYPEREXPONENTIAL.names[0], args, HYPEREXPONENTIAL.example);
  if ('error' in shares) return shares;
  const means: number[] = [];
  for (const text of shares.texts) {
    const mean = context.parseValue(text);
    if (mean === null)
      return { error: `cannot read \`${text}\` as a mean of \`hyperexp\`; for example ${HYPEREXPONENTIAL.example}` };
    means.push(mean);
  }
  return { spec: { kind: 'hyperexponential', weights: shares.weights, means } };
}

function parseMixture(name: string, args: readonly Argument[], context: Context, depth: number): ParsedDistribution {
  const shares = readShares(name, args, MIXTURE_EXAMPLE);
  if ('error' in shares) return shares;
  const parts: DistributionSpec[] = [];
  for (const text of shares.texts) {
    const part = parseAny(text, context, depth - 1);
    if ('error' in part) return part;
    parts.push(part.spec);
  }
  return { spec: { kind: 'mixture', weights: shares.weights, parts } };
}

type Shares = { readonly weights: readonly number[]; readonly texts: readonly string[] };

function readShares(name: string, args: readonly Argument[], example: string): Shares | { readonly error: string } {
  const weights: number[] = [];
  const texts: string[] = [];
  let percents = 0;
  for (const argument of args) {
    if (argument.kind !== 'share') return { error: `each part of \`${name}\` needs its share, for example ${example}` };
    weights.push(argument.share);
    texts.push(argument.text);
    if (argument.percent) percents++;
  }
  if (args.length === 0) return { error: `\`${name}\` needs its parts, for example ${example}` };
  if (percents > 0 && percents < args.length)
    return { error: `shares of \`${name}\` must be all percentages or all bare numbers` };
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (percents > 0 && Math.abs(sum - 100) > 0.01) {
    return { error: `shares of \`${name}\` must sum to 100%, not ${Number(sum.toPrecision(6))}%` };
  }
  return { weights, texts };
}
