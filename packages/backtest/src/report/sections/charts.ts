import { changeText } from '../format.js';
import { html } from '../html.js';
import type { ReportSection } from '../report-section.js';

/** The places of the charts; `page/charts.ts` draws them. */
export const charts: ReportSection = {
  id: 'charts',
  title: 'Price, equity and drawdown',
  body: ({ prices, result: { metrics, trades } }) => {
    const symbols = prices.map(({ symbol }) => symbol);
    const says = `Chart of the price of ${symbols.join(', ')} with ${trades.length} trades, of the equity (${changeText(metrics.totalReturn)}) and of the drawdown (at most ${changeText(-metrics.maxDrawdown)}). The tables below hold the same as text.`;
    const choice =
      symbols.length > 1
        ? html`<label>Symbol <select data-symbols>${symbols.map((symbol, index) => html`<option value="${index}">${symbol}</option>`)}</select></label>`
        : null;
    return html`<div class="bar"><div class="ranges" role="group" aria-label="Period shown" data-ranges></div>${choice}<p class="thinned" data-thinned aria-live="polite"></p></div>
<div class="chart" data-chart tabindex="0" role="img" aria-label="${says}"></div>
<p class="note">Drag to move. Click the chart, then turn the wheel or press + and − to zoom, arrows to move. ▲ long entry, ▼ short entry, ● exit, at the candle they fell into. Times are UTC.</p>
<noscript><p class="note">The charts need JavaScript; everything else on this page does not.</p></noscript>`;
  },
};
