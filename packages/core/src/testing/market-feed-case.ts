import type { MarketEventType } from '../events/market.js';
import type { MarketFeed } from '../exchange/market-feed.js';

/**
 * An exchange that can be made to misbehave, on this machine, and a feed of it whose waits are short. Everything acts on all open
 * connections of the feed at once.
 */
export interface FeedTestbed {
  readonly feed: MarketFeed;
  /** Two symbols that the exchange lists, and one that it does not. */
  readonly symbol: string;
  readonly otherSymbol: string;
  readonly unknownSymbol: string;
  /** Most that this feed needs to notice a dead connection or a silent channel, milliseconds of wall time. */
  readonly noticesWithinMs: number;
  /** Open connections, as the exchange sees them. */
  connections(): number;
  /** Prints one match, on the stream and in the history. Gives its price, which no other trade of this test has and which rises. */
  trade(symbol: string): number;
  /** Shows a new book and a new ticker. */
  quote(symbol: string): void;
  /** Sends this text as a frame, whatever it is. */
  send(text: string): void;
  /** Cuts every connection without a word. */
  cut(): void;
  /** While true, nobody can connect. */
  refuse(refusing: boolean): void;
  /** Leaves every connection open and dead: nothing is sent, read or answered on it any more. New ones work. */
  halfOpen(): void;
  /** Holds one channel of one symbol back until called with null; the connection stays up. */
  silence(what: { readonly channel: MarketEventType; readonly symbol: string } | null): void;
}

export interface MarketFeedCase {
  readonly name: string;
  /** Gets a testbed of its own, on which nothing moves by itself. The suite's user closes it. */
  run(testbed: FeedTestbed): Promise<void>;
}
