/**
 * Raw events move into partitions of one UTC day, so that a day can be dropped whole and an index stays as small as a day.
 * Where the extension TimescaleDB is installed in this database, a hypertable with chunks of a day does the same. The key
 * holds `ts`, because a partitioned table can only be unique within its partitions: the same event has the same `ts`.
 * There is no identity column: PostgreSQL 15 and 16 have none on partitioned tables.
 */
export const rawEventsByDay = `
ALTER TABLE raw_events RENAME TO raw_events_undivided;
DROP INDEX raw_events_series;
DROP INDEX raw_events_ts;

DO $divide$
DECLARE
  day bigint;
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
    CREATE TABLE raw_events (
      type text NOT NULL, exchange text NOT NULL, symbol text NOT NULL,
      ts bigint NOT NULL, seq bigint, event json NOT NULL
    );
    PERFORM create_hypertable('raw_events', 'ts', chunk_time_interval => 86400000::bigint);
  ELSE
    CREATE TABLE raw_events (
      type text NOT NULL, exchange text NOT NULL, symbol text NOT NULL,
      ts bigint NOT NULL, seq bigint, event json NOT NULL
    ) PARTITION BY RANGE (ts);
    FOR day IN SELECT DISTINCT ts / 86400000 FROM raw_events_undivided LOOP
      EXECUTE format(
        'CREATE TABLE %I PARTITION OF raw_events FOR VALUES FROM (%s) TO (%s)',
        'raw_events_' || to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD'),
        day * 86400000, (day + 1) * 86400000
      );
    END LOOP;
  END IF;
END
$divide$;

CREATE UNIQUE INDEX raw_events_series ON raw_events (exchange, symbol, type, seq, ts);
CREATE INDEX raw_events_ts ON raw_events USING brin (ts);

INSERT INTO raw_events (type, exchange, symbol, ts, seq, event)
SELECT type, exchange, symbol, ts, seq, event FROM raw_events_undivided ORDER BY id
ON CONFLICT DO NOTHING;
DROP TABLE raw_events_undivided;
`;
