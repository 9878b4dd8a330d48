import { describe, expect, it } from 'vitest';
import { type FeedPicture, feedTable } from '../../src/output/feed-table.js';
import type { ChannelFigures } from '../../src/services/feed-figures.js';

const PLAIN = { width: 100, height: 24, colour: false };
const NOTHING = {
  ...{ reconnects: 0, gaps: 0, backfilledTrades: 0, rejectedFrames: 0, refusedCommands: 0 },
  ...{ queuedEvents: 0, heldTrades: 0, published: 0, publishedPerSecond: null },
  ...{ publishP50Seconds: null, publishP99Seconds: null, spoolEvents: 0, spoolBytes: 0, dropped: 0 },
};

function row(symbol: string, channel: ChannelFigures['channel'], more: Partial<ChannelFigures> = {}): ChannelFigures {
  const figures = { messages: 1_234, perSecond: 12.34, ageSeconds: 0.25, lagSeconds: 0.0123 };
  return { symbol, channel, state: 'live', ...figures, ...more };
}

function picture(more: Partial<FeedPicture> = {}): FeedPicture {
  return { exchange: 'gmo', upSeconds: 3_725, channels: [], totals: NOTHING, lines: [], ...more };
}

/** As many channels as GMO Coin has. */
function many(): ChannelFigures[] {
  return Array.from({ length: 29 }, (_, n) => `COIN${n}`).flatMap((symbol) =>
    (['trade', 'ticker', 'orderbook'] as const).map((channel) => row(symbol, channel)),
  );
}

describe('the live table', () => {
  it('has a line for each channel, the totals, and the warnings', () => {
    const channels = [
      row('BTC_JPY', 'trade', { messages: 1_234_567 }),
      row('BTC_JPY', 'ticker', { state: 'waiting', messages: 0, perSecond: null, ageSeconds: null, lagSeconds: null }),
      row('BTC', 'orderbook', { state: 'stale', ageSeconds: 21.07 }),
    ];
    const totals = {
      ...NOTHING,
      reconnects: 2,
      spoolEvents: 4_096,
      spoolBytes: 3 * 1024 ** 2,
      publishP99Seconds: 0.0042,
    };
    const fields = { symbol: 'BTC', after: { ms: 15_000 } };
    const line = { ts: Date.UTC(2026, 0, 1, 9, 30), level: 'warn', message: 'feed stale', fields } as const;
    expect(feedTable(picture({ channels, totals, lines: [line] }), PLAIN)).toEqual([
      'alpha collect  gmo  up 01:02:05  1 live, 1 waiting, 1 stale',
      'symbol   channel     messages  per s  age s  lag ms  state',
      'BTC_JPY  trade      1,234,567   12.3    0.3      12  live',
      'BTC_JPY  ticker             0      -      -       -  waiting',
      'BTC      orderbook      1,234   12.3   21.1      12  stale',
      '',
      'reconnects 2  gaps 0  backfilled trades 0  parse failures 0  refused commands 0',
      'published 0  per s -  publish p50 - ms  p99 4.2 ms',
      'spool 4,096 events, 3.0 MB  dropped 0  queued 0  held 0',
      '',
      '09:30:00 WARN feed stale symbol=BTC after={"ms":15000}',
    ]);
  });

  it('shows those that are not live, and sums up the others, where not all fit', () => {
    const channels = many();
    channels[80] = row('COIN26', 'orderbook', { state: 'stale' });
    const lines = feedTable(picture({ channels }), PLAIN);
    expect(lines).toHaveLength(PLAIN.height);
    expect(lines[2]).toMatch(/^COIN26 +orderbook .* stale$/);
    expect(lines[3]).toMatch(/^COIN0 +trade .* live$/);
    expect(lines).toContain('and 70 more: 70 live; 86,380 messages, 863.8 per s');
    expect(feedTable(picture({ channels }), { ...PLAIN, height: 100 })).toHaveLength(2 + 87 + 1 + 3);
  });

  it('leaves room for the newest warnings', () => {
    const line = (n: number) => ({ ts: 0, level: 'error', message: `trouble ${n}`, fields: {} }) as const;
    const lines = Array.from({ length: 50 }, (_, n) => line(n));
    const drawn = feedTable(picture({ channels: many(), lines }), PLAIN);
    expect(drawn).toHaveLength(PLAIN.height);
    expect(drawn.slice(-4).map((text) => text.slice(9))).toEqual([46, 47, 48, 49].map((n) => `ERROR trouble ${n}`));
  });

  it('shows a long warning whole, on as many lines as it takes', () => {
    const line = (message: string) => ({ ts: 0, level: 'warn', message, fields: {} }) as const;
    const lines = [line('a'.repeat(60)), line(`${'b'.repeat(60)} the end`)];
    const screen = { ...PLAIN, width: 40 };
    const drawn = feedTable(picture({ lines }), { ...screen, height: 12 });
    expect(drawn.slice(-5)).toEqual([
      `00:00:00 WARN ${'a'.repeat(26)}`,
      `  ${'a'.repeat(34)}`,
      `00:00:00 WARN ${'b'.repeat(26)}`,
      `  ${'b'.repeat(34)} the`,
      '   end',
    ]);
    expect(feedTable(picture({ lines }), { ...screen, height: 11 }).slice(-4)).toEqual(['', ...drawn.slice(-3)]);
  });

  it('stays within any terminal', () => {
    const lines = [{ ts: 0, level: 'warn', message: 'x'.repeat(300), fields: {} }] as const;
    for (const channels of [many(), many().slice(0, 3), []]) {
      for (let height = 1; height < 120; height += 7) {
        for (let width = 1; width < 200; width += 13) {
          const drawn = feedTable(picture({ channels, lines }), { width, height, colour: false });
          expect(drawn.length, `${width} x ${height}`).toBeLessThanOrEqual(height);
          for (const text of drawn) expect(text.length, text).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  it('gives up columns before it cuts the state off', () => {
    const [, head, first] = feedTable(picture({ channels: [row('BTC_JPY', 'orderbook')] }), { ...PLAIN, width: 40 });
    expect(head).toBe('symbol   channel    per s  age s  state');
    expect(first).toBe('BTC_JPY  orderbook   12.3    0.3  live');
  });

  it('has colours when it may, and never what others wrote to move the cursor', () => {
    const message = 'frame \x1b[2J\x1b]0;title\x07\r\nnext \u009b31m';
    const shown = picture({
      channels: [row('BTC', 'trade', { state: 'disconnected' })],
      lines: [{ ts: 0, level: 'warn', message, fields: { sample: '\x1b[H' } }],
    });
    const coloured = feedTable(shown, { ...PLAIN, colour: true });
    expect(coloured[2]?.startsWith('\x1b[31mBTC ')).toBe(true);
    expect(coloured[2]?.endsWith(' disconnected\x1b[39m')).toBe(true);
    for (const text of ['\x1b[2J', '\x1b[H', '\x1b]', '\x07', '\r', '\u009b'])
      expect(coloured.join('')).not.toContain(text);
    expect(feedTable(shown, PLAIN).join('')).not.toMatch(/\p{Cc}/u);
  });
});
