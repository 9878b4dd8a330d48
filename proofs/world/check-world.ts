import { type AlphaEvent, Decimal, type HaltCause, type Order } from '@alpha-engine/core';
import type { EngineReport } from '@alpha-engine/core/process';
import { rests, unprotected } from './check-protection.js';
import type { EngineWorld } from './engine-world.js';
import { EXCHANGE, INSTRUMENTS } from './market.js';

/** What is no fault where it was to be expected. */
export interface Allowed {
  readonly mayHalt?: readonly HaltCause[];
  readonly mayBeRefused?: boolean;
}

/** What is wrong with a world in which nothing more is to come, in sentences; empty when nothing is. */
export async function checkWorld(
  world: EngineWorld,
  report: EngineReport,
  { mayBeRefused = false, mayHalt = [] }: Allowed = {},
): Promise<readonly string[]> {
  const halts = Object.entries(world.books?.halts ?? {}).flatMap(([symbol, list]) =>
    list.filter(({ cause }) => !mayHalt.includes(cause)).map(({ reason }) => `${symbol} is halted: ${reason}`),
  );
  return [
    ...(await ordersOnce(world)),
    ...(await booksEqual(world)),
    ...(await signalsOnce(world)),
    ...(await toldOnce(world)),
    ...(report.reconciled === true ? [] : [`At the end the books differ: ${JSON.stringify(report.differences)}`]),
    ...halts,
    ...(await unprotected(world)),
    ...(mayBeRefused ? [] : world.broker.refusals).map(
      (refusal) => `The exchange refused what should not have been sent: ${refusal}`,
    ),
  ];
}

/**
 * No order doubled, and none that is not bound to one of ours. An order that ended without a fill had no effect: nobody may
 * ever have told of it, and its signal is done by another.
 */
async function ordersOnce({ broker, paper, store }: EngineWorld): Promise<readonly string[]> {
  const problems: string[] = [];
  const orders = (await store.orders()).map(({ order }) => order);
  const done = new Map<string, Decimal>();
  const wanted = new Map<string, Decimal>();
  const left = new Set<string>();
  for (const { clientOrderId, exchangeOrderId } of broker.placements) {
    const order = orders.find(({ terms }) => terms.clientOrderId === clientOrderId);
    if (order === undefined) problems.push(`Order ${clientOrderId} left and is not in the record.`);
    if (left.has(clientOrderId)) problems.push(`Order ${clientOrderId} left twice.`);
    left.add(clientOrderId);
    if (exchangeOrderId === null || order === undefined) continue;
    const [shown] = await paper.ordersById([exchangeOrderId]);
    const bound = exchangeIdOf(order);
    if (shown?.state !== 'working' && shown?.filledSize.isZero() && bound === undefined) continue;
    if (bound !== exchangeOrderId)
      problems.push(`Order ${exchangeOrderId} of the exchange is ${clientOrderId}, bound in the record to ${bound}.`);
    // An order that was canceled is followed by one of the rest: together they never do more than the signal asked for.
    const leg = `${order.terms.signalId} leg ${order.terms.leg}`;
    const working = shown?.state === 'working' ? shown.size : (shown?.filledSize ?? Decimal.zero);
    done.set(leg, working.plus(done.get(leg) ?? Decimal.zero));
    wanted.set(leg, Decimal.max(order.terms.size, wanted.get(leg) ?? Decimal.zero));
  }
  for (const [leg, size] of done)
    if (size.gt(wanted.get(leg)!)) problems.push(`${leg} was done ${size} instead of ${wanted.get(leg)}.`);
  for (const order of orders) {
    const id = exchangeIdOf(order);
    if (id !== undefined && !broker.placements.some(({ exchangeOrderId }) => exchangeOrderId === id))
      problems.push(`Order ${order.terms.clientOrderId} is bound to ${id}, which the exchange never made of it.`);
  }
  return problems;
}

/** Fills and positions of the record are the exchange's. */
async function booksEqual({ paper, store }: EngineWorld): Promise<readonly string[]> {
  const problems: string[] = [];
  const told = [...(await store.positions())];
  const fills = await store.fills();
  for (const { kind, symbol } of INSTRUMENTS) {
    const theirs = await paper.fillsSince(symbol, 0);
    const signed = (side: 'buy' | 'sell', size: Decimal) => (side === 'buy' ? size : Decimal.zero.minus(size));
    const net =
      kind === 'leverage'
        ? Decimal.sum((await paper.positions(symbol)).map(({ side, size }) => signed(side, size)))
        : Decimal.sum(theirs.map(({ side, size }) => signed(side, size)));
    const ours = Decimal.sum(told.filter((one) => one.symbol === symbol).map(({ size }) => size));
    if (!ours.eq(net)) problems.push(`The position of ${symbol} is ${ours} in the record and ${net} at the exchange.`);
    const key = (fill: (typeof theirs)[number]) =>
      JSON.stringify([fill.executionId, fill.exchangeOrderId, fill.price, fill.size, fill.fee]);
    const a = theirs.map(key).toSorted().join();
    const b = fills
      .filter(({ fill }) => fill.symbol === symbol)
      .map(({ fill }) => key(fill))
      .toSorted()
      .join();
    if (a !== b) problems.push(`The fills of ${symbol} are ${b} in the record and ${a} at the exchange.`);
    for (const { clientOrderId, fill } of fills)
      if (clientOrderId === null) problems.push(`Fill ${fill.executionId} is bound to no order of ours.`);
  }
  return problems;
}

/** Every signal was decided once, and every order that came of it has ended. */
async function signalsOnce({ published, store }: EngineWorld): Promise<readonly string[]> {
  const verdicts = (await store.verdicts()).map(({ signalId }) => signalId);
  const orders = (await store.orders()).map(({ order }) => order);
  return [
    ...published.filter((id) => !verdicts.includes(id)).map((id) => `Signal ${id} was never decided.`),
    ...verdicts
      .filter((id) => !published.includes(id) && !id.startsWith('control-'))
      .map((id) => `A verdict names ${id}, which nobody sent.`),
    ...orders
      .filter((order) => ['PENDING', 'SUBMITTED', 'NEW', 'PARTIALLY_FILLED'].includes(order.status) && !rests(order))
      .map(({ status, terms }) => `Order ${terms.clientOrderId} is ${status} and nothing more is to come.`),
  ];
}

/** Every event of an order is on the bus once and in order, and the last one says what the record says. */
async function toldOnce({ bus, store }: EngineWorld): Promise<readonly string[]> {
  const problems: string[] = [];
  const told = (await bus.range(`order:${EXCHANGE}`, null, 100_000)).map(({ event }) => event);
  for (const name of new Set(told.map(seriesName))) {
    const events = told.filter((event) => seriesName(event) === name);
    if (events.some(({ seq }, index) => seq !== index + 1))
      problems.push(`The events of ${name} are numbered ${events.map(({ seq }) => seq).join(' ')}.`);
  }
  for (const { order } of await store.orders()) {
    const { clientOrderId } = order.terms;
    const ours = (event: AlphaEvent) => event.type === 'order' && event.data.client_order_id === clientOrderId;
    const stored = (await store.orderEvents(clientOrderId)).map(({ id }) => id);
    const onBus = told.filter(ours);
    if (onBus.map((event) => ('id' in event ? event.id : '')).join() !== stored.join())
      problems.push(`The events of order ${clientOrderId} on the bus are not those of the record.`);
    const last = onBus.at(-1);
    if (last?.type !== 'order' || last.data.status !== order.status)
      problems.push(`Order ${clientOrderId} is ${order.status}, and the last event of it says something else.`);
  }
  return problems;
}

function seriesName({ symbol, type }: AlphaEvent): string {
  return `${symbol} ${type}`;
}

function exchangeIdOf(order: Order): string | undefined {
  return 'exchangeOrderId' in order ? order.exchangeOrderId : undefined;
}
