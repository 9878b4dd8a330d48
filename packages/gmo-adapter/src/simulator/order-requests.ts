import { Decimal, type TimeInForce } from '@alpha-engine/core';
import type { SimulatedRequest } from '@alpha-engine/core/simulation';
import { z } from 'zod';
import { type Answer, invalidParameter, refuse } from './envelopes.js';
import type { SimulatorSwitches } from './switches.js';
import { isSymbol, takesPostOnly } from './symbols.js';

export type Parsed<T> = { readonly value: T } | { readonly error: Answer };

const symbol = z.string().refine(isSymbol);
const leverageSymbol = symbol.refine((name) => name.endsWith('_JPY'));
const id = z.number().int().positive().safe();
/** Numbers travel as text; whether GMO Coin takes JSON numbers too, the switch `jsonNumbers` says. */
const decimal = z.union([z.string().regex(/^\d+(\.\d+)?$/), z.number().nonnegative()]);

const terms = {
  symbol,
  side: z.enum(['BUY', 'SELL']),
  executionType: z.enum(['MARKET', 'LIMIT', 'STOP']),
  // A word that is in no list has a code of its own.
  timeInForce: z.string().optional(),
  price: decimal.optional(),
};

const BODIES = {
  order: z.strictObject({
    ...terms,
    losscutPrice: decimal.optional(),
    size: decimal,
    cancelBefore: z.boolean().optional(),
  }),
  closeOrder: z.strictObject({
    ...terms,
    symbol: leverageSymbol,
    settlePosition: z.array(z.strictObject({ positionId: id, size: decimal })).length(1),
    cancelBefore: z.boolean().optional(),
  }),
  closeBulkOrder: z.strictObject({ ...terms, symbol: leverageSymbol, size: decimal }),
  changeOrder: z.strictObject({ orderId: id, price: decimal, losscutPrice: decimal.optional() }),
  changeLosscutPrice: z.strictObject({ positionId: id, losscutPrice: decimal }),
  cancelOrder: z.strictObject({ orderId: id }),
  cancelOrders: z.strictObject({ orderIds: z.array(id).min(1).max(10) }),
  cancelBulkOrder: z.strictObject({
    symbols: z.array(symbol).min(1),
    side: z.enum(['BUY', 'SELL']).optional(),
    settleType: z.enum(['OPEN', 'CLOSE']).optional(),
    desc: z.boolean().optional(),
  }),
} as const;

type Bodies = typeof BODIES;
export type BodyOf<Name extends keyof Bodies> = z.infer<Bodies[Name]>;

/** Reads the body of one endpoint. What is missing, wrong or unknown is refused by name with ERR-5106. */
export function parseBody<Name extends keyof Bodies>(
  name: Name,
  body: unknown,
  switches: SimulatorSwitches,
): Parsed<BodyOf<Name>> {
  const result = BODIES[name].safeParse(body);
  const issues = (result.error?.issues ?? []).filter(
    ({ code }) => code !== 'unrecognized_keys' || switches.unknownFields === 'refused',
  );
  const [issue] = issues;
  if (issue !== undefined) {
    const field = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0];
    return { error: invalidParameter(field === undefined ? undefined : String(field)) };
  }
  if (!switches.jsonNumbers) {
    const field = DECIMALS.find((key) => typeof (body as Record<string, unknown>)[key] === 'number');
    if (field !== undefined) return { error: invalidParameter(field) };
  }
  return { value: (result.success ? result.data : body) as BodyOf<Name> };
}

const DECIMALS = ['size', 'price', 'losscutPrice'];

type Terms = BodyOf<'order'> | BodyOf<'closeOrder'> | BodyOf<'closeBulkOrder'>;

/** Body of `POST /v1/order`: on a leverage symbol it always opens. */
export function parseOrder(body: unknown, switches: SimulatorSwitches): Parsed<SimulatedRequest> {
  const parsed = parseBody('order', body, switches);
  if ('error' in parsed) return parsed;
  const { losscutPrice, cancelBefore, size } = parsed.value;
  const common = parseTerms(parsed.value, switches);
  if ('error' in common) return common;
  const isSale = !common.value.symbol.endsWith('_JPY') && common.value.side === 'sell';
  if (cancelBefore === true && !(isSale && common.value.type === 'market')) {
    return { error: invalidParameter('cancelBefore') };
  }
  return {
    value: {
      ...common.value,
      effect: 'open',
      size: Decimal.of(size),
      ...(losscutPrice === undefined ? {} : { losscutPrice: Decimal.of(losscutPrice) }),
      ...(cancelBefore === undefined ? {} : { cancelBefore }),
    },
  };
}

/** Body of `POST /v1/closeOrder`: exactly one lot. */
export function parseClose(body: unknown, switches: SimulatorSwitches): Parsed<SimulatedRequest> {
  const parsed = parseBody('closeOrder', body, switches);
  if ('error' in parsed) return parsed;
  const { settlePosition, cancelBefore } = parsed.value;
  const common = parseTerms(parsed.value, switches);
  if ('error' in common) return common;
  if (cancelBefore === true && common.value.type !== 'market') return { error: invalidParameter('cancelBefore') };
  const [{ positionId, size }] = settlePosition as [(typeof settlePosition)[number]];
  if (typeof size === 'number' && !switches.jsonNumbers) return { error: invalidParameter('settlePosition') };
  return {
    value: {
      ...common.value,
      effect: 'close',
      positionId,
      size: Decimal.of(size),
      ...(cancelBefore === undefined ? {} : { cancelBefore }),
    },
  };
}

/** Body of `POST /v1/closeBulkOrder`: the exchange picks the lots. */
export function parseBulkClose(body: unknown, switches: SimulatorSwitches): Parsed<SimulatedRequest> {
  const parsed = parseBody('closeBulkOrder', body, switches);
  if ('error' in parsed) return parsed;
  const common = parseTerms(parsed.value, switches);
  if ('error' in common) return common;
  return { value: { ...common.value, effect: 'close', size: Decimal.of(parsed.value.size) } };
}

const TYPES = { MARKET: 'market', LIMIT: 'limit', STOP: 'stop' } as const;
const TIMES: Readonly<Record<string, TimeInForce>> = { FAK: 'ioc', FAS: 'gtc', FOK: 'fok', SOK: 'post_only' };

function parseTerms(body: Terms, switches: SimulatorSwitches): Parsed<Omit<SimulatedRequest, 'effect' | 'size'>> {
  const type = TYPES[body.executionType];
  const timeInForce = timeOf(body, switches);
  if (timeInForce === null) return { error: refuse('ERR-5111', 'Invalid timeInForce.') };
  const side = body.side === 'BUY' ? 'buy' : 'sell';
  const parts = { symbol: body.symbol, side, type, timeInForce } as const;
  if ((type === 'market') !== (body.price === undefined)) return { error: invalidParameter('price') };
  if (body.price === undefined) return { value: parts };
  const price = Decimal.of(body.price);
  return { value: { ...parts, ...(type === 'stop' ? { triggerPrice: price } : { price }) } };
}

function timeOf({ symbol, executionType, timeInForce }: Terms, { limitFak }: SimulatorSwitches): TimeInForce | null {
  const word = timeInForce ?? (executionType === 'LIMIT' ? 'FAS' : 'FAK');
  const time = Object.hasOwn(TIMES, word) ? TIMES[word] : undefined;
  if (time === undefined) return null;
  if (executionType !== 'LIMIT') return time === 'ioc' ? time : null;
  if (time === 'ioc' && !limitFak) return null;
  return time === 'post_only' && !takesPostOnly(symbol) ? null : time;
}
