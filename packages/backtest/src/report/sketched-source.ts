import type { BarSource } from '../data/bar-source.js';
import type { EventSource } from '../data/event-source.js';
import type { PriceSketch } from './price-sketch.js';

/** The same source, and a look at every bar or trade for the chart of a report. */
export function sketchedSource(source: BarSource | EventSource, sketch: PriceSketch): BarSource | EventSource {
  return 'events' in source ? sketchedEvents(source, sketch) : sketchedBars(source, sketch);
}

function sketchedBars(source: BarSource, sketch: PriceSketch): BarSource {
  return {
    async *bars() {
      for await (const bars of source.bars()) {
        for (const bar of bars) sketch.take(bar);
        yield bars;
      }
    },
    provenance: () => source.provenance(),
  };
}

function sketchedEvents(source: EventSource, sketch: PriceSketch): EventSource {
  return {
    async *events() {
      for await (const events of source.events()) {
        for (const { data, symbol, ts, type } of events) {
          if (type !== 'trade') continue;
          const { price } = data;
          sketch.take({ symbol, openTs: ts, open: price, high: price, low: price, close: price });
        }
        yield events;
      }
    },
    provenance: () => source.provenance(),
  };
}
