import { Decimal } from '../decimal/decimal.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { Instrument } from '../instrument/instrument.js';
import type { AccountSnapshot } from './account.js';
import type { DepthSnapshot } from './depth.js';
import { defaultLosscutPrice } from './losscut-price.js';
import type { OrderKeeperSnapshot } from './order-keeper.js';
import type { Wire } from './order-wire.js';
import type { MarginCallStatus, SimulatedFill, SimulatedLot, SimulatedOrder } from './types.js';

/** 2: stops, all times in force, forced closes, amendments, and the time the fees for the night count from. */
export const SNAPSHOT_VERSION = 2;

export interface SimulatedExchangeSnapshot {
  readonly version: 2;
  readonly account: AccountSnapshot;
  readonly orders: OrderKeeperSnapshot;
  readonly depths: Readonly<Record<string, DepthSnapshot>>;
  readonly nextPositionId: number;
  readonly marginStatus: MarginCallStatus;
  readonly lastTs: EpochMs | null;
}

type OrderOfVersion1 = Omit<Wire<SimulatedOrder>, 'timeInForce' | 'cause' | 'closes' | 'changes'> & {
  readonly timeInForce: 'FAK' | 'FAS';
};

/** Market and limit orders only; what a close took of its lot followed from the order. */
interface SnapshotOfVersion1 {
  readonly version: 1;
  readonly account: {
    readonly balances: Readonly<Record<string, string>>;
    readonly lots: readonly Omit<Wire<SimulatedLot>, 'reservedSize' | 'losscutPrice'>[];
  };
  readonly orders: {
    readonly orders: readonly OrderOfVersion1[];
    readonly fills: readonly Wire<SimulatedFill>[];
    readonly nextOrderId: number;
    readonly nextExecutionId: number;
  };
  readonly depths: SimulatedExchangeSnapshot['depths'];
  readonly nextPositionId: number;
}

/** A snapshot of any version as one of today. Throws `STORE_NEWER_SCHEMA` for one that this program does not know. */
export function snapshotUpToDate(
  snapshot: unknown,
  instruments: ReadonlyMap<string, Instrument>,
): SimulatedExchangeSnapshot {
  const kept = snapshot as SimulatedExchangeSnapshot | SnapshotOfVersion1 | null | undefined;
  if (kept?.version === SNAPSHOT_VERSION) return kept;
  if (kept?.version === 1) return fromVersion1(kept, instruments);
  const version = (snapshot as { readonly version?: unknown } | null | undefined)?.version;
  throw new AlphaError(
    'STORE_NEWER_SCHEMA',
    `The paper account was saved with version ${String(version)}; this program reads versions 1 to ${SNAPSHOT_VERSION}. Use the version of Alpha Market Engine that wrote it, or begin a new paper account in another data folder or database.`,
    { context: { version } },
  );
}

function fromVersion1(
  { account, depths, nextPositionId, orders }: SnapshotOfVersion1,
  instruments: ReadonlyMap<string, Instrument>,
): SimulatedExchangeSnapshot {
  const upToDate = orders.orders.map((order) => orderOf(order, instruments));
  return {
    version: SNAPSHOT_VERSION,
    account: {
      balances: account.balances,
      lots: account.lots.map((lot) => {
        const tick = instruments.get(lot.symbol)?.tickSize ?? Decimal.of('1');
        return { ...lot, losscutPrice: defaultLosscutPrice(lot.side, Decimal.of(lot.price), tick).toString() };
      }),
    },
    orders: {
      ...orders,
      orders: upToDate,
      open: upToDate.filter(({ state }) => state === 'working').map(({ orderId }) => orderId),
    },
    depths,
    nextPositionId,
    marginStatus: 'normal',
    // Lots paid nothing for the night then: they begin to from now on.
    lastTs: null,
  };
}

function orderOf(order: OrderOfVersion1, instruments: ReadonlyMap<string, Instrument>): Wire<SimulatedOrder> {
  const { effect, filledSize, positionId, size, state, symbol } = order;
  const closesLot = state === 'working' && effect === 'close' && instruments.get(symbol)?.kind !== 'spot';
  const left = Decimal.of(size).minus(filledSize).toString();
  return {
    ...order,
    timeInForce: order.timeInForce === 'FAK' ? 'ioc' : 'gtc',
    cause: 'client',
    closes: closesLot && positionId !== undefined ? [{ positionId, size: left }] : [],
    changes: 0,
  };
}
