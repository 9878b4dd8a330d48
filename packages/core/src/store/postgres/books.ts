import type { EquityRecord, FillRecord, PositionRecord } from '../../execution/executor-types.js';
import type { BrainName } from '../store.js';
import type { Session } from './database.js';
import { columns, decimal, lastByKey, money, optionalMoney, optionalText, text } from './values.js';

/** A fill booked as external may be bound to its order later; it is never unbound. */
export async function writeFills(session: Session, fills: readonly FillRecord[]): Promise<void> {
  await session.query(
    `INSERT INTO executions (execution_id, client_order_id, exchange_order_id, strategy, symbol, side, effect, price,
       size, fee, realized_pnl, position_id, ts)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::text[], $13::bigint[])
     ON CONFLICT (execution_id) DO UPDATE SET
       client_order_id = coalesce(excluded.client_order_id, executions.client_order_id),
       exchange_order_id = excluded.exchange_order_id, strategy = excluded.strategy, price = excluded.price,
       size = excluded.size, fee = excluded.fee, realized_pnl = excluded.realized_pnl,
       position_id = excluded.position_id, ts = excluded.ts`,
    columns<FillRecord>(
      lastByKey(fills, ({ fill }) => fill.executionId),
      ({ fill }) => text(fill.executionId),
      ({ clientOrderId }) => optionalText(clientOrderId),
      ({ fill }) => text(fill.exchangeOrderId),
      ({ strategy }) => text(strategy),
      ({ fill }) => fill.symbol,
      ({ fill }) => fill.side,
      ({ fill }) => fill.effect,
      ({ fill }) => money(fill.price),
      ({ fill }) => money(fill.size),
      ({ fill }) => money(fill.fee),
      ({ fill }) => optionalMoney(fill.realizedPnl),
      ({ fill }) => optionalText(fill.positionId),
      ({ fill }) => fill.ts,
    ),
  );
}

interface FillRow {
  readonly execution_id: string;
  readonly client_order_id: string | null;
  readonly exchange_order_id: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly effect: 'open' | 'close';
  readonly price: string;
  readonly size: string;
  readonly fee: string;
  readonly realized_pnl: string | null;
  readonly position_id: string | null;
  readonly ts: string;
}

/** Oldest first; a limit keeps the newest. */
export async function readFills(
  session: Session,
  { symbol, limit }: { readonly symbol?: string; readonly limit?: number },
): Promise<readonly FillRecord[]> {
  const { rows } = await session.query<FillRow>(
    'SELECT * FROM executions WHERE ($1::text IS NULL OR symbol = $1) ORDER BY ts DESC, row_id DESC LIMIT $2',
    [symbol ?? null, limit ?? null],
  );
  return rows.reverse().map((row) => ({
    fill: {
      executionId: row.execution_id,
      exchangeOrderId: row.exchange_order_id,
      symbol: row.symbol,
      side: row.side,
      effect: row.effect,
      price: decimal(row.price),
      size: decimal(row.size),
      fee: decimal(row.fee),
      ...(row.realized_pnl === null ? {} : { realizedPnl: decimal(row.realized_pnl) }),
      ...(row.position_id === null ? {} : { positionId: row.position_id }),
      ts: Number(row.ts),
    },
    clientOrderId: row.client_order_id,
    strategy: row.strategy,
  }));
}

export async function writePositions(session: Session, positions: readonly PositionRecord[]): Promise<void> {
  await session.query(
    `INSERT INTO positions (exchange, symbol, strategy, size, average_price, realized_pnl, fees, updated_ts)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::numeric[], $6::numeric[],
                          $7::numeric[], $8::bigint[])
     ON CONFLICT (exchange, symbol, strategy) DO UPDATE SET
       size = excluded.size, average_price = excluded.average_price, realized_pnl = excluded.realized_pnl,
       fees = excluded.fees, updated_ts = excluded.updated_ts`,
    columns<PositionRecord>(
      lastByKey(positions, (one) => JSON.stringify([one.exchange, one.symbol, one.strategy])),
      (one) => one.exchange,
      (one) => one.symbol,
      (one) => text(one.strategy),
      (one) => money(one.size),
      (one) => money(one.averagePrice),
      (one) => money(one.realizedPnl),
      (one) => money(one.fees),
      (one) => one.updatedTs,
    ),
  );
}

interface PositionRow {
  readonly exchange: string;
  readonly symbol: string;
  readonly strategy: string;
  readonly size: string;
  readonly average_price: string;
  readonly realized_pnl: string;
  readonly fees: string;
  readonly updated_ts: string;
}

/** By exchange, symbol and strategy. */
export async function readPositions(session: Session): Promise<readonly PositionRecord[]> {
  const { rows } = await session.query<PositionRow>('SELECT * FROM positions ORDER BY exchange, symbol, strategy');
  return rows.map((row) => ({
    exchange: row.exchange,
    symbol: row.symbol,
    strategy: row.strategy,
    size: decimal(row.size),
    averagePrice: decimal(row.average_price),
    realizedPnl: decimal(row.realized_pnl),
    fees: decimal(row.fees),
    updatedTs: Number(row.updated_ts),
  }));
}

export async function writeEquity(session: Session, brain: BrainName, equity: readonly EquityRecord[]): Promise<void> {
  await session.query(
    `INSERT INTO equity (brain, ts, equity, realized_pnl, unrealized_pnl, fees, drawdown)
     SELECT $1, * FROM unnest($2::bigint[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[])
     ON CONFLICT (brain, ts) DO UPDATE SET
       equity = excluded.equity, realized_pnl = excluded.realized_pnl, unrealized_pnl = excluded.unrealized_pnl,
       fees = excluded.fees, drawdown = excluded.drawdown`,
    [
      brain,
      ...columns<EquityRecord>(
        lastByKey(equity, (one) => String(one.ts)),
        (one) => one.ts,
        (one) => money(one.equity),
        (one) => money(one.realizedPnl),
        (one) => money(one.unrealizedPnl),
        (one) => money(one.fees),
        (one) => money(one.drawdown),
      ),
    ],
  );
}

interface EquityRow {
  readonly ts: string;
  readonly equity: string;
  readonly realized_pnl: string;
  readonly unrealized_pnl: string;
  readonly fees: string;
  readonly drawdown: string;
}

export async function readLatestEquity(session: Session): Promise<EquityRecord | null> {
  const { rows } = await session.query<EquityRow>(
    'SELECT ts, equity, realized_pnl, unrealized_pnl, fees, drawdown FROM equity ORDER BY ts DESC LIMIT 1',
  );
  return rows[0] === undefined ? null : equityOf(rows[0]);
}

/** The next rows of a brain's equity, oldest first. */
export async function readEquity(
  session: Session,
  brain: BrainName,
  { from, limit, to }: { readonly from: number; readonly to: number; readonly limit: number },
): Promise<readonly EquityRecord[]> {
  const { rows } = await session.query<EquityRow>(
    `SELECT ts, equity, realized_pnl, unrealized_pnl, fees, drawdown FROM equity
     WHERE brain = $1 AND ts >= $2 AND ts < $3 ORDER BY ts LIMIT $4`,
    [brain, from, to, limit],
  );
  return rows.map(equityOf);
}

function equityOf(row: EquityRow): EquityRecord {
  return {
    ts: Number(row.ts),
    equity: decimal(row.equity),
    realizedPnl: decimal(row.realized_pnl),
    unrealizedPnl: decimal(row.unrealized_pnl),
    fees: decimal(row.fees),
    drawdown: decimal(row.drawdown),
  };
}
