import type { BrokerUpdate, ExchangeContext } from '@alpha-engine/core';
import { type AccessToken, isFatal } from '../client/access-token.js';
import { BatchQueue } from '../client/batch-queue.js';
import type { Budget } from '../client/budget.js';
import { GmoSocket, type SocketSubscription } from '../client/gmo-socket.js';
import type { SocketTimings } from '../client/timings.js';
import type { GmoMargin } from '../mapper/private.js';
import { mapPrivateFrame } from '../mapper/private-frame.js';
import { MarginWatch } from './margin-watch.js';

/** What orders depend on first. Each channel covers the whole account; sums of lots follow from the lots. */
const CHANNELS = ['executionEvents', 'orderEvents', 'positionEvents'] as const;

const SUBSCRIPTIONS: readonly SocketSubscription[] = CHANNELS.map((channel) => ({
  key: channel,
  command: { command: 'subscribe', channel },
}));

/** Far more than an account can do between two reads. */
const CAPACITY = 1_000_000;

export interface PrivateUpdateParts {
  readonly context: ExchangeContext;
  readonly wsPrivateUrl: string;
  readonly token: AccessToken;
  readonly timings: SocketTimings;
  readonly commands: Budget;
  readonly readMargin: () => Promise<GmoMargin>;
}

/**
 * The private WebSocket as broker updates. Owns one socket, one access token and the timer that extends it; all end when `signal`
 * aborts. `connected` follows each complete round of subscriptions, the second ones after an ERR-5003 included: whatever happened
 * before it must be read from REST. Throws `EXCHANGE_AUTH` and `CLOCK_SKEW`, which waiting does not cure.
 */
export async function* privateUpdates(parts: PrivateUpdateParts, signal: AbortSignal): AsyncIterable<BrokerUpdate> {
  const { context, wsPrivateUrl, token, timings, commands, readMargin } = parts;
  if (signal.aborted) return;
  const { logger } = context;
  const queue = new BatchQueue<BrokerUpdate>(CAPACITY);
  const oddities = new Map<string, number>();
  let told: 'connected' | 'disconnected' | null = null;
  const margin = new MarginWatch({
    read: readMargin,
    tell: (now) => queue.force({ kind: 'margin', margin: now }),
    everyMs: timings.marginMs,
    logger,
  });

  /** Counted always, logged once a kind. */
  function odd(kind: string): void {
    const count = (oddities.get(kind) ?? 0) + 1;
    oddities.set(kind, count);
    if (count === 1)
      logger.error({ kind }, 'A private frame of GMO Coin cannot be used; polling will tell what it said.');
  }

  const stop = new AbortController();
  const stopping = AbortSignal.any([signal, stop.signal]);
  const socket = new GmoSocket({
    url: async (ended) => `${wsPrivateUrl}/${await token.get(ended)}`,
    subscriptions: SUBSCRIPTIONS,
    commands,
    timings,
    logger,
    on: {
      opened: () => undefined,
      settled() {
        told = 'connected';
        queue.force({ kind: 'connected' });
        margin.start();
      },
      refused(subscription, error) {
        logger.error(
          { channel: subscription.key, error: error.text },
          'The API key may not read this channel; orders are followed by polling alone. Give the key its WebSocket permissions.',
        );
      },
      closed(reason) {
        if (stopping.aborted) {
          logger.debug({ reason }, 'The private messages of GMO Coin have ended.');
          return;
        }
        logger.warn({ reason }, 'No connection to the private messages of GMO Coin; trying again.');
        if (told !== 'disconnected') queue.force({ kind: 'disconnected', reason });
        told = 'disconnected';
      },
      frame(text) {
        const frame = mapPrivateFrame(text);
        if (frame.type === 'error') socket.fault(frame);
        else if (frame.type === 'rejected') odd(frame.reason);
        else if (frame.type === 'updates') {
          for (const update of frame.updates) queue.force(update);
          if (frame.updates.some(({ kind }) => kind === 'position')) margin.lotChanged();
        }
      },
    },
  });

  const running = socket.run(stopping).then(
    () => queue.end(),
    (error: unknown) => queue.end(error),
  );
  let extending = setTimeout(extendToken, timings.extendTokenMs);

  /** Well before its hour is over, and again soon when that failed. */
  async function extendToken(): Promise<void> {
    let againMs = timings.extendTokenMs;
    try {
      if (!(await token.extend(stopping))) socket.reconnect('Its access token has ended.');
    } catch (error) {
      if (stopping.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn({ reason }, 'The access token could not be extended; the next attempt follows.');
      if (isFatal(error)) queue.end(error);
      againMs = timings.extendTokenAgainMs;
    }
    if (!stopping.aborted) extending = setTimeout(extendToken, againMs);
  }

  try {
    for (let batch = await queue.take(); batch !== null; batch = await queue.take()) yield* batch;
  } finally {
    stop.abort();
    margin.stop();
    clearTimeout(extending);
    await running;
    await token.release();
  }
}
