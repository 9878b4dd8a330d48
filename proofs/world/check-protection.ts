import {
  type Books,
  Decimal,
  type ExchangePosition,
  type ExecutorConfig,
  type Order,
  type Protect,
  type Store,
} from '@alpha-engine/core';
import type { PaperBroker } from '@alpha-engine/core/simulation';
import { INSTRUMENTS } from './market.js';

/** What of a world the look needs. */
export interface ProtectedWorld {
  readonly store: Pick<Store, 'orders' | 'positions'>;
  readonly paper: Pick<PaperBroker, 'openOrders' | 'positions'>;
  readonly config: Partial<ExecutorConfig>;
  readonly books: Books | null;
  readonly price: number;
}

const PROTECTIVE = ['stop_loss', 'take_profit', 'trailing_stop'];

/** True for a protective order that waits at the exchange, with nothing asked of it: it may wait for ever. */
export function rests({ request, status, terms }: Order): boolean {
  return status === 'NEW' && request === 'none' && terms.type !== 'market' && PROTECTIVE.includes(terms.purpose);
}

/** Whether every order that is open rests, and all that is held is under one. */
export async function isProtected(world: ProtectedWorld): Promise<boolean> {
  const resting = (await world.store.orders()).filter(({ order }) => rests(order));
  if ((world.books?.openOrders ?? []).length > resting.length) return false;
  return (await unprotected(world)).length === 0;
}

/**
 * What is held at the exchange and under no resting order of its size there, in sentences. Where the exchange takes none, the
 * engine watches: what is still held beyond its stop.
 */
export async function unprotected(world: ProtectedWorld): Promise<readonly string[]> {
  const { config, paper, price, store } = world;
  const { orderKinds, protect } = config;
  if (protect === undefined) return [];
  const problems: string[] = [];
  const ours = (await store.orders()).map(({ order }) => order);
  for (const { kind, symbol } of INSTRUMENTS) {
    const lots = kind === 'leverage' ? await paper.positions(symbol) : await coins(world, symbol);
    if (orderKinds !== undefined && !orderKinds[symbol]?.some(({ type }) => type === 'stop')) {
      const lost = lots.filter((lot) => isBeyond(protect, lot, price));
      problems.push(...lost.map(({ size }) => `Of ${symbol} ${size} is held beyond its stop.`));
      continue;
    }
    const working = await paper.openOrders(symbol);
    for (const { positionId, size } of lots) {
      const closing = working.filter(({ effect, exchangeOrderId }) => {
        const order = ours.find((one) => 'exchangeOrderId' in one && one.exchangeOrderId === exchangeOrderId);
        return effect === 'close' && order?.terms.positionId === positionId;
      });
      const covered = Decimal.sum(closing.map((order) => order.size.minus(order.filledSize)));
      if (!covered.eq(size))
        problems.push(`Of ${symbol} ${positionId ?? ''} ${size} is held, and ${covered} protected.`);
    }
  }
  return problems;
}

type Held = Pick<ExchangePosition, 'price' | 'side' | 'size'> & { readonly positionId?: string };

async function coins({ store }: ProtectedWorld, symbol: string): Promise<readonly Held[]> {
  const held = (await store.positions()).filter((one) => one.symbol === symbol && one.size.isPositive());
  return held.map(({ averagePrice, size }) => ({ side: 'buy', size, price: averagePrice }));
}

function isBeyond({ stop_loss }: Protect, { price: entry, side }: Held, price: number): boolean {
  if (stop_loss === undefined || !('percent' in stop_loss)) return false;
  const distance = entry.times(Decimal.of(stop_loss.percent)).dividedBy(100);
  return side === 'buy' ? entry.minus(distance).gte(price) : entry.plus(distance).lte(price);
}
