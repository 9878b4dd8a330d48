import type { SeriesMarker, UTCTimestamp } from 'lightweight-charts';
import type { PageData } from '../src/report/page-data.js';
import type { Colors } from './chart-style.js';

/** More than these would cover the candles. */
const MOST_MARKS = 240;

/** All entries or exits of one kind that fell into one candle. */
export interface Mark {
  readonly time: number;
  drawn(colors: Colors): SeriesMarker<UTCTimestamp>;
}

type Kind = 'long' | 'short' | 'exit';

export function marksOf({ symbols, trades }: PageData, index: number): readonly Mark[] {
  const step = symbols[index]?.step ?? 1;
  const counts = new Map<string, { readonly time: number; readonly kind: Kind; count: number }>();
  const add = (ts: number, kind: Kind) => {
    const time = Math.floor(ts / 1000 / step) * step;
    const mark = counts.get(`${time}${kind}`) ?? { time, kind, count: 0 };
    counts.set(`${time}${kind}`, mark);
    mark.count += 1;
  };
  for (const [, symbol, long, openedTs, closedTs] of trades) {
    if (symbol !== index) continue;
    add(openedTs, long === 1 ? 'long' : 'short');
    if (closedTs !== null) add(closedTs, 'exit');
  }
  return [...counts.values()]
    .sort((a, b) => a.time - b.time)
    .map(({ count, kind, time }) => ({ time, drawn: (colors) => drawn(time, kind, count, colors) }));
}

/** Those in view, and only every so-manieth of them where they are too many. */
export function thinned(
  marks: readonly Mark[],
  { from, to }: { readonly from: number; readonly to: number },
): { readonly every: number; readonly shown: readonly Mark[] } {
  const inView = marks.filter(({ time }) => time >= from && time <= to);
  const every = Math.max(1, Math.ceil(inView.length / MOST_MARKS));
  return { every, shown: inView.filter((_, index) => index % every === 0) };
}

function drawn(time: number, kind: Kind, count: number, colors: Colors): SeriesMarker<UTCTimestamp> {
  const text = count > 1 ? { text: String(count) } : {};
  const at = { time: time as UTCTimestamp, size: 0.8, ...text };
  if (kind === 'long') return { ...at, position: 'belowBar', shape: 'arrowUp', color: colors.accent };
  if (kind === 'short') return { ...at, position: 'aboveBar', shape: 'arrowDown', color: colors.loss };
  return { ...at, position: 'aboveBar', shape: 'circle', color: colors.ink, size: 0.45 };
}
