// Law: a run is a pure function of (plan, scenario, seed). Names that would break it are banned where it is computed.
import { roomOf, type SourceFile, type Violation, violationsOf } from './source.js';

const PURE_ROOMS: readonly string[] = ['sim', 'models'];
/** Rooms whose output is compared byte by byte. */
const STABLE_ROOMS: readonly string[] = ['sim', 'models', 'scenarios', 'reports'];
/** The one file that may use functions which IEEE 754 does not fix but which V8 has kept bit-identical. */
const MATH_MODULE = 'sim/math.ts';

/** Exact by IEEE 754 or by the language, and the constants. */
const EXACT = [
  'floor',
  'ceil',
  'round',
  'trunc',
  'abs',
  'min',
  'max',
  'imul',
  'clz32',
  'sign',
  'fround',
  'sqrt',
  'PI',
  'E',
  'LN2',
  'LN10',
  'LOG2E',
  'LOG10E',
  'SQRT2',
  'SQRT1_2',
];
/** Measured bit-identical on Node 18 to 26; not pow, not log2, log10, tan, asin, acos, atan2, sinh, cosh. */
const IDENTICAL = ['log', 'log1p', 'exp', 'expm1', 'sin', 'cos', 'tanh', 'cbrt', 'atan', 'hypot'];

const BANNED: readonly { readonly pattern: RegExp; readonly message: string; readonly rooms: readonly string[] }[] = [
  { pattern: /\bDate\b/g, message: 'no clock: `Date` differs from run to run', rooms: PURE_ROOMS },
  { pattern: /\bperformance\b/g, message: 'no clock: `performance` differs from run to run', rooms: PURE_ROOMS },
  {
    pattern:
      /(?<![.\w])process\.(?:env|argv|hrtime|cwd|platform|arch|version|memoryUsage|uptime|pid|nextTick|on|std\w+)\b|\bglobalThis\b/g,
    message: 'no environment: `$&` differs from machine to machine',
    rooms: PURE_ROOMS,
  },
  {
    pattern: /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/g,
    message: 'no timers: `$&` depends on the wall clock',
    rooms: PURE_ROOMS,
  },
  {
    pattern: /\bMath\s*\.\s*random\b|\bcrypto\s*\./g,
    message: 'no `$&`: draws are keyed by (seed, purpose, call key), see sim/random',
    rooms: STABLE_ROOMS,
  },
  {
    pattern: /\*\*/g,
    message: 'no `**`: it differs between versions of Node; multiply, or use sim/math',
    rooms: PURE_ROOMS,
  },
  {
    pattern: /\.\s*shift\s*\(/g,
    message: 'no `.shift(`: it moves the whole array; use a ring buffer or an index',
    rooms: PURE_ROOMS,
  },
  {
    pattern: /\b(?:localeCompare|toLocale\w+|Intl)\b/g,
    message: 'no `$&`: it depends on the locale of the machine; compare code units',
    rooms: STABLE_ROOMS,
  },
];

export function checkDeterminism(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    const named = BANNED.filter(({ rooms }) => rooms.includes(room)).flatMap(({ pattern, message }) =>
      violationsOf(file, file.code, pattern, message),
    );
    return PURE_ROOMS.includes(room) ? [...named, ...checkMath(file)] : named;
  });
}

function checkMath(file: SourceFile): Violation[] {
  const allowed = file.path === MATH_MODULE ? [...EXACT, ...IDENTICAL] : EXACT;
  const other = new RegExp(
    String.raw`\bMath\b(?!\s*\.\s*(?:${[...allowed, 'random'].join('|')})\b)(?:\s*\.\s*\w+)?`,
    'g',
  );
  return violationsOf(
    file,
    file.code,
    other,
    `no \`$&\` here: only ${MATH_MODULE} may use functions that are not exact, and never pow, log2 or log10`,
  );
}
