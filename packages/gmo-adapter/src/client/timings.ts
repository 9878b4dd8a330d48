import { randomInt } from 'node:crypto';

/** How long the sockets wait for what. Wall time, milliseconds. */
export interface SocketTimings {
  /** Our own pings: GMO closes a socket without traffic after 60 s. One without an answer ends the connection. */
  readonly pingMs: number;
  readonly handshakeMs: number;
  /** No command from this process for so long after an ERR-5003, twice as long after the next. More may grow into a block of the address. */
  readonly rateLimitPauseMs: number;
  readonly rateLimitPauseMaxMs: number;
  /** First and longest wait between two attempts to connect. */
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** Private: between two extensions of the access token, which lives an hour. */
  readonly extendTokenMs: number;
  /** Private: after an extension that failed. */
  readonly extendTokenAgainMs: number;
  /** Private: between two looks at the margin, which nothing pushes. */
  readonly marginMs: number;
}

export const DEFAULT_TIMINGS: SocketTimings = {
  pingMs: 25_000,
  handshakeMs: 10_000,
  rateLimitPauseMs: 60_000,
  rateLimitPauseMaxMs: 600_000,
  reconnectMinMs: 1_000,
  reconnectMaxMs: 30_000,
  extendTokenMs: 25 * 60_000,
  extendTokenAgainMs: 30_000,
  marginMs: 30_000,
};

/** 1, 2, 4 … 30 s for failure 0, 1, 2 …, each up to a fifth shorter, so that many clients do not come back together. */
export function reconnectDelay(timings: SocketTimings, failures: number, random = cryptoRandom): number {
  const delay = Math.min(timings.reconnectMaxMs, timings.reconnectMinMs * 2 ** Math.min(failures, 20));
  return Math.round(delay * (1 - random() / 5));
}

function cryptoRandom(): number {
  return randomInt(1_000_000) / 1_000_000;
}
