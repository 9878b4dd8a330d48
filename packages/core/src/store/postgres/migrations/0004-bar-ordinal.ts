/** Two bars of trades, volume or value may open in the same millisecond: their place among them becomes part of the key. */
export const barOrdinal = `
ALTER TABLE ohlcv
  ADD COLUMN ordinal integer NOT NULL DEFAULT 0,
  DROP CONSTRAINT ohlcv_exchange_symbol_timeframe_open_ts_key,
  ADD CONSTRAINT ohlcv_key UNIQUE (exchange, symbol, timeframe, open_ts, ordinal);
ALTER TABLE signals ADD COLUMN bar_ordinal integer NOT NULL DEFAULT 0;
`;
