import { type ChartOptions, ColorType, type DeepPartial, LineStyle, type Time } from 'lightweight-charts';
import { dayText, numberText, percentText, timeText } from '../src/report/format.js';

const NAMES = ['accent', 'loss', 'ink', 'muted', 'line', 'paper'] as const;
export type Colors = Readonly<Record<(typeof NAMES)[number], string>>;

/** The colours of the page as they are now, as the canvas understands them. */
export function colors(): Colors {
  const probe = document.createElement('i');
  document.body.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Colors;
  probe.remove();
  return found;
}

export function chartOptions(): DeepPartial<ChartOptions> {
  const { line, muted, paper } = colors();
  return {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: paper },
      textColor: muted,
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 11,
      attributionLogo: true,
      panes: { separatorColor: line, enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: line } },
    crosshair: {
      vertLine: { color: muted, style: LineStyle.Dotted },
      horzLine: { color: muted, style: LineStyle.Dotted },
    },
    rightPriceScale: { borderVisible: false },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      secondsVisible: false,
      minBarSpacing: 0.01,
      rightOffset: 2,
      tickMarkFormatter: (time: Time, kind: number) => tickText(Number(time) * 1000, kind),
    },
    localization: { timeFormatter: (time: Time) => timeText(Number(time) * 1000) },
    handleScroll: { vertTouchDrag: false },
  };
}

/** Kinds of ticks: 0 year, 1 month, 2 day, 3 time, 4 time with seconds. */
function tickText(ts: number, kind: number): string {
  if (kind === 0) return dayText(ts).slice(0, 4);
  if (kind === 1) return dayText(ts).slice(0, 7);
  if (kind === 2) return dayText(ts).slice(5);
  return new Date(ts).toISOString().slice(11, kind === 4 ? 19 : 16);
}

export function seriesOptions(digits: number, capital: number) {
  const { accent, ink, loss, muted } = colors();
  const money = (value: number) => numberText(value, capital >= 1000 ? 0 : 2);
  const calm = { priceLineVisible: false, lastValueVisible: true, crosshairMarkerRadius: 3 } as const;
  return {
    price: {
      ...calm,
      upColor: muted,
      downColor: ink,
      wickUpColor: muted,
      wickDownColor: ink,
      borderVisible: false,
      priceFormat: { type: 'custom', minMove: 10 ** -digits, formatter: (value: number) => numberText(value, digits) },
    },
    equity: { ...calm, color: accent, lineWidth: 2, priceFormat: { type: 'custom', minMove: 0.01, formatter: money } },
    held: { ...calm, color: muted, lineWidth: 1, priceFormat: { type: 'custom', minMove: 0.01, formatter: money } },
    drawdown: {
      ...calm,
      lineColor: loss,
      lineWidth: 1,
      topColor: 'transparent',
      bottomColor: 'transparent',
      invertFilledArea: true,
      priceFormat: { type: 'custom', minMove: 0.0001, formatter: (value: number) => percentText(value, 1) },
    },
  } as const;
}
