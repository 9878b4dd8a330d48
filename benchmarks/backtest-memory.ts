import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { makeBars } from './backtest/bars.js';
import type { BenchRow } from './bench-row.js';
import { writeEvents } from './replay/recording.js';

const BARS = 1_000_000;
const BAR_MB = 300;
const MINUTES = 60;
const PER_MINUTE = 10_000;
/** What 4 times the trades may take more; the curve alone is 16 bytes a bar. */
const FLAT = 1.15;

/** Peak of resident memory of whole processes: a million bars of a CSV file by the command line, and recorded trades of one and of four hours. */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'));
  try {
    const bars = await peakMb(alpha(), [
      ...['backtest', '--strategy', 'ma-cross', '--param', 'fast=50', '--param', 'slow=200'],
      ...[
        '--data',
        await writeBars(folder),
        '--symbol',
        'BTC',
        '--timeframe',
        '1m',
        '--size',
        '0.01',
        '--fee-rate',
        '0.05%',
      ],
      ...['--cash', '10000000', '--json'],
    ]);
    const short = await peakOfTrades(folder, MINUTES);
    const long = await peakOfTrades(folder, MINUTES * 4);
    return [
      {
        name: 'alpha backtest, a million bars of a CSV file, peak memory',
        reference: 'absolute: resident memory of the whole process',
        value: Math.round(bars),
        ratio: null,
        bar: `≤ ${BAR_MB} MB`,
        met: bars <= BAR_MB,
        unit: 'MB',
      },
      {
        name: 'back-test of recorded trades, peak memory with four times the length',
        reference: `the same with ${(MINUTES * PER_MINUTE).toLocaleString('en-US')} trades: ${Math.round(short)} MB`,
        value: Math.round(long),
        ratio: long / short,
        bar: `≤ ${FLAT}x`,
        met: long / short <= FLAT,
        unit: 'MB',
        note: 'a .jsonl.gz file, trades → bars of a minute → ma-cross',
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function alpha(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@alpha-engine/cli/package.json')), 'bin/run.js');
}

async function peakOfTrades(folder: string, minutes: number): Promise<number> {
  const file = await writeEvents(folder, { minutes, perMinute: PER_MINUTE });
  return peakMb(fileURLToPath(new URL('./replay/back-test-file.js', import.meta.url)), [file]);
}

async function writeBars(folder: string): Promise<string> {
  const file = join(folder, 'bars.csv');
  const stream = createWriteStream(file);
  stream.write('time,open,high,low,close,volume\n');
  for (const { openTs, open, high, low, close, volume } of makeBars(BARS)) {
    if (!stream.write(`${openTs},${open},${high},${low},${close},${volume}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
  return file;
}

/** A child's `maxRSS` begins with what its parent has; its own peak is what the kernel keeps of its memory, where there is that file. */
const TELL = `
  import { existsSync, readFileSync } from 'node:fs';
  process.on('exit', () => {
    const own = existsSync('/proc/self/status') ? /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] : undefined;
    console.error('PEAK ' + (own ?? process.resourceUsage().maxRSS));
  });
`;

/** Megabytes. Throws when the program fails. */
async function peakMb(program: string, args: readonly string[]): Promise<number> {
  const tell = `data:text/javascript,${encodeURIComponent(TELL)}`;
  const child = spawn(process.execPath, ['--import', tell, program, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  const peak = [...said.matchAll(/^PEAK (\d+)$/gm)].map((match) => Number(match[1]));
  if (status !== 0 || peak.length === 0)
    throw new Error(`${program} ended with status ${status}: ${said.slice(0, 2_000)}`);
  return Math.max(...peak) / 1024;
}
