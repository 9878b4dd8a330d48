import { setTimeout as delay } from 'node:timers/promises';
import { AlphaError, type Logger } from '@alpha-engine/core';
import { WebSocket } from 'ws';
import type { FrameError } from '../mapper/market-frame.js';
import type { Budget } from './budget.js';
import { reconnectDelay, type SocketTimings } from './timings.js';

export interface SocketSubscription {
  /** Names it to the owner. */
  readonly key: string;
  /** The command, whole. */
  readonly command: Readonly<Record<string, string>>;
  /** Data come soon when it works, so that silence means it was lost. */
  readonly expectsData: boolean;
}

export interface SocketHandlers {
  opened(): void;
  frame(text: string): void;
  /** Every command that was due has been sent, and the exchange has read them (a ping sent after them came back). */
  settled(): void;
  /** The exchange will not serve this subscription: bad symbol or channel, or no permission. */
  refused(subscription: SocketSubscription, error: FrameError): void;
  /** Once per connection or failed attempt. `httpStatus` when the handshake was answered with one. */
  closed(reason: string, httpStatus: number | undefined): void;
}

export interface GmoSocketOptions {
  /** Asked before each attempt. A rejection counts as a failed attempt; `EXCHANGE_AUTH` and `CLOCK_SKEW` end the run. */
  readonly url: (signal: AbortSignal) => Promise<string>;
  readonly subscriptions: readonly SocketSubscription[];
  readonly commands: Budget;
  readonly timings: SocketTimings;
  readonly logger: Logger;
  readonly on: SocketHandlers;
}

/** ERR-5003 does not say which command it refused: those sent so recently and not seen working are sent again. */
const SUSPECT_MS = 5_000;
/** A frame is some 2 kB. */
const MAX_FRAME_BYTES = 1_000_000;
const CLOSE_GRACE_MS = 500;

interface Connection {
  readonly socket: WebSocket;
  readonly abort: AbortController;
  readonly queue: SocketSubscription[];
  readonly sentAt: Map<string, number>;
  readonly confirmed: Set<string>;
  readonly refused: Set<string>;
  last: SocketSubscription | null;
  wake: () => void;
}

/**
 * One WebSocket of GMO Coin, kept open until its signal aborts. Owns the socket and, while connected, a ping timer and a loop that
 * sends the subscriptions one by one within the budget. Knows nothing of what frames mean: the owner reads them and reports back by
 * `confirm` (data of a subscription came) and `fault` (an error frame came).
 */
export class GmoSocket {
  readonly #options: GmoSocketOptions;
  #connection: Connection | null = null;
  #sawData = false;

  constructor(options: GmoSocketOptions) {
    this.#options = options;
  }

  /** Ends when `signal` aborts and the socket is closed. Throws only what `url` throws for good. */
  async run(signal: AbortSignal): Promise<void> {
    const { timings, on } = this.#options;
    for (let failures = 0; !signal.aborted; ) {
      this.#sawData = false;
      try {
        await this.#connect(await this.#options.url(signal), signal);
      } catch (error) {
        if (signal.aborted) return;
        if (AlphaError.is(error, 'EXCHANGE_AUTH') || AlphaError.is(error, 'CLOCK_SKEW')) throw error;
        on.closed(error instanceof Error ? error.message : String(error), undefined);
      }
      if (signal.aborted) return;
      failures = this.#sawData ? 0 : failures;
      await delay(reconnectDelay(timings, failures), undefined, { signal }).catch(() => undefined);
      failures++;
    }
  }

  /** Data of this subscription came: it works. */
  confirm(key: string): void {
    this.#sawData = true;
    this.#connection?.confirmed.add(key);
  }

  /** An error frame came. It names no command; the last one sent is taken as its cause. */
  fault(error: FrameError): void {
    const { commands, timings, logger, on } = this.#options;
    const connection = this.#connection;
    if (connection === null) return;
    if (error.code === 'ERR-5003') {
      commands.pause(timings.rateLimitPauseMs);
      const suspects = this.#options.subscriptions.filter(({ key }) => this.#isSuspect(connection, key));
      logger.warn(
        { error: error.text, pauseMs: timings.rateLimitPauseMs, again: suspects.map(({ key }) => key) },
        'GMO Coin refused a command for coming too soon; it is sent again after a pause. Is another program at this address?',
      );
      this.#enqueue(connection, suspects);
      return;
    }
    const cause = connection.last;
    logger.error({ error: error.text, subscription: cause?.key }, 'GMO Coin refused a subscription.');
    if (cause === null || connection.confirmed.has(cause.key)) return;
    connection.refused.add(cause.key);
    on.refused(cause, error);
  }

  /** Ends the present connection; a new one follows. */
  reconnect(reason: string): void {
    this.#options.logger.info({ reason }, 'Reconnecting to GMO Coin.');
    this.#connection?.socket.terminate();
  }

  #isSuspect({ sentAt, confirmed, refused }: Connection, key: string): boolean {
    const sent = sentAt.get(key);
    return sent !== undefined && !confirmed.has(key) && !refused.has(key) && performance.now() - sent < SUSPECT_MS;
  }

  #enqueue(connection: Connection, subscriptions: readonly SocketSubscription[]): void {
    for (const subscription of subscriptions) {
      if (!connection.queue.includes(subscription)) connection.queue.push(subscription);
    }
    connection.wake();
  }

  /** One connection from the handshake to its end. Resolves when it is over. */
  #connect(url: string, signal: AbortSignal): Promise<void> {
    const { timings, on, subscriptions } = this.#options;
    return new Promise((resolve) => {
      // No compression: frames are small, and inflating makes each an asynchronous detour.
      const socket = new WebSocket(url, {
        handshakeTimeout: timings.handshakeMs,
        perMessageDeflate: false,
        maxPayload: MAX_FRAME_BYTES,
      });
      const connection: Connection = {
        socket,
        abort: new AbortController(),
        queue: [...subscriptions],
        sentAt: new Map(),
        confirmed: new Set(),
        refused: new Set(),
        last: null,
        wake: () => undefined,
      };
      const timers: NodeJS.Timeout[] = [];
      let reason = '';
      let httpStatus: number | undefined;
      let alive = true;

      const leave = () => {
        reason = 'It was asked to stop.';
        socket.close();
        timers.push(setTimeout(() => socket.terminate(), CLOSE_GRACE_MS));
      };
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();

      socket.on('open', () => {
        this.#connection = connection;
        timers.push(
          setInterval(() => {
            if (alive) {
              alive = false;
              socket.ping();
            } else {
              reason = `No sign of life for ${timings.pingMs} ms after a ping.`;
              socket.terminate();
            }
          }, timings.pingMs),
          setInterval(() => this.#resendSilent(connection), timings.resubscribeMs),
        );
        on.opened();
        void this.#sendCommands(connection);
      });
      socket.on('message', (data: Buffer) => {
        alive = true;
        on.frame(data.toString());
      });
      for (const sign of ['ping', 'pong'] as const) {
        socket.on(sign, () => {
          alive = true;
        });
      }
      socket.on('unexpected-response', (request, response) => {
        httpStatus = response.statusCode;
        reason = `The handshake was answered with HTTP ${httpStatus}.`;
        request.destroy();
        socket.terminate();
      });
      socket.on('error', (error) => {
        if (reason === '') reason = error.message === '' ? error.name : error.message;
      });
      socket.on('close', (code) => {
        for (const timer of timers) clearTimeout(timer);
        signal.removeEventListener('abort', leave);
        connection.abort.abort();
        connection.wake();
        if (this.#connection === connection) this.#connection = null;
        on.closed(reason === '' ? `The exchange closed the socket with code ${code}.` : reason, httpStatus);
        resolve();
      });
    });
  }

  #resendSilent(connection: Connection): void {
    const now = performance.now();
    const silent = this.#options.subscriptions.filter(({ key, expectsData }) => {
      const sent = connection.sentAt.get(key);
      const known = connection.confirmed.has(key) || connection.refused.has(key);
      return expectsData && !known && sent !== undefined && now - sent >= this.#options.timings.resubscribeMs;
    });
    if (silent.length === 0) return;
    this.#options.logger.info({ again: silent.map(({ key }) => key) }, 'Subscriptions without data are sent again.');
    this.#enqueue(connection, silent);
  }

  async #sendCommands(connection: Connection): Promise<void> {
    const { socket, abort, queue } = connection;
    const { commands, on } = this.#options;
    try {
      while (!abort.signal.aborted) {
        const next = queue[0];
        if (next === undefined) {
          await new Promise<void>((resolve) => {
            connection.wake = resolve;
          });
          continue;
        }
        await commands.take(abort.signal);
        queue.shift();
        if (connection.confirmed.has(next.key) || connection.refused.has(next.key)) continue;
        socket.send(JSON.stringify(next.command));
        connection.sentAt.set(next.key, performance.now());
        connection.last = next;
        if (queue.length === 0) {
          socket.ping();
          socket.once('pong', () => {
            if (queue.length === 0) on.settled();
          });
        }
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this.#options.logger.error(
          { error: String(error) },
          'Sending subscriptions failed; the socket is opened anew.',
        );
        socket.terminate();
      }
    }
  }
}
