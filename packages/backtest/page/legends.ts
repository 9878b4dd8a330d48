import type { IChartApi, ISeriesApi, MouseEventParams } from 'lightweight-charts';
import { numberText, percentText, timeText } from '../src/report/format.js';
import type { PageSymbol } from '../src/report/page-data.js';

export interface ChartSeries {
  readonly price: ISeriesApi<'Candlestick'>;
  readonly equity: ISeriesApi<'Line'>;
  readonly held: ISeriesApi<'Line'> | null;
  readonly drawdown: ISeriesApi<'Area'>;
}

/** Names of the lines in the corner of each pane, with their values where the pointer is. */
export function attachLegends(
  chart: IChartApi,
  place: HTMLElement,
  series: ChartSeries,
  symbol: () => PageSymbol | undefined,
): void {
  const legends = chart.panes().map(() => {
    const legend = document.createElement('div');
    legend.className = 'legend';
    place.append(legend);
    return legend;
  });
  const lay = () => {
    let top = 0;
    chart.panes().forEach((pane, index) => {
      const legend = legends[index];
      if (legend) legend.style.top = `${top + 6}px`;
      top += pane.getHeight() + 1;
    });
  };
  const write = (event: MouseEventParams | null) => {
    const at = <Value>(one: ISeriesApi<'Candlestick' | 'Line' | 'Area'> | null) =>
      one === null ? undefined : (event?.seriesData.get(one) as Value | undefined);
    const candle = at<{ open: number; high: number; low: number; close: number }>(series.price);
    const value = (one: ISeriesApi<'Line' | 'Area'> | null) => at<{ value: number }>(one)?.value;
    const digits = symbol()?.digits ?? 2;
    const price = (name: string, text: number) => `${name} ${numberText(text, digits)}`;
    const when = event?.time === undefined ? [] : [timeText(Number(event.time) * 1000)];
    fill(legends[0], [
      ['ink', symbol()?.symbol ?? 'Price'],
      ...when.map((text) => ['muted', text] as const),
      ...(candle === undefined
        ? []
        : [
            [
              'muted',
              [price('O', candle.open), price('H', candle.high), price('L', candle.low), price('C', candle.close)].join(
                '  ',
              ),
            ] as const,
          ]),
    ]);
    fill(legends[1], [
      ['accent', named('Equity', value(series.equity), numberText)],
      ...(series.held === null ? [] : [['muted', named('Buy and hold', value(series.held), numberText)] as const]),
    ]);
    fill(legends[2], [['loss', named('Drawdown', value(series.drawdown), percentText)]]);
  };
  new ResizeObserver(() => requestAnimationFrame(lay)).observe(place);
  requestAnimationFrame(lay);
  chart.subscribeCrosshairMove((event) => write(event.point === undefined ? null : event));
  write(null);
}

function named(name: string, value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? name : `${name} ${text(value)}`;
}

function fill(legend: HTMLElement | undefined, parts: readonly (readonly [string, string])[]): void {
  legend?.replaceChildren(
    ...parts.map(([color, text]) => {
      const part = document.createElement('span');
      part.className = color;
      part.textContent = text;
      return part;
    }),
  );
}
