import type { MarketEventType, StatusEvent, TradeEvent } from '@alpha-engine/core';
import type { FeedSessionParts } from './feed-session-parts.js';
import { type FeedStream, newStream } from './feed-stream.js';
import { TradeEvidence } from './trade-evidence.js';
import { TradeHealer } from './trade-healer.js';

/** A symbol: its channels, and what keeps its trades whole. */
export interface SymbolDesk {
  readonly symbol: string;
  /** In the order in which they are subscribed to. */
  readonly streams: Readonly<Partial<Record<MarketEventType, FeedStream>>>;
  /** Null when its trades are not read. */
  readonly healer: TradeHealer | null;
  readonly evidence: TradeEvidence;
}

/** Where the healer's trades and words go. */
export interface DeskOutlet {
  trade(stream: FeedStream, event: TradeEvent): void;
  status(stream: FeedStream, data: StatusEvent['data']): void;
  backfilled(count: number): void;
}

/** What a symbol is traded on first. One command a second: of all 29 symbols, each is whole three seconds after the one before. */
const ORDER: readonly MarketEventType[] = ['trade', 'ticker', 'orderbook'];

export function newDesk(
  symbol: string,
  { channels, timings, context, history, published }: FeedSessionParts,
  outlet: DeskOutlet,
): SymbolDesk {
  const now = performance.now();
  const streams: SymbolDesk['streams'] = Object.fromEntries(
    ORDER.filter((channel) => channels.includes(channel)).map((channel) => [
      channel,
      newStream(symbol, channel, timings.silence[channel], now),
    ]),
  );
  const { trade } = streams;
  const evidence = new TradeEvidence();
  if (trade === undefined) return { symbol, streams, healer: null, evidence };
  const healer = new TradeHealer({
    symbol,
    published: published.get(symbol) ?? [],
    history,
    timings,
    now: () => context.marketClock.now(),
    logger: context.logger,
    out: {
      trade: (event) => outlet.trade(trade, event),
      status: (data) => outlet.status(trade, data),
      backfilled: (count) => outlet.backfilled(count),
    },
  });
  return { symbol, streams, healer, evidence };
}
