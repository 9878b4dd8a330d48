import { parseArgs } from 'node:util';

export interface ChaosOptions {
  /** Decides the market, the faults and the pauses between them. */
  readonly seed: number;
  /** How long the market runs. */
  readonly minutes: number;
  /** Market seconds per second; the tape has about 100 events a second. */
  readonly speed: number;
  readonly appendfsync: 'always' | 'everysec';
  /** Names of faults; empty: all. */
  readonly faults: readonly string[];
  /** Leave out what keeps market data from the collector: trades then come sixty times as often. */
  readonly spareCollector: boolean;
  /** Keep the folder with logs and records also when everything holds. */
  readonly keep: boolean;
  readonly json: boolean;
}

export const USAGE = `pnpm chaos [--seed N] [--minutes M] [--speed S] [--appendfsync always|everysec] [--fault NAME …] [--spare-collector] [--keep] [--json]`;

/** Throws a sentence for what cannot be meant. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      minutes: { type: 'string', default: '2' },
      speed: { type: 'string', default: '25' },
      appendfsync: { type: 'string', default: 'always' },
      fault: { type: 'string', multiple: true, default: [] },
      'spare-collector': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { appendfsync } = values;
  if (appendfsync !== 'always' && appendfsync !== 'everysec')
    throw new Error(`--appendfsync must be always or everysec; it is "${appendfsync}".`);
  return {
    seed: positive('seed', values.seed),
    minutes: positive('minutes', values.minutes),
    speed: positive('speed', values.speed),
    appendfsync,
    faults: values.fault,
    spareCollector: values['spare-collector'],
    keep: values.keep,
    json: values.json,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0; it is "${text}".`);
  return value;
}
