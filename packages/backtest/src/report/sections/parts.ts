import type { PartMetrics } from '../../metrics/part-metrics.js';
import { numberText, percentText } from '../format.js';
import { type Html, html } from '../html.js';
import type { ReportSection } from '../report-section.js';

/** What each strategy and each symbol had of it, where there is more than one. */
export const parts: ReportSection = {
  id: 'parts',
  title: 'By strategy and symbol',
  body: ({ result: { byStrategy, bySymbol } }) => {
    if (byStrategy.length < 2 && bySymbol.length < 2) return null;
    return html`${table('Strategy', byStrategy)}${table('Symbol', bySymbol)}`;
  },
};

const HEADS = ['Profit', 'Fees', 'Trades', 'Open', 'Win rate', 'Profit factor', 'Expectancy'];

function table(what: string, rows: readonly PartMetrics[]): Html | null {
  if (rows.length < 2) return null;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="By ${what.toLowerCase()}"><table class="table"><thead><tr><th scope="col">${what}</th>${HEADS.map(
    (head) => html`<th scope="col" class="num">${head}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ({ expectancy, feesPaid, name, openTrades, profit, profitFactor, trades, winRate }) =>
      html`<tr><th scope="row">${name}</th>${[
        numberText(profit),
        numberText(feesPaid),
        numberText(trades, 0),
        numberText(openTrades, 0),
        percentText(winRate),
        numberText(profitFactor),
        numberText(expectancy),
      ].map((text) => html`<td class="num">${text}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}
