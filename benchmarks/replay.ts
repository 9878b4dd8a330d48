import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { BenchRow } from './bench-row.js';
import { median } from './median.js';
import { readBare, readOurs, type Seen, TARDIS_VERSION, tardisReader } from './replay/readers.js';
import { writeEvents, writeTardisCache } from './replay/recording.js';

const RECORDING = { minutes: 30, perMinute: 10_000 };
const ROUNDS = 5;
const BARE_BAR = 0.8;
const TARDIS_BAR = 1.7;

interface Timed {
  readonly name: string;
  readonly read: () => Promise<Seen>;
}

/** Recorded trades from a compressed file, every row checked, against a loop that only unpacks and parses, and against tardis-dev. */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-replay-'));
  try {
    const file = await writeEvents(folder, RECORDING);
    const { from, to } = await writeTardisCache(folder, RECORDING);
    const tardis = await tardisReader(folder);
    const ours = { name: 'ours', read: () => readOurs(file) };
    const beside: Timed[] = [{ name: 'bare', read: () => readBare(file) }];
    if (tardis !== null) beside.push({ name: 'tardis', read: () => tardis(from, to) });
    const { rate, ratios } = await inTurn(ours, beside);
    const bare = ratios.get('bare') ?? 0;
    const theirs = ratios.get('tardis') ?? null;
    const common = { value: rate, unit: 'trades/s' };
    const trades = RECORDING.minutes * RECORDING.perMinute;
    const note = `median of ${ROUNDS} rounds of ${trades} trades in ${RECORDING.minutes} minutes`;
    const besideTardis = {
      name: 'recorded trades from a compressed file, beside tardis-dev',
      reference: `replayNormalized of tardis-dev ${TARDIS_VERSION} over the same trades as bitFlyer's messages in its own folder`,
      bar: `≥ ${TARDIS_BAR}x`,
    };
    return [
      {
        ...common,
        name: 'recorded trades from a compressed file',
        reference: 'gunzip + split into lines + JSON.parse + map',
        ratio: bare,
        bar: `≥ ${BARE_BAR}x`,
        met: bare >= BARE_BAR,
        note: `${note}; ours checks every row and hashes the file`,
      },
      theirs === null
        ? {
            ...besideTardis,
            ...{ value: null, ratio: null, met: null, unit: 'trades/s' },
            note: `tardis-dev ${TARDIS_VERSION} could not be fetched from the package registry`,
          }
        : { ...common, ...besideTardis, ratio: theirs, met: theirs >= TARDIS_BAR, note: `${note}, without a network` },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rounds of all in turn; the first compiles and is not counted. Throws when they do not see the same. */
async function inTurn(ours: Timed, beside: readonly Timed[]) {
  const rates: number[] = [];
  const ratios = new Map<string, number[]>(beside.map(({ name }) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    const own = await timed(ours);
    for (const other of beside) {
      const theirs = await timed(other);
      if (own.seen.trades !== theirs.seen.trades || Math.abs(own.seen.value / theirs.seen.value - 1) > 1e-12) {
        throw new Error(`${other.name} differs: ${JSON.stringify(theirs.seen)}, ours ${JSON.stringify(own.seen)}.`);
      }
      if (round > 0) ratios.get(other.name)?.push(theirs.ms / own.ms);
    }
    if (round > 0) rates.push(own.seen.trades / (own.ms / 1_000));
  }
  return { rate: median(rates), ratios: new Map([...ratios].map(([name, found]) => [name, median(found)])) };
}

async function timed({ read }: Timed): Promise<{ seen: Seen; ms: number }> {
  const began = performance.now();
  const seen = await read();
  return { seen, ms: performance.now() - began };
}
