import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { EpochMs, Side } from '@alpha-engine/core';

export interface RecordedTrade {
  readonly ts: EpochMs;
  readonly price: number;
  readonly size: number;
  readonly side: Side;
}

export interface RecordedTrades {
  readonly name: string;
  /** In order of time, equal times by id. */
  readonly trades: readonly RecordedTrade[];
  /** Rows without a time or a side, or with an id that came before. */
  readonly leftOut: number;
}

const FILE = /^bitflyer\.execution\..*\.csv\.gz$/;

/** Trades of bitFlyer as its REST interface told them: newest first within each poll, some without a time or a side. */
export async function readRecordedTrades(folder: string, day: string): Promise<RecordedTrades> {
  const names = await readdir(folder).catch(() => {
    throw new Error(`There is no folder ${folder}. Leave --data out to play the shipped tape.`);
  });
  const name = names.toSorted().find((one) => FILE.test(one) && one.includes(day));
  if (name === undefined) throw new Error(`${folder} has no bitflyer.execution.*${day}*.csv.gz.`);
  const lines = createInterface({ input: createReadStream(join(folder, name)).pipe(createGunzip()) });
  const byId = new Map<number, RecordedTrade>();
  let columns: readonly string[] | null = null;
  let leftOut = 0;
  for await (const line of lines) {
    // No cell holds a comma or a quote of its own.
    const cells = line.replaceAll('"', '').split(',');
    if (columns === null) {
      columns = cells;
      continue;
    }
    const cell = (column: string) => cells[columns!.indexOf(column)]?.trim() ?? '';
    const id = Number(cell('id'));
    const ts = Date.parse(cell('exec_date'));
    const side = cell('side').toLowerCase();
    if (Number.isNaN(ts) || (side !== 'buy' && side !== 'sell') || byId.has(id)) leftOut++;
    else byId.set(id, { ts, price: Number(cell('price')), size: Number(cell('size')), side });
  }
  const trades = [...byId].toSorted(([idA, a], [idB, b]) => a.ts - b.ts || idA - idB).map(([, trade]) => trade);
  return { name, trades, leftOut };
}
