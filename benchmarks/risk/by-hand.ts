import { Decimal } from '@alpha-engine/core';
import type { Case } from './cases.js';

/**
 * The rules of the gate for one opening as somebody would write them into a bot of their own: one condition, on the same exact numbers. It keeps nothing
 * of what it looked at and can give no reason.
 */
export function allowsByHand({ intent, view }: Case): boolean {
  const { instrument, limits, prices, quote, exposure } = view;
  const [order] = intent.orders;
  if (instrument === null || quote === null || prices === null || exposure.free === null || order === undefined)
    return false;
  const buys = order.side === 'buy';
  const pays = order.price ?? (buys ? prices.ask : prices.bid);
  const touch = buys ? quote.ask : quote.bid;
  const value = order.size.times(pays);
  const needed = value.times((instrument.marginRate ?? Decimal.of(1)).plus(instrument.takerFeeRate));
  return (
    !view.duplicate &&
    view.halts.length === 0 &&
    view.closed === null &&
    view.feedProblem === null &&
    view.reconciled &&
    Math.abs(view.clockSkewMs ?? 0) <= limits.maxClockSkewMs &&
    Math.abs(view.now - intent.signalTs) <= view.maxSignalAgeMs &&
    view.now - quote.ts <= view.maxDataAgeMs &&
    (intent.confidence ?? 1) >= limits.minConfidence &&
    (instrument.kind === 'leverage' || intent.action !== 'enter_short') &&
    (view.orderKinds ?? []).some(
      ({ type, timeInForce, effect }) =>
        type === order.type && timeInForce === order.timeInForce && effect === order.effect,
    ) &&
    (order.price === undefined || (order.price.isPositive() && order.price.isMultipleOf(instrument.tickSize))) &&
    order.size.gte(instrument.minSize) &&
    order.size.lte(instrument.maxSize) &&
    order.size.isMultipleOf(instrument.sizeStep) &&
    Math.abs(touch - (intent.priceRef ?? touch)) <= limits.maxPriceDeviation * touch &&
    (order.price?.toNumber() ?? touch) <= touch * (1 + limits.maxPriceDeviation) &&
    !view.working.some(({ side, price }) => side !== order.side && price?.lte(pays)) &&
    view.working.length < limits.maxOpenOrders &&
    view.openingsOfMinute < limits.maxOrdersPerMinute &&
    view.losingStreak < (limits.maxLosingStreak ?? Number.POSITIVE_INFINITY) &&
    view.now - (view.lastLossTs ?? 0) >= limits.lossCooldownMs &&
    value.lte(limits.maxOrderValue) &&
    exposure.size.plus(order.size).lte(view.maxPositionSize) &&
    exposure.symbol.plus(value).lte(limits.maxSymbolExposure) &&
    exposure.strategy.plus(value).lte(limits.maxStrategyExposure) &&
    exposure.account.plus(value).lte(limits.maxAccountExposure) &&
    needed.lte(exposure.free) &&
    view.dailyLoss.lt(limits.maxDailyLoss) &&
    view.drawdown.lt(view.maxDrawdown)
  );
}
