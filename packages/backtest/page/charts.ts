import {
  AreaSeries,
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  LineSeries,
  type LogicalRange,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { PageData, PageTrade } from '../src/report/page-data.js';
import { chartOptions, colors, seriesOptions } from './chart-style.js';
import { attachLegends } from './legends.js';
import { type Mark, marksOf, thinned } from './marks.js';
import { rangeButtons } from './range-buttons.js';

export interface Charts {
  /** Takes the colours of the page over again. */
  paint(): void;
  /** Brings a trade into view. */
  show(trade: PageTrade): void;
}

/** Price, equity and drawdown, one below the other over one time. */
export function drawCharts(data: PageData): Charts | null {
  const place = document.querySelector<HTMLElement>('[data-chart]');
  if (place === null || data.equity.times.length === 0) return null;
  const chart = createChart(place, chartOptions());
  const price = chart.addSeries(CandlestickSeries, {}, 0);
  const held = data.equity.held === null ? null : chart.addSeries(LineSeries, {}, 1);
  const equity = chart.addSeries(LineSeries, {}, 1);
  const drawdown = chart.addSeries(AreaSeries, {}, 2);
  chart.panes().forEach((pane, index) => {
    pane.setStretchFactor([5, 3, 2][index] ?? 1);
  });
  const markers = createSeriesMarkers(price, [], { autoScale: false });
  let symbol = 0;
  let marks: readonly Mark[] = [];

  const paint = () => {
    chart.applyOptions(chartOptions());
    const style = seriesOptions(data.symbols[symbol]?.digits ?? 2, data.equity.values[0] ?? 0);
    price.applyOptions(style.price);
    equity.applyOptions(style.equity);
    held?.applyOptions(style.held);
    drawdown.applyOptions(style.drawdown);
    drawMarks(chart.timeScale().getVisibleLogicalRange());
  };
  const drawMarks = (range: LogicalRange | null) => {
    const { every, shown } = thinned(marks, visibleTimes(chart, range));
    markers.setMarkers(shown.map((mark) => mark.drawn(colors())));
    const note = document.querySelector('[data-thinned]');
    if (note) {
      note.textContent = every === 1 ? '' : `Every ${every}th entry and exit is shown: zoom in to see all.`;
    }
  };
  const choose = (index: number) => {
    symbol = index;
    const { close, high, low, open, times } = data.symbols[index] ?? NO_PRICES;
    price.setData(
      times.map((time, i) => ({
        time: time as UTCTimestamp,
        open: open[i] as number,
        high: high[i] as number,
        low: low[i] as number,
        close: close[i] as number,
      })),
    );
    marks = marksOf(data, index);
    paint();
  };

  equity.setData(points(data.equity.times, data.equity.values));
  if (data.equity.held) held?.setData(points(data.equity.held.times, data.equity.held.values));
  drawdown.setData(points(data.equity.times, data.equity.drawdown));
  choose(0);
  chart.timeScale().subscribeVisibleLogicalRangeChange(drawMarks);
  chart.timeScale().fitContent();
  attachLegends(chart, place, { price, equity, held, drawdown }, () => data.symbols[symbol]);
  rangeButtons(chart, data.equity.times);
  listen(chart, place);
  const select = document.querySelector<HTMLSelectElement>('[data-symbols]');
  select?.addEventListener('change', () => choose(Number(select.value)));

  const show = (trade: PageTrade) => {
    if (trade[1] !== symbol) {
      choose(trade[1]);
      if (select) select.value = String(trade[1]);
    }
    const step = data.symbols[symbol]?.step ?? 60;
    const [from, to] = [trade[3] / 1000, (trade[4] ?? Date.now()) / 1000];
    const around = Math.max(30 * step, to - from);
    chart.timeScale().setVisibleRange({ from: (from - around) as UTCTimestamp, to: (to + around) as UTCTimestamp });
    place.scrollIntoView({ block: 'center', behavior: 'smooth' });
  };
  return { paint, show };
}

const NO_PRICES = { times: [], open: [], high: [], low: [], close: [] } as const;

function points(times: readonly number[], values: readonly number[]) {
  return times.map((time, index) => ({ time: time as UTCTimestamp, value: values[index] as number }));
}

/** The wheel belongs to the page until the chart was clicked; keys do what fingers do. */
function listen(chart: IChartApi, place: HTMLElement): void {
  const wheel = (on: boolean) =>
    chart.applyOptions({ handleScale: { mouseWheel: on }, handleScroll: { mouseWheel: on } });
  wheel(false);
  place.addEventListener('focusin', () => wheel(true));
  place.addEventListener('focusout', () => wheel(false));
  place.addEventListener('pointerdown', () => place.focus({ preventScroll: true }));
  place.addEventListener('keydown', (event) => {
    const range = chart.timeScale().getVisibleLogicalRange();
    const change = KEYS[event.key];
    if (range === null || change === undefined) return;
    event.preventDefault();
    const length = range.to - range.from;
    chart
      .timeScale()
      .setVisibleLogicalRange({ from: range.from + length * change[0], to: range.to + length * change[1] });
  });
}

/** By how much of the visible length its two ends move. */
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.1, -0.1],
  ArrowRight: [0.1, 0.1],
  '+': [0.15, -0.15],
  '=': [0.15, -0.15],
  '-': [-0.2, 0.2],
  '−': [-0.2, 0.2],
};

function visibleTimes(chart: IChartApi, range: LogicalRange | null): { readonly from: number; readonly to: number } {
  const visible = range === null ? null : chart.timeScale().getVisibleRange();
  if (visible === null) return { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  return { from: Number(visible.from), to: Number(visible.to) };
}
