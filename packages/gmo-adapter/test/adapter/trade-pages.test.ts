import { describe, expect, it } from 'vitest';
import { readTradePages, type TradePage } from '../../src/adapter/trade-pages.js';
import type { TradeRow } from '../../src/schema/rest-public.js';

/** A list of trades as the exchange keeps it, newest first, on which trades may arrive before each read. */
class Tape {
  rows: TradeRow[] = [];
  reads = 0;
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

  read =
    (arrive: (read: number) => void) =>
    async ({ page, count }: TradePage) => {
      arrive(this.reads++);
      expect(count).toBeLessThanOrEqual(100);
      return this.rows.slice((page - 1) * count, page * count);
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
    expect(tape.reads).toBe(3);
  });

  it('are read no further than asked', async () => {
    const tape = new Tape().match(500);
    const some = await readTradePages(
      tape.read(() => undefined),
      (rows) => rows.length >= 190,
      10,
    );
    expect(some).toEqual({ rows: tape.rows.slice(0, some.rows.length), ended: false });
    expect(some.rows.length).toBeLessThan(300);
    expect(tape.reads).toBe(2);
    const few = await readTradePages(
      tape.read(() => undefined),
      all,
      3,
    );
    expect(few).toEqual({ rows: tape.rows.slice(0, few.rows.length), ended: false });
    expect(tape.reads).toBe(5);
  });

  it.each([0, 1, 7, 49, 50, 51, 60, 130])('are joined when %d matches arrive between two reads', async (arrivals) => {
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

  it('are joined in a burst of equal matches, with more of them coming', async () => {
    const tape = new Tape().match(100).match(20, true).match(40).match(20, true).match(40);
    const before = [...tape.rows];
    const { rows } = await readTradePages(
      tape.read((read) => read > 0 && read < 8 && tape.match(5, true)),
      all,
      100,
    );
    expect(rows.slice(-before.length)).toEqual(before);
    expect(rows).toHaveLength(before.length);
  });

  it('are not joined with a reply that is older than the one before', async () => {
    const tape = new Tape().match(300);
    const older = [...tape.rows];
    tape.match(7);
    const stale = async ({ page, count }: TradePage) => older.slice((page - 1) * count, page * count);
    const fresh = tape.read(() => undefined);
    let reads = 0;
    const { rows } = await readTradePages(async (page) => (++reads % 3 === 2 ? stale(page) : fresh(page)), all, 100);
    expect(rows).toEqual(tape.rows);
  });

  it('are joined by what is expected where a burst is longer than a page and nothing tells its rows apart', async () => {
    const tape = new Tape().match(100).match(60, true).match(10);
    const { rows, ended } = await readTradePages(
      tape.read(() => undefined),
      all,
      30,
    );
    expect(ended).toBe(true);
    expect(rows).toEqual(tape.rows);
  });

  it('catch up with a market that fills most of a page between two reads', async () => {
    const tape = new Tape().match(600);
    const before = [...tape.rows];
    const { rows } = await readTradePages(
      tape.read((read) => read > 0 && tape.match(35)),
      (read) => read.length >= before.length,
      40,
    );
    expect(rows.slice(0, before.length)).toEqual(before);
    expect(tape.reads).toBeLessThan(30);
  });

  it('leave no hole when the market stops as soon as much is expected of it', async () => {
    const tape = new Tape().match(600);
    const before = [...tape.rows];
    const { rows } = await readTradePages(
      tape.read((read) => read % 4 === 1 && tape.match(90)),
      all,
      100,
    );
    expect(rows.slice(-before.length)).toEqual(before);
  });

  it('begin where they are told to, however many come meanwhile', async () => {
    const tape = new Tape().match(400);
    const before = [...tape.rows];
    const { rows, ended } = await readTradePages(
      tape.read((read) => read > 0 && read < 5 && tape.match(20)),
      all,
      100,
      { skip: 250 },
    );
    expect(rows).toEqual(before.slice(200));
    expect(ended).toBe(true);
  });

  it('go on where an interrupted reading ended', async () => {
    const tape = new Tape().match(2_000);
    let soFar: readonly TradeRow[] = [];
    const progress = (rows: readonly TradeRow[]) => {
      soFar = rows;
    };
    const interrupted = tape.read((read) => {
      if (read === 20) throw new Error('Cut.');
    });
    await expect(readTradePages(interrupted, all, 100, { progress })).rejects.toThrow('Cut.');
    expect(soFar.length).toBeGreaterThan(1_700);
    tape.match(150);
    const reads = tape.reads;
    const { rows } = await readTradePages(
      tape.read(() => undefined),
      all,
      100,
      { kept: soFar },
    );
    expect(rows).toEqual(tape.rows);
    expect(tape.reads - reads).toBeLessThan(32);
  });

  it('are each once and none left out, wherever a reading begins and is interrupted', async () => {
    const seed = Number(process.env.ALPHA_SEED ?? Date.now());
    let state = (seed % 2_147_483_646) + 1;
    const below = (most: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % most;
    };
    for (let run = 0; run < 30; run++) {
      const tape = new Tape();
      const trade = (most: number) => {
        for (let n = below(most); n > 0; n--) tape.match(1 + below(6), below(3) === 0);
      };
      for (let n = 0; n < 8; n++) trade(60);
      let kept: readonly TradeRow[] = [];
      for (let attempt = 0; attempt < 4; attempt++) {
        const skip = below(2) * below(500);
        const cutAt = tape.reads + 1 + below(8);
        let before: readonly TradeRow[] = [];
        const read = tape.read((count) => {
          if (count === cutAt && attempt < 3) throw new Error('Cut.');
          if (before.length > 0) trade(12);
          else before = [...tape.rows];
        });
        const progress = (rows: readonly TradeRow[]) => {
          kept = rows;
        };
        try {
          const { rows } = await readTradePages(read, all, 200, { skip, kept, progress });
          const from = before.length >= Math.floor(skip / 100 + 1) * 100 ? Math.floor(skip / 100) * 100 : null;
          if (from !== null) expect(rows, `seed ${seed}, run ${run}`).toEqual(before.slice(from));
        } catch (error) {
          if ((error as Error).message !== 'Cut.') throw error;
        }
      }
    }
  });
});
