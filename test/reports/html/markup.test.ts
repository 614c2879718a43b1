// Values in markup are text, whatever they hold.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { escapeHtml, html, Markup, named } from '../../../reports/html/markup.js';

describe('markup', () => {
  test.each([
    ['a & b', 'a &amp; b'],
    ['</script>', '&lt;/script&gt;'],
    [`"quoted" 'too'`, '&quot;quoted&quot; &#39;too&#39;'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['\u0000\u001b[31m', '\\u{0}\\u{1b}[31m'],
    ['\ud800', '\\u{d800}'],
    ['é 日本 🚢', 'é 日本 🚢'],
  ])('%j', (text, escaped) => {
    expect(escapeHtml(text)).toBe(escaped);
  });

  property.prop([fc.string({ unit: 'binary' })])('nothing of a value can be read as markup', (text) => {
    expect(html`<p title="${text}">${text}</p>`.text.replace(/&(amp|lt|gt|quot|#39);/g, '')).toMatch(
      /^<p title="[^<>"'&]*">[^<>"'&]*<\/p>$/,
    );
  });

  test('lists are joined, nothing is nothing, markup is not escaped again', () => {
    expect(html`${[html`<b>${'<'}</b>`, 'x', 1, null]}`.text).toBe('<b>&lt;</b>x1');
    expect(html`${null}${new Markup('<i>')}`.text).toBe('<i>');
    expect(named('<a>').text).toBe('<bdi>&lt;a&gt;</bdi>');
  });
});
