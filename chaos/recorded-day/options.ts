import { parseArgs } from 'node:util';

export interface DayOptions {
  /** Folder of the recorded trades; null: the shipped tape. */
  readonly data: string | null;
  /** Part of the name of the file to play; the first that has it. */
  readonly day: string;
  /** How long the market runs at most, wall time. */
  readonly minutes: number;
  /** Market seconds per second. */
  readonly speed: number;
  /** Decides the faults and their times. */
  readonly seed: number;
  readonly bus: 'redis' | 'embedded';
  /** Keep the folder with logs and archive also when everything holds. */
  readonly keep: boolean;
  readonly json: boolean;
}

export const USAGE =
  'pnpm recorded-day [--data FOLDER] [--day TEXT] [--minutes M] [--speed S] [--seed N] [--bus redis|embedded] [--keep] [--json]';

/** Throws a sentence for what cannot be meant. */
export function readOptions(args: readonly string[]): DayOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      day: { type: 'string', default: '' },
      minutes: { type: 'string', default: '1440' },
      speed: { type: 'string', default: '24' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      bus: { type: 'string', default: 'redis' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { bus } = values;
  if (bus !== 'redis' && bus !== 'embedded') throw new Error(`--bus must be redis or embedded; it is "${bus}".`);
  return {
    data: values.data ?? null,
    day: values.day,
    minutes: positive('minutes', values.minutes),
    speed: positive('speed', values.speed),
    seed: positive('seed', values.seed),
    bus,
    keep: values.keep,
    json: values.json,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0; it is "${text}".`);
  return value;
}
