import { execFile } from 'node:child_process';
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AlphaEvent, type EventBus, Publisher } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { Alpha, BINARY, runAlpha } from '../support/alpha.js';
import { fullDevice } from '../support/full-device.js';
import { withBus } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

const START = Date.parse('2024-11-22T23:59:59.900Z');
const TRADES = 300;

function trade(n: number): AlphaEvent {
  const data = { price: 6_123_456 + n, size: 0.01, side: 'buy' } as const;
  return { type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: START + n, recv_ts: START + n, data };
}

function ticker(n: number): AlphaEvent {
  const data = { bid: 1, ask: 2, last: 1, high: 3, low: 1, volume: n };
  return { type: 'ticker', exchange: 'gmo', symbol: 'BTC_JPY', ts: START + n, data };
}

const broken = { ...trade(0), data: { price: -1, size: 0.01, side: 'buy' } } as AlphaEvent;

/** A data folder as a collector leaves it: one entry that nobody can read, trades and tickers. */
async function filledFolder(): Promise<string> {
  const folder = await tempFolder();
  await withBus(join(folder, '.alpha'), async (bus) => {
    await bus.publish(null, [broken]);
    const publisher = await Publisher.open(bus, []);
    await publisher.publish(Array.from({ length: TRADES }, (_, n) => trade(n)));
    await publisher.publish([ticker(1), ticker(2)]);
    await publisher.close();
  });
  return folder;
}

async function archiveAll(folder: string): Promise<Record<string, unknown>> {
  const archiver = new Alpha(['archive', '--json'], { folder });
  await archiver.line('archiver started');
  await withBus(join(folder, '.alpha'), (bus) => readBy(bus, 'archive-files'));
  expect((await archiver.end('SIGTERM')).exit).toBe(0);
  return archiver.line('archiver stopped');
}

async function readBy(bus: EventBus, group: string): Promise<void> {
  while ((await bus.lag(group)).some(({ lag }) => lag > 0)) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function json(folder: string, args: readonly string[]): Promise<unknown> {
  const { exit, stdout, stderr } = await runAlpha([...args, '--json'], { folder });
  expect(exit, stderr).toBe(0);
  return JSON.parse(stdout);
}

it('archives the bus into files, goes on where it was, and lists, checks and exports them', async () => {
  const folder = await filledFolder();
  expect(await archiveAll(folder)).toMatchObject({ read: TRADES + 2, archived: TRADES + 2 });
  expect(await archiveAll(folder)).toMatchObject({ read: 0, archived: 0 });

  const base = { exchange: 'gmo', symbol: 'BTC_JPY', part: 1 };
  const segments = await json(folder, ['data', 'ls', '--type', 'trade']);
  expect(segments).toMatchObject([
    { ...base, type: 'trade', day: '2024-11-22', rows: 100, firstSeq: 1, lastSeq: 100 },
    { ...base, type: 'trade', day: '2024-11-23', rows: TRADES - 100, firstSeq: 101, lastSeq: TRADES },
  ]);
  expect(await json(folder, ['data', 'verify'])).toMatchObject({ rows: TRADES + 2, damaged: [], gaps: [] });

  const out = join(folder, 'trades.csv');
  const range = ['--from', '2024-11-23', '--to', '2024-11-23T00:00:00.002'];
  expect(await json(folder, ['data', 'export', ...range, '--format', 'csv', '--out', out])).toMatchObject({
    events: 2,
  });
  expect((await readFile(out, 'utf8')).split('\n').slice(0, 2)).toEqual([
    'ts,exchange,symbol,type,seq,recv_ts,price,size,side,bid,ask,data',
    `${START + 100},gmo,BTC_JPY,trade,101,${START + 100},6123556,0.01,buy,,,`,
  ]);
  const piped = await runAlpha(['data', 'export', '--type', 'ticker'], { folder });
  expect(
    piped.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { ...ticker(1), seq: 1 },
    { ...ticker(2), seq: 2 },
  ]);

  // What cannot be written is told in one sentence, and nothing half-written stays.
  const full = fullDevice(folder);
  for (const [to, because] of [
    [join(folder, 'none', 'x.jsonl'), 'no such folder'],
    [folder, 'is a folder'],
    [join(full, 'x'), 'no such folder'],
    [full, 'the disk is full'],
  ] as const) {
    const { exit, stderr } = await runAlpha(['data', 'export', '--out', to], { folder });
    expect(exit, stderr).toBe(5);
    expect(stderr).toMatch(new RegExp(`^OUTPUT_UNWRITABLE: .*${because}.*\n$`));
  }
  const [shell, env] = ['/bin/sh', { PATH: process.env.PATH ?? '' }];
  const redirected = (to: string) =>
    promisify(execFile)(shell, ['-c', `"${process.execPath}" "${BINARY}" data export ${to}`], { cwd: folder, env });
  await expect(redirected(`> "${full}"`)).rejects.toMatchObject({
    code: 5,
    stderr: 'OUTPUT_UNWRITABLE: The output cannot be written: the disk is full.\n',
  });
  expect((await redirected('| head -c 1')).stderr).toBe('');
  expect((await lstat(full)).isCharacterDevice()).toBe(true);

  // Damage is told with its own exit status, and in the result.
  const day = join(folder, '.alpha/archive/gmo/BTC_JPY/2024-11-22');
  expect(await readdir(day)).toContain('trade.jsonl.gz');
  const manifest = join(day, 'trade.json');
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"rows":100', '"rows":99'));
  const damaged = await runAlpha(['data', 'verify', '--json'], { folder });
  expect(damaged.exit).toBe(7);
  expect(JSON.parse(damaged.stdout).damaged[0].problems[0]).toContain('99');
  expect(JSON.parse(damaged.stderr).error.code).toBe('ARCHIVE_DAMAGED');
}, 60_000);

it('looks at streams and groups, trims what nobody needs, and puts dead letters back', async () => {
  const folder = await filledFolder();
  await archiveAll(folder);
  const [first] = (await json(folder, ['stream', 'peek', 'md:trade', '--limit', '2'])) as {
    id: string;
    event: object;
  }[];
  expect(first?.event).toEqual({ ...trade(0), seq: 1 });
  const streams = (await json(folder, ['stream', 'lag', '--seconds', '0'])) as Record<string, unknown>[];
  expect(streams.map(({ stream, length }) => [stream, length])).toEqual([
    ['dlq:md:trade', 1],
    ['md:ticker', 2],
    ['md:trade', TRADES + 1],
  ]);
  expect(streams[2]?.groups).toMatchObject([{ group: 'archive-files', lag: 0, pending: 0, oldestSeconds: null }]);

  const letters = (await json(folder, ['stream', 'dlq'])) as { stream: string; entryId: string }[];
  expect(letters).toMatchObject([
    { stream: 'md:trade', group: 'archive-files', reason: expect.stringContaining('price') },
  ]);
  const [letter] = letters;
  const shown = await runAlpha(['stream', 'dlq', 'show', 'md:trade', letter?.entryId ?? ''], { folder });
  expect(JSON.parse(shown.stdout.trim().split('\n').at(-1) ?? '')).toEqual(broken);
  expect(await json(folder, ['stream', 'dlq', 'put-back', 'md:trade', '--all'])).toEqual({
    stream: 'md:trade',
    putBack: 1,
  });
  expect(await json(folder, ['stream', 'dlq'])).toEqual([]);
  const mistyped: readonly (readonly [readonly string[], string, string])[] = [
    [['put-back', 'md:trade', '--entry', '7'], 'BUS_UNKNOWN_ENTRY', 'has no dead letter 7'],
    [['show', 'md:trade', 'abc'], 'BUS_UNKNOWN_ENTRY', 'has no dead letter abc'],
    [['md:trades'], 'USAGE', 'no stream "md:trades"'],
    [['put-back', 'md:trades', '--all'], 'USAGE', 'no stream "md:trades"'],
    [['show', 'dlq:md:trade', '7'], 'USAGE', 'came from: "md:trade"'],
  ];
  for (const [words, code, says] of mistyped) {
    const { exit, stderr } = await runAlpha(['stream', 'dlq', ...words], { folder });
    expect(exit, stderr).toBe(2);
    expect(stderr).toContain(code);
    expect(stderr).toContain(says);
  }

  expect(await json(folder, ['stream', 'trim', 'md:trade', '--keep', '0'])).toEqual({
    stream: 'md:trade',
    removed: TRADES + 1,
    length: 1,
  });
  expect(await json(folder, ['stream', 'groups'])).toMatchObject([{ group: 'archive-files', lag: 1 }]);
  expect(await json(folder, ['stream', 'groups', '--drop', 'archive-files'])).toEqual({ dropped: 'archive-files' });
  expect(await json(folder, ['stream', 'groups'])).toEqual([]);
  expect((await runAlpha(['stream', 'peek', 'md:trades'], { folder })).exit).toBe(2);
}, 60_000);
