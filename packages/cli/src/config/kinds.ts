import {
  type ChannelSilence,
  Decimal,
  type ErrorCode,
  parseTimeframe,
  type SilenceLimits,
  type Timeframe,
} from '@alpha-engine/core';
import { z } from 'zod';
import { Secret } from './secret.js';

/**
 * The kinds of values a setting may have. Each takes text (flags, environment) and what a file holds (numbers, lists,
 * objects), and says in words what it expects, so that every problem reads the same way.
 */
export interface Kind<Value> {
  readonly schema: z.ZodType<Value>;
  /** Completes "must be …". */
  readonly expects: string;
  /** Short name for the reference page. */
  readonly type: string;
  readonly secret?: boolean;
  /** A failure with a code of its own; otherwise `CONFIG_INVALID`. */
  readonly code?: ErrorCode;
}

/** Unescaped, these end the password, and the rest is no address any more. */
const ESCAPES = ' (in a password write %2F for /, %23 for #, %3F for ? and %40 for @)';

export const text: Kind<string> = {
  schema: z.string().trim().min(1),
  expects: 'a text that is not empty',
  type: 'text',
};

/** Becomes a part of other names. */
export const name: Kind<string> = {
  schema: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/),
  expects: 'up to 32 small letters, digits, - and _',
  type: 'name',
};

export function numberFrom(min: number, max = Number.POSITIVE_INFINITY): Kind<number> {
  const range = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
  return { schema: z.preprocess(toNumber, z.number().min(min).max(max)), expects: `a number ${range}`, type: 'number' };
}

export function wholeFrom(min: number): Kind<number> {
  return {
    schema: z.preprocess(toNumber, z.number().int().min(min)),
    expects: `a whole number of at least ${min}`,
    type: 'number',
  };
}

const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** Milliseconds after midnight UTC; below zero for the evening before. */
export const timeOfDay: Kind<number> = {
  schema: z.union([z.number().int(), z.string().trim().regex(TIME_OF_DAY).transform(timeOfDayMs)]),
  expects: 'a time with its offset from UTC such as 06:00+09:00 or 21:00Z',
  type: 'time',
};

/** `06:00+09:00` is 21:00 UTC of the day before. */
export function timeOfDayMs(text: string): number {
  const [, hours, minutes, zone = 'Z'] = TIME_OF_DAY.exec(text) ?? [];
  const sign = zone.startsWith('-') ? 1 : -1;
  const [offsetHours = 0, offsetMinutes = 0] = zone === 'Z' ? [] : zone.slice(1).split(':').map(Number);
  return (Number(hours) * 60 + Number(minutes) + sign * (offsetHours * 60 + offsetMinutes)) * 60_000;
}

/** A positive amount of money or coin. */
export const amount: Kind<Decimal> = {
  schema: z.unknown().transform((value, context) => toDecimal(value, context, (decimal) => decimal.gt(0))),
  expects: 'a decimal number above 0',
  type: 'decimal',
};

export const flag: Kind<boolean> = {
  schema: z.preprocess(toBoolean, z.boolean()),
  expects: 'true or false',
  type: 'true / false',
};

export const list: Kind<readonly string[]> = {
  schema: z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
    z
      .array(z.string().min(1))
      .min(1)
      .refine((items) => new Set(items).size === items.length),
  ),
  expects: 'a list without repeats, separated by commas',
  type: 'list',
};

export const timeframe: Kind<Timeframe> = {
  schema: z
    .string()
    .trim()
    .transform((word, context) => {
      try {
        return parseTimeframe(word);
      } catch {
        context.addIssue({ code: 'custom', message: 'no timeframe' });
        return z.NEVER;
      }
    }),
  expects:
    'a length of time such as 30s, 1m, 2h, 1d or 1w, or a number of trades (500t), volume (100v) or value (1000000q)',
  type: 'timeframe',
  code: 'UNKNOWN_TIMEFRAME',
};

export function choice<const Values extends readonly [string, ...string[]]>(values: Values): Kind<Values[number]> {
  return { schema: z.enum(values), expects: `one of ${values.join(', ')}`, type: values.join(' / ') };
}

export function url(...protocols: readonly string[]): Kind<string> {
  return {
    schema: z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol)),
    expects: `an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    type: 'address',
  };
}

export const secret: Kind<Secret> = {
  schema: z.union([
    z.instanceof(Secret),
    z
      .string()
      .trim()
      .min(1)
      .transform((value) => new Secret(value)),
  ]),
  expects: 'a text that is not empty',
  type: 'secret',
  secret: true,
};

/** An address with a password in it. */
export function secretUrl(...protocols: readonly string[]): Kind<Secret> {
  const plain = url(...protocols);
  return {
    schema: z.union([z.instanceof(Secret), plain.schema.transform((value) => new Secret(value))]),
    expects: `${plain.expects}${ESCAPES}`,
    type: 'address (secret)',
    secret: true,
  };
}

/** `JPY=1000000,BTC=0.5`, or an object. */
export const balances: Kind<Readonly<Record<string, Decimal>>> = {
  schema: z.preprocess(
    toPairs,
    z.record(
      z.string().min(1),
      z.unknown().transform((value, context) => toDecimal(value, context, (decimal) => decimal.gte(0))),
    ),
  ),
  expects: 'pairs of asset and amount such as JPY=1000000,BTC=0',
  type: 'pairs',
};

/** `fast=5,slow=20`, or an object. The strategy's own schema checks the values. */
export const pairs: Kind<Readonly<Record<string, unknown>>> = {
  schema: z.preprocess(toPairs, z.record(z.string().min(1), z.unknown())),
  expects: 'pairs of name and value such as fast=5,slow=20',
  type: 'pairs',
};

const CHANNELS = ['trade', 'orderbook', 'ticker'] as const;

/** `orderbook=15000,ticker=60000-600000`, or an object. Two numbers: the limit is learnt between them, and is the second until then. */
export const silenceLimits: Kind<ChannelSilence> = {
  schema: z.preprocess(
    toPairs,
    z.partialRecord(z.enum(CHANNELS), z.union([z.string(), z.number()]).transform(toLimits)),
  ),
  expects: `pairs of channel (${CHANNELS.join(', ')}) and milliseconds, fixed or from-to, such as orderbook=15000,ticker=60000-600000`,
  type: 'pairs',
};

function toLimits(value: string | number, context: z.RefinementCtx): SilenceLimits {
  const [, least = '', most = least] = /^(\d+)(?:-(\d+))?$/.exec(String(value).trim()) ?? [];
  const [floorMs, ceilingMs] = [Number(least), Number(most)];
  if (floorMs <= 0 || ceilingMs < floorMs) context.addIssue({ code: 'custom', message: 'no limit' });
  return { floorMs, ceilingMs, initialMs: ceilingMs };
}

/** One of the forms of docs/redis.md; the hosts and what follows are read where the bus is opened. */
export const redisUrl: Kind<Secret> = {
  schema: z.union([
    z.instanceof(Secret),
    z
      .string()
      .trim()
      .regex(/^rediss?(\+(sentinel|cluster))?:\/\/\S+$/)
      .transform((value) => new Secret(value)),
  ]),
  expects: `an address that begins with redis://, rediss://, redis+sentinel:// or redis+cluster://${ESCAPES}`,
  type: 'address (secret)',
  secret: true,
};

function toNumber(value: unknown): unknown {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
}

function toBoolean(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const word = value.trim().toLowerCase();
  if (['true', '1', 'yes', 'on'].includes(word)) return true;
  if (['false', '0', 'no', 'off'].includes(word)) return false;
  return value;
}

function toPairs(value: unknown): unknown {
  const parts = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(parts)) return value;
  const found: Record<string, string> = {};
  for (const part of parts) {
    const [name, ...rest] = String(part).split('=');
    if (name === undefined || name.trim() === '' || rest.length === 0) return value;
    found[name.trim()] = rest.join('=').trim();
  }
  return found;
}

function toDecimal(value: unknown, context: z.RefinementCtx, accept: (decimal: Decimal) => boolean): Decimal {
  try {
    const decimal = Decimal.of(value as string);
    if (accept(decimal)) return decimal;
  } catch {
    // Reported below, like a number out of range.
  }
  context.addIssue({ code: 'custom', message: 'not such a number' });
  return z.NEVER;
}
