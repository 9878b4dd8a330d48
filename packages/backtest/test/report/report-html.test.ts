import { describe, expect, it } from 'vitest';
import { Html, html, jsonScript } from '../../src/report/html.js';
import { pageData } from '../../src/report/page-data.js';
import { PriceSketch } from '../../src/report/price-sketch.js';
import type { Report } from '../../src/report/report.js';
import { reportHtml } from '../../src/report/report-html.js';
import { barsOf, play, scripted } from '../support/play.js';

const EVIL = `</script><script>alert(1)</script><img src=x onerror="alert('2')">`;

const BARS = barsOf(
  Array.from({ length: 90 }, (_, day) => {
    const price = 100 + 10 * Math.sin(day / 7);
    return [price, price + 1, price - 1, price] as const;
  }),
);

function reportOf(more: Partial<Report> = {}): Report {
  const acts = { 2: 'long', 10: 'exit', 20: 'short', 30: 'long', 60: 'exit', 70: 'long' } as const;
  const { result } = play(scripted(acts), BARS);
  const sketch = new PriceSketch();
  for (const bar of BARS) sketch.take(bar);
  return {
    kind: 'back-test',
    strategies: [{ label: 'scripted', symbol: 'ABC', timeframe: '1d', params: { length: 3 }, codeHash: 'sha256:0' }],
    exchange: 'gmo',
    quote: 'USD',
    result,
    prices: sketch.prices(),
    settings: [],
    notes: [],
    madeTs: Date.UTC(2024, 5, 1),
    version: '0.0.0',
    ...more,
  };
}

const PARTS = { script: 'document.title', style: 'body { margin: 0 }' };

describe('a template', () => {
  it('escapes whatever is not markup of its own', () => {
    expect(String(html`<p title="${'"<&\''}">${[html`<b>${EVIL}</b>`]}</p>`)).not.toMatch(/<script|<img|title="""/);
    expect(String(html`${Html.trusted('<i>')}${null}${3}`)).toBe('<i>3');
  });

  it('writes JSON that cannot end its element', () => {
    const markup = String(jsonScript('data', { text: `${EVIL}\u2028<!--` }));
    const inside = markup.slice(markup.indexOf('>') + 1, markup.lastIndexOf('</script>'));
    expect(inside).not.toMatch(/[<\u2028]/);
    expect(JSON.parse(inside)).toEqual({ text: `${EVIL}\u2028<!--` });
  });
});

describe('a report', () => {
  it('has every section, and takes others in', () => {
    const more = { id: 'heat', title: 'Heat map', body: () => html`<p>warm</p>` };
    const page = reportHtml(reportOf(), PARTS, [more]);
    for (const id of [
      'key-figures',
      'charts',
      'months',
      'heat',
      'figures',
      'trades',
      'refusals',
      'parameters',
      'assumptions',
    ]) {
      expect(page).toContain(`<section id="${id}"`);
    }
    expect(page).not.toContain('<section id="data"');
  });

  it('asks for nothing outside of itself', () => {
    const page = reportHtml(reportOf(), PARTS);
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page.match(/(src|href)="[^"]*"/g)).toEqual(['href="data:,"', 'href="https://www.tradingview.com/"']);
  });

  it('shows names and sentences of others as text', () => {
    const { result } = reportOf();
    const page = reportHtml(
      reportOf({
        strategies: [{ label: EVIL, symbol: EVIL, timeframe: EVIL, params: { [EVIL]: EVIL }, codeHash: EVIL }],
        exchange: EVIL,
        quote: EVIL,
        notes: [EVIL],
        settings: [{ title: EVIL, rows: { [EVIL]: EVIL } }],
        version: EVIL,
        result: {
          ...result,
          alarms: [EVIL],
          assumptions: [EVIL],
          byStrategy: result.byStrategy.flatMap((part) => [{ ...part, name: EVIL }, part]),
          failures: [{ ts: 0, instanceId: EVIL, message: EVIL }],
          trades: result.trades.map((trade) => ({ ...trade, strategy: EVIL, symbol: EVIL })),
        },
      }),
      PARTS,
    );
    expect(page).not.toMatch(/<img|<script>alert/);
    expect(page.match(/<script/g)).toHaveLength(2);
  });

  it('draws what the run did: every close, the equity at the end, the deepest drawdown', () => {
    const report = reportOf();
    const { equity, symbols, trades } = pageData(report);
    expect(symbols[0]?.close).toEqual(BARS.map(({ close }) => close));
    expect(equity.values.at(-1)).toBeCloseTo(report.result.metrics.finalEquity, 4);
    expect(-Math.min(...equity.drawdown)).toBeCloseTo(report.result.metrics.maxDrawdown, 5);
    expect(equity.held?.values.at(-1)).toBeCloseTo(10_000 * (1 + (report.result.metrics.buyAndHoldReturn ?? 0)), 4);
    expect(trades).toHaveLength(report.result.trades.length + report.result.openTrades.length);
  });
});
