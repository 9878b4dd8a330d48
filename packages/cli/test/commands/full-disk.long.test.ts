import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { smallDisk } from '@alpha-engine/core/testing';
import { startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { fullDevice } from '../support/full-device.js';
import { tempFolder } from '../support/temp-folder.js';

const SAID =
  /^OUTPUT_UNWRITABLE: [^\n]+ cannot be written: (the disk is full|files may not grow that large there)\.\n$/;
const PRICES = [10, 9, 8, 9, 10, 12].map((price, day) => `2024-01-0${day + 1},${price},${price},${price},${price},1`);
const DATA = { 'ABC.csv': ['time,open,high,low,close,volume', ...PRICES, ''].join('\n') };
const RUN = ['--data', 'ABC.csv', '--timeframe', '1d', '--strategy', 'ma-cross', '--rules', 'none'];
const BACKTEST = ['backtest', ...RUN, '--param', 'fast=2', '--param', 'slow=3'];
const OPTIMIZE = ['optimize', ...RUN, '--space', 'fast=1..2', '--space', 'slow=3..4', '--threads', '1'];
const DAY = ['--symbol', 'BTC', '--from', '2024-08-08T21:00Z', '--to', '2024-08-09T21:00Z'];

it('says in one sentence that the disk is full, whatever it was to write, and leaves what was there', async () => {
  const folder = await tempFolder(DATA);
  const simulator = await startGmoSimulator({ origin: 'tape' });
  await using disk = smallDisk(1_000_000);
  const old = ['day/20240809_BTC.csv.gz', 'report.html', 'tables/equity.csv', 'best.html'];
  for (const part of ['day', 'tables']) await mkdir(join(disk.path, part));
  for (const name of old) await writeFile(join(disk.path, name), 'old');
  const at = (name: string) => join(disk.path, name);
  disk.fill(process.pid);
  try {
    for (const args of [
      [...BACKTEST, '--report', at('report.html')],
      [...BACKTEST, '--tables', at('tables')],
      [...OPTIMIZE, '--out', at('trials.jsonl')],
      [...OPTIMIZE, '--report', at('best.html')],
      ['data', 'download', ...DAY, '--out', at('day')],
    ]) {
      const { exit, stderr } = await runAlpha(args, { folder, env: { REST_BASE_URL: simulator.restBaseUrl } });
      // A search tells how far it is.
      expect([exit, stderr.replace(/^\d+ of \d+ trials.*\n/gm, '')], args.join(' ')).toEqual([
        5,
        expect.stringMatching(SAID),
      ]);
    }
  } finally {
    disk.free(process.pid);
    await simulator.close();
  }
  for (const name of old) expect(await readFile(at(name), 'utf8'), name).toBe('old');
  const left = await readdir(disk.path, { recursive: true });
  // What came of a download is kept under another name, to go on from.
  expect(left.filter((name) => !name.endsWith('.csv.gz.part')).sort()).toEqual([...old, 'day', 'tables'].sort());
}, 60_000);

it('writes a report to a device and to its own output, and takes the place of neither', async () => {
  const folder = await tempFolder(DATA);
  const full = fullDevice(folder);
  const report = await runAlpha([...BACKTEST, '--report', full], { folder });
  expect([report.exit, report.stderr]).toEqual([5, expect.stringMatching(SAID)]);
  const again = await runAlpha([...OPTIMIZE, '--out', full], { folder });
  expect([again.exit, again.stderr]).toEqual([5, expect.stringMatching(SAID)]);
  expect((await lstat(full)).isCharacterDevice()).toBe(true);
  const { exit, stdout, stderr } = await runAlpha([...BACKTEST, '--report', '/dev/stdout'], { folder });
  expect([exit, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^<!doctype html>.*<\/html>\n/is);
  expect(stdout).toContain('final equity');
}, 60_000);
