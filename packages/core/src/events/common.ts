import { z } from 'zod';

/** Milliseconds since the Unix epoch, UTC. */
export type EpochMs = number;

const exchangeName = z.string().regex(/^[a-z][a-z0-9_-]*$/);
const symbolName = z.string().min(1).max(64);
export const epochMs = z.number().int().nonnegative();
export const positive = z.number().positive().finite();
export const side = z.enum(['buy', 'sell']);
export type Side = z.infer<typeof side>;

/** A decimal number as a string in plain notation: money on the wire. */
export const decimalString = z.string().regex(/^-?\d+(\.\d+)?$/);

/** Which way an event came: the live socket, a REST back-fill, or a replay. Absent means live. */
const origin = z.enum(['live', 'backfill', 'replay']);

/** The newest schema version this release reads; it reads every older one too. */
export const EVENT_VERSION = 1;

/** What every event has. `ts` is the exchange's clock, `recv_ts` ours; neither overwrites the other. */
export const envelope = {
  exchange: exchangeName,
  symbol: symbolName,
  ts: epochMs,
  /** Schema version; absent means 1. */
  v: z.number().int().positive().max(EVENT_VERSION).optional(),
  recv_ts: epochMs.optional(),
  /** Counts 1, 2, 3 … per exchange, symbol and type; assigned at publishing, so that a reader can prove completeness. */
  seq: z.number().int().positive().optional(),
  origin: origin.optional(),
};
