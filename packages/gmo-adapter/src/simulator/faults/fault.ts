import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const TIME = 'a time such as 500ms, 30s, 5m or 1h, or a number of milliseconds';

/** `30s` → 30 000 milliseconds. */
const signedDuration = z.union(
  [
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?(ms|s|m|h)$/)
      .transform((text) => {
        const unit = /(ms|s|m|h)$/.exec(text)?.[1] as keyof typeof UNITS;
        return Number.parseFloat(text) * UNITS[unit];
      }),
  ],
  { error: ({ input }) => (input === undefined ? `is required: ${TIME}` : `must be ${TIME}`) },
);
const duration = signedDuration.refine((ms) => ms >= 0, 'must not be below zero');
const length = signedDuration.refine((ms) => ms >= 1, 'must be at least 1ms');
const count = z.int().positive();

const CHANNELS = [
  'ticker',
  'orderbooks',
  'trades',
  'executionEvents',
  'orderEvents',
  'positionEvents',
  'positionSummaryEvents',
] as const;

/** What every fault may say beside its kind. */
const common = {
  /** When it begins; `wall` counts from the simulator's start, `market` from the tape's. Default: at once. */
  at: duration.default(0),
  /** Begins again so long after it began, until it has begun `times` times. */
  every: length.optional(),
  times: count.optional(),
  /** How long it lasts. Default: until the simulator closes. */
  for: length.optional(),
  clock: z.enum(['wall', 'market']).default('wall'),
  /** Occasions that pass unharmed before the first it may act on. */
  after: z.int().min(0).default(0),
  /** Acts on every n-th occasion. */
  nth: count.default(1),
  /** Chance that it acts on an occasion, by the script's seed. */
  probability: z.number().min(0).max(1).default(1),
  /** It is over once it has acted so often. */
  acts: count.optional(),
  /** What it may act on. Default: everything. */
  on: z
    .strictObject({
      stream: z.enum(['public', 'private']).optional(),
      /** The n-th connection of its stream since the simulator's start. */
      socket: count.optional(),
      channel: z.enum(CHANNELS).optional(),
      symbol: z.string().optional(),
      /** A REST path and what is below it: `/public/v1/trades`, `/private`. */
      path: z.string().startsWith('/').optional(),
    })
    .default({}),
};

function kind<Kind extends string, Parameters extends z.ZodRawShape>(name: Kind, parameters: Parameters) {
  // A parameter may stand for a common key, as the `for` of a burst does.
  const rest: Omit<typeof common, keyof Parameters> & Parameters = { ...common, ...parameters };
  return z.strictObject({ kind: z.literal(name), ...rest });
}

const httpStatus = z.int().min(400).max(599).default(503);

/** Every fault there is, with the parameters that only it has. */
const KINDS = [
  kind('handshake_refused', { status: httpStatus }),
  kind('handshake_hung', {}),
  kind('handshake_dropped', {}),
  kind('rest_unavailable', { status: httpStatus }),
  kind('rest_hung', {}),
  kind('rest_too_many', {}),
  kind('rest_unanswered', {}),
  kind('rest_late', { by: length.default(1_000) }),
  kind('rest_pretended', {}),
  kind('fill_after_cancel', {}),
  kind('cut', {}),
  kind('half_open', {}),
  kind('pings_unanswered', {}),
  kind('subscribe_refused', {}),
  kind('subscribe_ignored', {}),
  kind('silence', {}),
  kind('duplicate', { copies: count.max(10_000).default(1) }),
  kind('truncate', {}),
  kind('corrupt', { letters: count.default(1) }),
  kind('unknown_field', {}),
  kind('unknown_value', {}),
  kind('crossed_book', {}),
  kind('empty_book', { side: z.enum(['bids', 'asks', 'both']).default('both') }),
  kind('unsorted_book', {}),
  kind('delay', { by: length.default(1_000) }),
  kind('reorder', { within: length.default(500) }),
  kind('burst', { for: length }),
  kind('slow_reader', { framesPerSecond: z.number().positive().default(10), most: count.default(1_000) }),
  kind('maintenance', { emergency: z.boolean().default(false) }),
  kind('preopen', {}),
  kind('tokens_expired', {}),
  kind('outside_order', {
    symbol: z.string().default('BTC_JPY'),
    side: z.enum(['buy', 'sell']).default('buy'),
    size: z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .default('0.01'),
    effect: z.enum(['open', 'close']).default('open'),
    told: z.boolean().default(true),
  }),
  kind('skewed_clock', { by: signedDuration.default(5_000) }),
] as const;

export const faultSchema = z.discriminatedUnion('kind', KINDS, {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `must be one of ${KINDS.map(({ shape }) => shape.kind.value).join(', ')}`
      : undefined,
});

export type Fault = z.infer<typeof faultSchema>;
export type FaultKind = Fault['kind'];
/** As it is written: times as text, defaults left out. */
export type FaultText = z.input<typeof faultSchema>;
export type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;

/** Kind → its own parameters and their defaults as text; for the documentation. */
export function faultParameters(): Record<FaultKind, Readonly<Record<string, unknown>>> {
  const known = new Set([...Object.keys(common), 'kind']);
  const entries = KINDS.map(({ shape }) => {
    const own = Object.entries(shape as Readonly<Record<string, z.ZodType>>).filter(([name]) => !known.has(name));
    return [shape.kind.value, Object.fromEntries(own.map(([name, schema]) => [name, schema.parse(undefined)]))];
  });
  return Object.fromEntries(entries) as Record<FaultKind, Readonly<Record<string, unknown>>>;
}
