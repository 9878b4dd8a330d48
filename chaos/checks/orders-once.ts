import { grouped } from '../grouped.js';
import { type Aftermath, type CheckResult, Problems } from './check.js';

/** Nothing was sent twice: what the exchange counted is what the record has, and the books agree. */
export async function ordersOnce({ store, exchange, report }: Aftermath): Promise<CheckResult> {
  const problems = new Problems();
  const orders = (await store.orders()).map(({ order }) => order);
  const bound = orders.filter((order) => 'exchangeOrderId' in order && order.exchangeOrderId !== undefined);
  problems.expect(
    bound.length === exchange.orders,
    () => `The exchange took ${exchange.orders} orders; ${bound.length} of ours have its ids.`,
  );
  const { fills } = await store.counts();
  problems.expect(fills === exchange.fills, () => `The exchange made ${exchange.fills} fills; ${fills} are booked.`);
  const legs = grouped(
    orders.filter(({ status }) => status !== 'VOID'),
    ({ terms }) => `${terms.signalId} leg ${terms.leg}`,
  );
  for (const [leg, placed] of legs)
    problems.expect(placed.length === 1, () => `${leg} was ordered ${placed.length} times.`);
  const open = orders.filter(({ status }) => ['PENDING', 'SUBMITTED', 'NEW', 'PARTIALLY_FILLED'].includes(status));
  problems.expect(open.length === 0, () => `${open.length} orders are still open.`);
  const verdicts = (await store.verdicts()).length;
  const { signals } = await store.counts();
  problems.expect(verdicts === signals, () => `${signals} signals have ${verdicts} verdicts.`);
  problems.expect(
    report.reconciled === true,
    () => `The books differ from the exchange's: ${JSON.stringify(report.differences)}.`,
  );
  const voided = orders.filter(({ status }) => status === 'VOID').length;
  return {
    check: 'no order sent twice, books agree with the exchange',
    problems: problems.list,
    figures: `${orders.length} orders, ${fills} fills, ${exchange.rejections} rejected, ${voided} void`,
  };
}
