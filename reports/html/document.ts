// The file around a report: one page that fetches nothing and runs nothing but its own script (Content Security Policy Level 3,
// with hashes; https://www.w3.org/TR/CSP3/).
import { createHash } from 'node:crypto';
import { html, Markup } from './markup.js';
import { pack } from './pack.js';

/** The compiled script and style sheet of the page (scripts/build-page.mjs). */
export interface ReportAssets {
  readonly script: string;
  readonly style: string;
}

/** What a report says about how it was made and is not part of the result. */
export interface ReportAbout {
  /** Of Seatrial. */
  readonly version: string;
  /** The command that gives the same numbers again. */
  readonly command: string;
  /** SHA-256 of the result's file. */
  readonly fingerprint: string;
}

export interface DocumentContent {
  readonly kind: 'run' | 'diff';
  readonly title: string;
  /** `Run report`. */
  readonly label: string;
  readonly sections: readonly DocumentSection[];
  readonly about: ReportAbout;
  /** What the page's script draws from; any JSON. */
  readonly data: unknown;
}

export interface DocumentSection {
  readonly id: string;
  /** In the list of contents; null for the first section, which is the top. */
  readonly heading: string | null;
  readonly content: Markup;
}

export function htmlDocument(content: DocumentContent, assets: ReportAssets): string {
  const { kind, title, label, sections, about, data } = content;
  const linked = sections.filter((section) => section.heading !== null);
  return html`<!doctype html>
<html lang="en" data-report="${kind}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Seatrial ${about.version}">
<title>${title} · Seatrial</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<style>${new Markup(assets.style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="top">
<div class="brand">${MARK}<span class="brand-name">Seatrial</span><span class="brand-label">${label}</span></div>
<div class="top-tools" id="tools"></div>
</header>
<div class="frame">
<nav class="contents" aria-label="Contents"><ul>${linked.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
<noscript><p class="note">Charts, the topology and the large tables need JavaScript. All numbers are in the JSON and CSV files beside this report.</p></noscript>
${sections.map(sectionMarkup)}
</main>
</div>
<footer class="foot"><p>Made by Seatrial ${about.version}. The file holds everything it shows and fetches nothing.</p></footer>
<script type="application/json" id="data">${new Markup(inertJson(pack(data)))}</script>
<script>${new Markup(assets.script)}</script>
</body>
</html>
`.text;
}

/** JSON that cannot end its script element nor reorder what an editor shows of it: `<` and what does not show as itself are escapes. */
export function inertJson(json: string): string {
  return json.replace(/[<\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function sectionMarkup({ id, heading, content }: DocumentSection): Markup {
  return heading === null
    ? html`<section id="${id}" class="section" aria-labelledby="title">${content}</section>`
    : html`<section id="${id}" class="section" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${heading}</h2>${content}</section>`;
}

function policy({ script, style }: ReportAssets): string {
  return [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

const SAIL =
  '<path d="M15 3v17H4.5C9.5 16 13.5 10.5 15 3Z"/><path d="M17.5 8.5v11.5h9C23.5 17.5 19.8 13.5 17.5 8.5Z"/><path d="M3 23.2h26l-3.200 4.300a3 3 0 0 1-2.400 1.200H8.600a3 3 0 0 1-2.400-1.2Z"/>';

/** The mark: a sloop under sail. */
const MARK = new Markup(
  `<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" fill="currentColor">${SAIL}</svg>`,
);

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b3a5b"/><g fill="#fff" transform="translate(4 4) scale(.75)">${SAIL}</g></svg>`;
