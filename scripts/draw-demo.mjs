// Draws docs/images/demo.svg: what `npm run demo` prints, as a terminal shows it. npm run picture (after a build).
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const COLUMNS = 82;
const LINES_MAX = 48;
const CHAR_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const MARGIN = 18;
const BAR = 34;

/** SGR code -> what it does to the style that text has from there on. */
const CODES = new Map([
  ['0', () => ({})],
  ['1', (style) => ({ ...style, bold: true })],
  ['2', (style) => ({ ...style, dim: true })],
  ['22', ({ color }) => ({ color })],
  ['31', (style) => ({ ...style, color: '#ff7b72' })],
  ['32', (style) => ({ ...style, color: '#56d364' })],
  ['33', (style) => ({ ...style, color: '#e3b341' })],
  ['34', (style) => ({ ...style, color: '#79c0ff' })],
  ['36', (style) => ({ ...style, color: '#76e3ea' })],
  ['39', ({ color: _, ...style }) => style],
]);

const root = new URL('..', import.meta.url).pathname;
const command = ['dist/cli/main.js', 'run', 'examples/shop', '--out', 'seatrial-out'];
const output = execFileSync(process.execPath, command, {
  cwd: root,
  env: { ...process.env, NO_COLOR: '', FORCE_COLOR: '1' },
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
});

const all = `\u001b[36m$\u001b[39m npm run demo\n\n${output}`.trimEnd().split('\n');
const lines = all.length > LINES_MAX ? [...all.slice(0, LINES_MAX), '\u001b[2m …\u001b[22m'] : all;
const width = Math.round(COLUMNS * CHAR_WIDTH + 2 * MARGIN);
const height = lines.length * LINE_HEIGHT + BAR + 2 * MARGIN;

const body = lines
  .map((line, index) => `<text y="${BAR + MARGIN + index * LINE_HEIGHT}">${spans(line)}</text>`)
  .join('\n');
writeFileSync(
  new URL('../docs/images/demo.svg', import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The report of npm run demo in a terminal">
<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>
<g fill="#30363d"><circle cx="22" cy="18" r="6"/><circle cx="42" cy="18" r="6"/><circle cx="62" cy="18" r="6"/></g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3">
${body}
</g>
</svg>
`,
);

/** The line as tspans, each placed by its column so that every font keeps the columns. */
function spans(line) {
  let column = 0;
  let style = {};
  const parts = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is read
  for (const piece of line.split(/(\u001b\[[\d;]*m)/)) {
    if (piece.startsWith('\u001b[')) {
      for (const code of piece.slice(2, -1).split(';')) style = CODES.get(code)?.(style) ?? style;
    } else if (piece !== '') {
      // Viewers fold spaces: every run of words is placed by itself.
      for (const words of piece.split(/( {2,}|^ | $)/)) {
        const length = [...words].length;
        if (words.trim() !== '') parts.push(span(words, column, length, style));
        column += length;
      }
    }
  }
  return parts.join('');
}

function span(text, column, length, { bold, dim, color }) {
  const attributes = [
    `x="${(MARGIN + column * CHAR_WIDTH).toFixed(1)}"`,
    `textLength="${(length * CHAR_WIDTH).toFixed(1)}"`,
    ...(color === undefined ? [] : [`fill="${color}"`]),
    ...(bold === true ? ['font-weight="bold"'] : []),
    ...(dim === true ? ['opacity="0.6"'] : []),
  ];
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<tspan ${attributes.join(' ')}>${safe}</tspan>`;
}
