import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { Plugin } from '@oclif/core';
import type { BenchRow } from './bench-row.js';
import { median } from './median.js';

const PAIRS = 15;
const BAR = 1.15;

/** `alpha --help` as a whole process, against the help of an oclif command line with one command that does nothing. */
export async function run(): Promise<BenchRow[]> {
  const alpha = join(dirname(createRequire(import.meta.url).resolve('@alpha-engine/cli/package.json')), 'bin/run.js');
  const empty = await emptyCommandLine();

  await wholeProcess(empty); // The first start reads the disk; it is not counted.
  await wholeProcess(alpha);
  const ratios: number[] = [];
  const times: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    // Neighbours in time share the noise of the machine, and neither always goes first.
    const first = await wholeProcess(pair % 2 === 0 ? empty : alpha);
    const second = await wholeProcess(pair % 2 === 0 ? alpha : empty);
    const [reference, own] = pair % 2 === 0 ? [first, second] : [second, first];
    ratios.push(own / reference);
    times.push(own);
  }

  const ratio = median(ratios);
  return [
    {
      name: 'start-up of alpha --help',
      reference: 'an empty oclif command line (manifest and help plug-in, one command) answering --help',
      value: median(times),
      ratio,
      bar: `≤ ${BAR}x`,
      met: ratio <= BAR,
      unit: 'ms',
      note: `median of ${PAIRS} pairs of whole processes`,
    },
  ];
}

/** Path of its executable. The manifest is written first, as in a published package. */
async function emptyCommandLine(): Promise<string> {
  const root = fileURLToPath(new URL('../empty-oclif', import.meta.url));
  const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true });
  await plugin.load();
  await writeFile(join(root, 'oclif.manifest.json'), JSON.stringify(plugin.manifest));
  return join(root, 'bin/run.js');
}

/** Milliseconds from the start of the process to its end. */
async function wholeProcess(program: string): Promise<number> {
  const started = performance.now();
  // Production: an installed package has no TypeScript configuration beside it that oclif would look at.
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = spawn(process.execPath, [program, '--help'], { stdio: 'ignore', env });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${program} --help ended with status ${status}.`);
  return performance.now() - started;
}
