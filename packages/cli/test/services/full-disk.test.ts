import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TradeArchive } from '@alpha-engine/core';
import { AlphaError } from '@alpha-engine/core';
import { type SmallDisk, smallDisk } from '@alpha-engine/core/testing';
import { describe, expect, it } from 'vitest';
import { writeTables } from '../../src/services/backtest/write-tables.js';
import { download } from '../../src/services/download.js';
import { openTrials } from '../../src/services/open-trials.js';

const SAID = /^OUTPUT_UNWRITABLE: [^ ]+ cannot be written: (the disk is full|files may not grow that large there)\.$/;

/** What `work` ends with while the disk is full. */
async function told(disk: SmallDisk, work: () => Promise<unknown>): Promise<string> {
  disk.fill(process.pid);
  try {
    await work();
    return 'It was written.';
  } catch (error) {
    return AlphaError.is(error) ? `${error.code}: ${error.message}` : String(error);
  } finally {
    disk.free(process.pid);
  }
}

describe('on a full disk', () => {
  it('no table is changed', async () => {
    await using disk = smallDisk(1_000_000);
    const report = { trades: [], openTrades: [], orders: [], denials: [] } as unknown as Parameters<
      typeof writeTables
    >[1];
    const curveOf = (value: number) => ({ times: new Float64Array([0]), values: new Float64Array([value]) });
    const write = (value: number) =>
      writeTables(disk.path, report, { curve: curveOf(value) } as unknown as Parameters<typeof writeTables>[2], []);
    await write(1);
    const tables = ['denials.csv', 'equity.csv', 'orders.csv', 'signals.csv', 'trades.csv'];
    expect(await readdir(disk.path)).toEqual(tables);
    expect(await told(disk, () => write(2))).toMatch(SAID);
    expect(await readdir(disk.path)).toEqual(tables);
    expect(await readFile(join(disk.path, 'equity.csv'), 'utf8')).toBe('time,equity\n1970-01-01T00:00:00.000Z,1\n');
  });

  it('the trials before stay whole, and a file that cannot begin is not left', async () => {
    await using disk = smallDisk(1_000_000);
    const path = join(disk.path, 'trials.jsonl');
    const trial = (index: number) => ({
      index,
      point: { fast: index },
      outcome: { failed: 'threw' as const, message: 'x'.repeat(10_000) },
    });
    const trials = await openTrials(path, { seed: 1 });
    trials.add(trial(0));
    expect(await told(disk, async () => trials.add(trial(1)))).toMatch(SAID);
    await trials.close();
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([3, '']);
    const again = await openTrials(path, { seed: 1 });
    expect([...again.known().keys()]).toEqual([0]);
    await again.close();
    const other = join(disk.path, 'other.jsonl');
    expect(await told(disk, () => openTrials(other, { seed: 1, data: 'x'.repeat(10_000) }))).toMatch(SAID);
    expect(await readdir(disk.path)).toEqual(['trials.jsonl']);
  });

  it('a download ends at once, and what had the name keeps it', async () => {
    await using disk = smallDisk(1_000_000);
    const path = join(disk.path, 'day.csv.gz');
    await writeFile(path, 'old');
    let asked = 0;
    const archive: TradeArchive = {
      files: (symbol, from, to) => [{ name: 'day.csv.gz', symbol, from, to }] as ReturnType<TradeArchive['files']>,
      problemOf: () => null,
      open: async () => {
        asked++;
        return {
          bytes: (async function* () {
            yield Buffer.alloc(10_000);
          })(),
          offset: 0,
          total: 10_000,
        } as never;
      },
    };
    const { signal } = new AbortController();
    const request = { archive, symbols: ['BTC'], from: 0, to: 1, folder: disk.path, signal, onFile: () => undefined };
    expect(await told(disk, () => download(request))).toMatch(SAID);
    expect(asked).toBe(1);
    expect((await readdir(disk.path)).filter((name) => !name.endsWith('.part'))).toEqual(['day.csv.gz']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });
});
