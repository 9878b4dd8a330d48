import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { AlphaError, encodeEvent, type MarketEvent } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { EventFiles, type EventFilesOptions, MergedEvents } from '../../src/index.js';
import { DataFiles } from '../support/data-files.js';

const files = new DataFiles();

async function read(content: string | readonly string[], more: Partial<EventFilesOptions> = {}) {
  const texts = typeof content === 'string' ? [content] : content;
  const source = new EventFiles({
    files: texts.map((text) => files.write(text)),
    exchange: 'gmo',
    symbol: 'BTC',
    ...more,
  });
  return { events: await all(source), provenance: source.provenance() };
}

async function all(source: Pick<EventFiles | MergedEvents, 'events'>): Promise<MarketEvent[]> {
  const events: MarketEvent[] = [];
  for await (const batch of source.events()) events.push(...batch);
  return events;
}

async function refusal(content: string | readonly string[], more: Partial<EventFilesOptions> = {}): Promise<string> {
  const error = await read(content, more).catch((caught: unknown) => caught);
  if (!AlphaError.is(error)) throw new Error(`It was not refused: ${String(error)}`);
  return `${error.code}: ${error.message}`;
}

const TS = Date.UTC(2025, 5, 30, 21, 0, 19, 862);
const TRADE: MarketEvent = {
  type: 'trade',
  exchange: 'gmo',
  symbol: 'BTC',
  ts: TS,
  data: { price: 15499938, size: 0.001, side: 'buy' },
};
const BOOK: MarketEvent = {
  type: 'orderbook',
  exchange: 'gmo',
  symbol: 'BTC',
  ts: TS,
  data: { is_snapshot: true, bids: [[100, 0.5]], asks: [[101, 2]] },
};

describe('trades', () => {
  it.each<[what: string, text: string, more: Partial<EventFilesOptions>]>([
    [
      'of the daily archive of GMO Coin',
      'symbol,side,size,price,timestamp\r\nBTC,BUY,0.0010,15499938.000,2025-06-30 21:00:19.862\r\n',
      {},
    ],
    ['with a maker column', 'id,price,qty,time,is_buyer_maker\n7,15499938,0.001,1751317219862,False\n', {}],
    [
      'with quotes',
      '"exec_date","side","price","size"\n"2025-07-01T06:00:19.862+09:00","BUY","15499938.0","0.001"\n',
      {},
    ],
    [
      'without a header, columns by number',
      '1751317219862,15499938,0.001,b\n',
      { kind: 'trades', columns: { time: '1', price: '2', size: '3', side: '4' } },
    ],
    [
      'of another exchange too',
      `exchange,symbol,ts,price,size,side\nGMO,BTC,${TS},15499938,0.001,BUY\nBITFLYER,BTC,${TS},1,1,BUY\n`,
      {},
    ],
    [
      'as JSON lines',
      `{"timestamp":"2025-06-30T21:00:19.862Z","price":"15499938","amount":0.001,"side":"buy","symbol":"BTC"}\n`,
      {},
    ],
    ['as on the bus', `${encodeEvent(TRADE)}\n`, {}],
    [
      'as on the bus, of several symbols',
      `${encodeEvent({ ...TRADE, symbol: 'ETH' })}\n${encodeEvent(TRADE)}\n`,
      { symbols: ['BTC'] },
    ],
  ])('%s', async (_what, text, more) => {
    expect((await read(text, more)).events).toEqual([TRADE]);
  });

  it('reads every time as the plain parser does, whatever the row before was', async () => {
    const times = ['21:00:19.862', '21:00:19.8629', '21:00:20', '21:00:59.9', '21:01:00.05', '22:00:00.000'];
    const text = times.map((time) => `2025-06-30 ${time},1,1,buy`).join('\n');
    const { events } = await read(`time,price,size,side\n${text}\n`);
    const expected = ['21:00:19.862', '21:00:19.862', '21:00:20.000', '21:00:59.900', '21:01:00.050', '22:00:00.000'];
    expect(events.map(({ ts }) => new Date(ts).toISOString())).toEqual(expected.map((time) => `2025-06-30T${time}Z`));
  });
});

describe('books', () => {
  it.each<[what: string, text: string]>([
    ['best quotes', `best_bid,best_bid_volume,best_ask,best_ask_volume,timestamp\n100,0.5,101,2,${TS}\n`],
    ['levels, empty ones too', `ts,bid1,bid1vol,bid2,bid2vol,ask1,ask1vol,ask2,ask2vol\n${TS},100,0.5,,,101,2,102,0\n`],
    [
      'levels in brackets',
      `timestamp,asks[0].price,asks[0].amount,bids[0].price,bids[0].amount\n${TS}000,101,2,100,0.5\n`,
    ],
    ['as on the bus', `${encodeEvent(BOOK)}\n`],
  ])('%s', async (_what, text) => {
    expect((await read(text)).events).toEqual([BOOK]);
  });

  it('a tape of the simulator', async () => {
    const path = fileURLToPath(new URL('../../../gmo-adapter/tapes/btc-20240808.jsonl.gz', import.meta.url));
    const source = new EventFiles({ files: [path], exchange: 'gmo', symbol: 'BTC' });
    const events = await all(source);
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect([count('trade'), count('orderbook')]).toEqual([28_672, 1_190]);
    expect(source.provenance()[0]).toMatchObject({ rows: 29_862, used: 29_862, faults: [] });
  });

  it('a tape of the simulator that was cut between two rows', async () => {
    const header = { format: 'alpha-tape', version: 1, exchange: 'gmo', start: TS, end: TS, records: 3 };
    const row = `["trade","BTC",${TS},100,1,"buy"]\n`;
    const tape = (rows: number) => `${JSON.stringify(header)}\n${row.repeat(rows)}`;
    expect((await read(tape(3))).events).toHaveLength(3);
    expect(await refusal(tape(2))).toContain(
      'has bad rows: it is cut, 3 rows are promised and there are 2: 1 row (line 3).',
    );
    const skipped = new EventFiles({ files: [files.write(tape(2))], exchange: 'gmo', symbol: 'BTC', badRows: 'skip' });
    expect(await all(skipped)).toHaveLength(2);
    expect(skipped.provenance()[0]).toMatchObject({ rows: 2, used: 2, faults: [{ count: 1, lines: [3] }] });
  });
});

it('takes over when a row was received, where it says so', async () => {
  const trades = `timestamp,local_timestamp,side,price,amount\n${TS},${TS + 7},buy,1,1\n${TS},,buy,1,1\n`;
  expect((await read(trades)).events.map(({ recv_ts: receivedTs }) => receivedTs)).toEqual([TS + 7, undefined]);
  const books = `time,received_at,bid,bid_size,ask,ask_size\n${TS},${TS + 8},1,1,2,1\n`;
  expect((await read(books)).events).toMatchObject([{ ts: TS, recv_ts: TS + 8 }]);
  expect(await refusal(books.replace(String(TS + 8), 'soon'))).toContain(
    'received: time not understood: 1 row (line 2)',
  );
});

describe('bad rows', () => {
  const header = 'symbol,side,size,price,timestamp';
  const row = (time: string, more = 'BUY,0.001,100') => `BTC,${more},2025-06-30 21:00:${time}`;

  it.each([
    ['price zero or negative', row('20.000', 'BUY,1,0')],
    ['size zero or negative', row('20.000', 'BUY,-1,100')],
    ['side neither buy nor sell', row('20.000', 'HOLD,1,100')],
    ['a column is missing or no number', row('20.000', 'BUY,x,100')],
    ['time not understood', 'BTC,BUY,0.001'],
    ['time zone written otherwise than before', row('20.000Z')],
    ['time written otherwise than before', 'BTC,BUY,0.001,100,1751317220'],
    ['more columns than in the first line', row('20.000,1')],
    ['earlier than before', row('18.999')],
  ])('%s: refused with file, line and count, or left out and counted', async (problem, bad) => {
    const text = [header, row('19.000'), bad, row('21.000'), ''].join('\n');
    expect(await refusal(text)).toMatch(/^DATA_INVALID: .*has bad rows: /);
    expect(await refusal(text)).toContain(`has bad rows: ${problem}: 1 row (line 3).`);
    const { events, provenance } = await read(text, { badRows: 'skip' });
    expect(events).toHaveLength(2);
    expect(provenance[0]).toMatchObject({ rows: 3, used: 2, faults: [{ problem, count: 1, lines: [3] }] });
  });

  it.each([
    ['bid not below ask', '101,1,101,1'],
    ['price zero or negative', '0,1,101,1'],
    ['size negative', '100,-1,101,1'],
    ['a column is missing or no number', '100,1,101'],
  ])('books: %s', async (problem, levels) => {
    const text = `time,bid,bid_size,ask,ask_size\n${TS},100,1,101,1\n${TS},${levels}\n`;
    expect(await refusal(text)).toContain(`${problem}: 1 row (line 3)`);
  });

  it('a repeated number, but not a late trade that bears one', async () => {
    const lines = [
      { ...TRADE, seq: 1 },
      { ...TRADE, seq: 2, ts: TS - 5 },
      { ...TRADE, seq: 2, ts: TS },
    ].map((event) => `${encodeEvent(event)}\n`);
    expect(await refusal(lines.join(''))).toContain('same number as before: 1 row (line 3)');
    expect((await read(lines.join(''), { badRows: 'skip' })).events.map(({ ts }) => ts)).toEqual([TS, TS - 5]);
  });

  it('a row that bears an id and stands there twice', async () => {
    const text = `id,time,price,size,side\n7,${TS},1,1,buy\n7,${TS},1,1,buy\n8,${TS},1,1,buy\n`;
    expect(await refusal(text)).toContain('the row before once more: 1 row (line 3)');
  });

  it('overlapping files, named with the later one', async () => {
    const text = await refusal([`${header}\n${row('19.000')}\n`, `${header}\n${row('18.000')}\n`]);
    expect(text).toMatch(/before the end of .*\.csv: 1 row \(line 2\)/);
  });

  it('a plain file that may be cut is doubted, a compressed one that is cut is refused', async () => {
    const whole = `${header}\n${Array.from({ length: 60 }, (_, second) => row(`${String(second).padStart(2, '0')}.000`)).join('\n')}\n`;
    expect((await read(whole)).provenance[0]?.notes).toEqual([]);
    expect((await read(whole.slice(0, -2))).provenance[0]?.notes[0]).toMatch(/^line 61, the last, has no line end/);
    const packed = gzipSync(whole);
    const cut = files.write(packed.subarray(0, packed.length - 12), 'csv.gz');
    expect(await refusal('', { files: [cut] })).toMatch(
      /^DATA_UNREADABLE: .* cannot be read after line \d+: it is cut\.$/,
    );
  });

  it('what holds nothing that was asked for', async () => {
    expect(await refusal(`${encodeEvent(TRADE)}\n`, { symbols: ['ETH'] })).toContain(
      'holds nothing that was asked for; there is BTC of gmo',
    );
    expect(await refusal('hello,world\n1,2\n')).toContain('say what it holds with --data-kind');
  });
});

describe('several sources', () => {
  const source = (symbol: string, times: readonly number[]) =>
    new EventFiles({
      files: [files.write(times.map((ts) => `${encodeEvent({ ...TRADE, symbol, ts })}\n`).join(''))],
      exchange: 'gmo',
      symbol,
    });

  it('are merged by time, equal times in the order of the sources', async () => {
    const merged = new MergedEvents([source('A', [1, 3, 3, 9]), source('B', [1, 2, 3, 10, 11]), source('C', [3])]);
    const order = (await all(merged)).map(({ symbol, ts }) => `${symbol}${ts}`);
    expect(order).toEqual(['A1', 'B1', 'B2', 'A3', 'A3', 'B3', 'C3', 'A9', 'B10', 'B11']);
    expect(merged.provenance().map(({ used }) => used)).toEqual([4, 5, 1]);
  });

  it('a late event follows the one before it', async () => {
    const late = files.write(
      [5, 2, 6].map((ts, index) => `${encodeEvent({ ...TRADE, symbol: 'A', ts, seq: index + 1 })}\n`).join(''),
    );
    const a = new EventFiles({ files: [late], exchange: 'gmo', symbol: 'A' });
    const order = (await all(new MergedEvents([source('B', [1, 3, 5, 6]), a]))).map(
      ({ symbol, ts }) => `${symbol}${ts}`,
    );
    expect(order).toEqual(['B1', 'B3', 'B5', 'A5', 'A2', 'B6', 'A6']);
  });
});
