import { AlphaError } from '@alpha-engine/core';
import { executionBrain, LatencyMeter, type MeasuredLatency } from '@alpha-engine/core/process';
import { LEGS } from '@alpha-engine/core/simulation';
import type { Config } from '../config/schema.js';
import { writeOutput } from '../output/output-file.js';
import { instantIn } from './backtest-values.js';
import { openRecords } from './open-records.js';

export interface LatencyRequest {
  readonly config: Config;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Where the file is written; null: nowhere. */
  readonly out: string | null;
}

export interface LatencyReport extends MeasuredLatency {
  readonly out: string | null;
}

/** Throws what `openRecords` throws, `USAGE` for times that are none, `DATA_INVALID` for a period without a record, and `OUTPUT_UNWRITABLE`. */
export async function measureLatency({ config, from, out, to }: LatencyRequest): Promise<LatencyReport> {
  const fromTs = instantIn('--from', from, 0) ?? 0;
  const toTs = instantIn('--to', to, 0) ?? Number.POSITIVE_INFINITY;
  const meter = new LatencyMeter();
  const records = await openRecords(config);
  try {
    for await (const { inputs, ts } of records.store.inputLog(executionBrain(config.exchange), 0)) {
      if (ts >= fromTs && ts < toTs) meter.take(inputs);
    }
  } finally {
    await records.close();
  }
  const found = meter.result();
  if (LEGS.every((leg) => found.measured.samples[leg] === 0)) {
    throw new AlphaError(
      'DATA_INVALID',
      `The records in ${records.location} hold no tickers, orders or fills of ${config.exchange} in that time: nothing can be measured.`,
    );
  }
  if (out !== null) await writeOutput(out, `${JSON.stringify(found, null, 2)}\n`);
  return { ...found, out };
}
