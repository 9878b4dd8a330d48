import { numberText } from '../format.js';
import { html } from '../html.js';
import { MAX_TRADES, pageData } from '../page-data.js';
import type { ReportSection } from '../report-section.js';
import { ROWS_PER_PAGE, tradeColumns } from '../trade-columns.js';

/** The first page of rows; `page/trade-table.ts` sorts and turns pages. */
export const trades: ReportSection = {
  id: 'trades',
  title: 'Trades',
  body: (report) => {
    const { openTrades, trades: closed } = report.result;
    const all = closed.length + openTrades.length;
    if (all === 0) return html`<p class="note">Nothing was traded.</p>`;
    const data = pageData(report);
    const columns = tradeColumns(data);
    const left = all - data.trades.length;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Trades"><table class="table trades" data-trades><thead><tr>${columns.map(
      ({ label, numeric }, index) =>
        html`<th scope="col" class="${numeric ? 'num' : ''}"><button type="button" data-column="${index}">${label}</button></th>`,
    )}</tr></thead><tbody>${data.trades
      .slice(0, ROWS_PER_PAGE)
      .map(
        (trade) =>
          html`<tr class="${trade[8] < 0 ? 'loss' : 'gain'}">${columns.map(({ numeric, text }) => html`<td class="${numeric ? 'num' : ''}">${text(trade, data)}</td>`)}</tr>`,
      )}</tbody></table></div>
<div class="pages" data-pages><button type="button" data-turn="-1" aria-label="Previous page">←</button><span data-page aria-live="polite">1–${Math.min(ROWS_PER_PAGE, data.trades.length)} of ${numberText(data.trades.length, 0)}</span><button type="button" data-turn="1" aria-label="Next page">→</button></div>
<p class="note">${openTrades.length === 0 ? 'No position was open at the end.' : `${openTrades.length} still open at the end, as if closed at the last price without a fee; the figures do not count ${openTrades.length === 1 ? 'it' : 'them'}.`}${left > 0 ? ` Only the last ${numberText(MAX_TRADES, 0)} trades are listed; --json prints all.` : ''}</p>`;
  },
};
