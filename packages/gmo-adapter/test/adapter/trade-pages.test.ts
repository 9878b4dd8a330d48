import { describe, expect, it } from 'vitest';
import { readTradePages } from '../../src/adapter/trade-pages.js';
import type { TradeRow } from '../../src/schema/rest-public.js';

/** A list of trades as the exchange keeps it, newest first, on which trades may arrive before each read. */
class Tape {
  rows: TradeRow[] = [];
  reads: number[] = [];
  #ms = 0;

  /** Each match prints two rows. Equal ones in one millisecond when `sameMoment`. */
  match(count: number, sameMoment = false): this {
    if (sameMoment) this.#ms += 1;
    for (let n = 0; n < count; n++) {
      if (!sameMoment) this.#ms += 1;
      for (const side of ['BUY', 'SELL']) {
        this.rows.unshift({ price: '100', size: '1', side, timestamp: new Date(this.#ms).toISOString() });
      }
    }
    return this;
  }

  read = (arrive: (read: number) => void) => async (page: number) => {
    arrive(this.reads.length);
    this.reads.push(page);
    return this.rows.slice((page - 1) * 100, page * 100);
  };
}

const all = () => false;

describe('pages of trades', () => {
  it('are read to the end of the list', async () => {
    const tape = new Tape().match(120);
    const { rows, ended } = await readTradePages(
      tape.read(() => undefined),
      all,
      10,
    );
    expect(rows).toEqual(tape.rows);
    expect(ended).toBe(true);
    expect(tape.reads).toEqual([1, 2, 3]);
  });

  it('are read no further than asked', async () => {
    const tape = new Tape().match(500);
    const some = await readTradePages(
      tape.read(() => undefined),
      (rows) => rows.length >= 200,
      10,
    );
    expect(some).toEqual({ rows: tape.rows.slice(0, 200), ended: false });
    const few = await readTradePages(
      tape.read(() => undefined),
      all,
      3,
    );
    expect(few).toEqual({ rows: tape.rows.slice(0, 300), ended: false });
  });

  it.each([0, 1, 7, 49, 50, 51, 130])('are joined when %d matches arrive between two reads', async (arrivals) => {
    const tape = new Tape().match(400);
    const before = [...tape.rows];
    const { rows } = await readTradePages(
      tape.read((read) => read > 0 && read < 6 && tape.match(arrivals)),
      all,
      100,
    );
    expect(rows.length).toBeGreaterThanOrEqual(before.length);
    expect(rows.slice(-before.length)).toEqual(before);
  });

  it('take equal matches at the edge of a page for matches of their own', async () => {
    // Rows 97 to 104 are four matches of one millisecond, price and size.
    const tape = new Tape().match(100).match(4, true).match(48);
    const { rows } = await readTradePages(
      tape.read(() => undefined),
      all,
      100,
    );
    expect(rows).toEqual(tape.rows);
  });

  it.each([1, 2, 3])('count what arrived when equal matches stand at the edge and %d more came', async (arrivals) => {
    const tape = new Tape().match(100).match(4, true).match(48);
    const before = [...tape.rows];
    const { rows } = await readTradePages(
      tape.read((read) => read === 1 && tape.match(arrivals)),
      all,
      100,
    );
    expect(rows).toEqual(before);
  });

  it('say where certainty ends when the market never stands still', async () => {
    const tape = new Tape().match(100).match(60, true).match(10);
    const { rows, ended } = await readTradePages(
      tape.read((read) => read > 0 && tape.match(3, true)),
      all,
      100,
    );
    expect(ended).toBe(false);
    expect(rows).toHaveLength(100);
  });
});
