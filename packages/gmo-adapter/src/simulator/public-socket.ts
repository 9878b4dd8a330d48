import type { EpochMs } from '@alpha-engine/core';
import { FRAME_TOO_MANY, invalidFrame, iso } from './envelopes.js';
import type { FaultDesk } from './faults/fault-desk.js';
import type { RateLimit } from './limits.js';
import type { Book, MarketView, Match } from './market-view.js';
import type { Outlet } from './outlet.js';
import { levels, printedRows, tickerRow } from './public-rest.js';
import { parseCommand } from './socket-command.js';
import { StatsCounter } from './stats.js';
import type { SimulatorSwitches } from './switches.js';
import { isSymbol } from './symbols.js';

const CHANNELS = ['ticker', 'orderbooks', 'trades'] as const;
type Channel = (typeof CHANNELS)[number];

/** A quiet book is sent again after this. Market milliseconds. */
const REPEAT_MS = 5_050;

interface Client {
  readonly outlet: Outlet;
  /** `channel symbol` → option. */
  readonly subscriptions: Map<string, string>;
}

export interface PublicSocketOptions {
  readonly switches: SimulatorSwitches;
  readonly faults: FaultDesk;
  readonly stats: StatsCounter;
  readonly commands: RateLimit;
  /** Called when the number of subscriptions has changed. */
  onSubscriptions(count: number): void;
}

/** The public socket: ticker, orderbooks and trades to whoever subscribed. No acknowledgements; only errors answer. */
export class PublicSockets {
  readonly #options: PublicSocketOptions;
  readonly #clients = new Set<Client>();
  readonly #lastTicker = new Map<string, string>();
  /** The last book frame of each symbol, and when it left, market time. */
  readonly #lastBook = new Map<string, { readonly frame: string; sentAt: EpochMs }>();

  constructor(options: PublicSocketOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#clients.size;
  }

  get subscriptions(): number {
    let count = 0;
    for (const client of this.#clients) count += client.subscriptions.size;
    return count;
  }

  /** Takes over an opened socket. `ip` is whose command budget it uses. */
  accept(outlet: Outlet, ip: string): void {
    const client: Client = { outlet, subscriptions: new Map() };
    this.#clients.add(client);
    outlet.socket.on('message', (data) => {
      const error = this.#options.commands.take(ip) ? this.#obey(client, parseCommand(data)) : FRAME_TOO_MANY;
      if (error !== null) outlet.send(error);
    });
    outlet.socket.on('close', () => {
      this.#clients.delete(client);
      this.#options.onSubscriptions(this.subscriptions);
    });
  }

  trade(symbol: string, match: Match): void {
    const rows = printedRows(match).map((row) => JSON.stringify({ channel: 'trades', ...row, symbol }));
    const taker = rows[match.takerFirst ? 0 : 1] as string;
    this.#broadcast('trades', symbol, (send, option) => {
      if (option === 'TAKER_ONLY') send(taker);
      else for (const row of rows) send(row);
    });
  }

  book(symbol: string, book: Book): void {
    const frame = JSON.stringify({
      channel: 'orderbooks',
      asks: levels(book.asks.slice(0, 30)),
      bids: levels(book.bids.slice(0, 30)),
      symbol,
      timestamp: iso(book.ts),
      grouping: '1',
    });
    this.#lastBook.set(symbol, { frame, sentAt: book.ts });
    this.#broadcast('orderbooks', symbol, (send) => send(frame));
  }

  /** Sends the ticker when anything but its time has changed. */
  ticker(symbol: string, view: MarketView, ts: EpochMs): void {
    const ticker = view.ticker();
    if (ticker === null) return;
    const row = tickerRow(symbol, ticker, ts, this.#options.switches);
    const content = JSON.stringify({ ...row, timestamp: '' });
    if (this.#lastTicker.get(symbol) === content) return;
    this.#lastTicker.set(symbol, content);
    const frame = JSON.stringify({ channel: 'ticker', ...row });
    this.#broadcast('ticker', symbol, (send) => send(frame));
  }

  /** Sends books again that have been quiet. */
  repeatQuietBooks(now: EpochMs): void {
    for (const [symbol, last] of this.#lastBook) {
      if (now - last.sentAt < REPEAT_MS) continue;
      last.sentAt = now;
      for (const client of this.#clients) {
        if (!client.subscriptions.has(`orderbooks ${symbol}`) || !client.outlet.isOpen) continue;
        client.outlet.send(last.frame, { channel: 'orderbooks', symbol });
        this.#options.stats.repeats += 1;
      }
    }
  }

  /** To every socket, whatever it is. */
  send(text: string): void {
    for (const { outlet } of this.#clients) outlet.send(text);
  }

  closeAll(): void {
    for (const { outlet } of this.#clients) outlet.cut();
  }

  /** The error frame, or null. */
  #obey(client: Client, asked: ReturnType<typeof parseCommand>): string | null {
    if (asked === null) return invalidFrame();
    const { command, channel, symbol, option } = asked;
    if (command !== 'subscribe' && command !== 'unsubscribe') return invalidFrame('command');
    if (!CHANNELS.includes(channel as Channel)) return invalidFrame('channel');
    if (!isSymbol(symbol)) return invalidFrame('symbol');
    if (option !== undefined && (channel !== 'trades' || option !== 'TAKER_ONLY')) return invalidFrame('option');
    const fault =
      command === 'subscribe'
        ? this.#options.faults.subscribe(client.outlet, { channel: channel as Channel, symbol })
        : null;
    if (fault !== null) return fault === 'refused' ? FRAME_TOO_MANY : null;
    const key = `${channel as Channel} ${symbol}`;
    if (command === 'subscribe') client.subscriptions.set(key, typeof option === 'string' ? option : '');
    else client.subscriptions.delete(key);
    this.#options.onSubscriptions(this.subscriptions);
    return null;
  }

  #broadcast(channel: Channel, symbol: string, deliver: (send: (frame: string) => void, option: string) => void): void {
    const subject = { channel, symbol };
    const key = `${channel} ${symbol}`;
    for (const client of this.#clients) {
      const option = client.subscriptions.get(key);
      if (option === undefined || !client.outlet.isOpen) continue;
      deliver((frame) => client.outlet.send(frame, subject), option);
      StatsCounter.add(this.#options.stats.frames[channel], symbol);
    }
  }
}
