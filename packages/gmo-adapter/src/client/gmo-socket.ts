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
}

export interface SocketHandlers {
  opened(): void;
  frame(text: string): void;
  /** The exchange has read the command of this subscription (a ping sent after it came back, or data came); it does not say whether it obeys. */
  read?(subscription: SocketSubscription): void;
  /** As `read`, and no other command is due. */
  settled?(): void;
  /** The exchange will not serve this subscription: bad symbol or channel, or no permission. */
  refused(subscription: SocketSubscription, error: FrameError): void;
  /** Commands came too soon: these subscriptions are sent again after the pause. */
  throttled?(subscriptions: readonly SocketSubscription[], pauseMs: number): void;
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

interface Command {
  readonly subscription: SocketSubscription;
  readonly unsubscribes: boolean;
}

interface Connection {
  readonly socket: WebSocket;
  readonly abort: AbortController;
  readonly queue: Command[];
  /** Not known to be read, in the order sent, by the number of the ping that followed each. */
  readonly unread: Map<number, Command>;
  readonly sentAt: Map<string, number>;
  readonly confirmed: Set<string>;
  readonly refused: Set<string>;
  /** Unsubscribed, and to be subscribed again whatever still arrives. */
  readonly parted: Set<string>;
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
  #pings = 0;

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

  /** Data of this subscription came: it works, and was read though its ping may have stayed unanswered. */
  confirm(key: string): void {
    this.#sawData = true;
    const connection = this.#connection;
    if (connection === null) return;
    connection.confirmed.add(key);
    const [ping] = [...connection.unread].find(([, command]) => isSubscribing(command, key)) ?? [];
    if (ping !== undefined) this.#wasRead(connection, ping);
  }

  /** An error frame came. It names no command; the first that is not known to be read is taken as its cause, or else the last one sent. */
  fault(error: FrameError): void {
    const { commands, timings, logger, on } = this.#options;
    const connection = this.#connection;
    if (connection === null) return;
    if (error.code === 'ERR-5003') {
      const pauseMs = commands.refused(timings.rateLimitPauseMs, timings.rateLimitPauseMaxMs);
      const suspects = this.#options.subscriptions.filter(({ key }) => this.#isSuspect(connection, key));
      logger.warn(
        { error: error.text, pauseMs, again: suspects.map(({ key }) => key) },
        'GMO Coin refused a command for coming too soon; it is sent again after a pause. Is another program at this address?',
      );
      this.#enqueue(connection, suspects.map(subscribing));
      on.throttled?.(suspects, pauseMs);
      return;
    }
    const unread = [...connection.unread.values()].find((command) => isSubscribing(command));
    const cause = unread?.subscription ?? connection.last;
    logger.error({ error: error.text, subscription: cause?.key }, 'GMO Coin refused a subscription.');
    if (cause === null || connection.confirmed.has(cause.key)) return;
    connection.refused.add(cause.key);
    on.refused(cause, error);
  }

  /**
   * Subscribes anew to what has gone silent. With `afresh` the exchange is told to unsubscribe first, because it ignores a
   * subscription that it believes to have.
   */
  again(key: string, afresh: boolean): void {
    const connection = this.#connection;
    const subscription = this.#options.subscriptions.find((one) => one.key === key);
    if (connection === null || subscription === undefined || connection.refused.has(key)) return;
    connection.confirmed.delete(key);
    this.#enqueue(connection, [...(afresh ? [{ subscription, unsubscribes: true }] : []), subscribing(subscription)]);
  }

  /** Ends the present connection; a new one follows. */
  reconnect(reason: string): void {
    this.#options.logger.info({ reason }, 'Reconnecting to GMO Coin.');
    this.#connection?.socket.terminate();
  }

  /** Reads no more for now: what comes waits in the kernel's buffers and then at the exchange. */
  pause(): void {
    this.#connection?.socket.pause();
  }

  resume(): void {
    this.#connection?.socket.resume();
  }

  #isSuspect({ sentAt, confirmed, refused }: Connection, key: string): boolean {
    const sent = sentAt.get(key);
    return sent !== undefined && !confirmed.has(key) && !refused.has(key) && performance.now() - sent < SUSPECT_MS;
  }

  #enqueue(connection: Connection, commands: readonly Command[]): void {
    const due = new Set(connection.queue.map(({ subscription }) => subscription));
    connection.queue.push(...commands.filter(({ subscription }) => !due.has(subscription)));
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
        queue: subscriptions.map(subscribing),
        unread: new Map(),
        sentAt: new Map(),
        confirmed: new Set(),
        refused: new Set(),
        parted: new Set(),
        last: null,
        wake: () => undefined,
      };
      const timers: NodeJS.Timeout[] = [];
      let reason = '';
      let httpStatus: number | undefined;
      let alive = true;

      const leave = () => {
        reason = 'It was asked to stop.';
        socket.resume();
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
              socket.ping(String(++this.#pings));
            } else {
              reason = `No sign of life for ${timings.pingMs} ms after a ping.`;
              socket.terminate();
            }
          }, timings.pingMs),
        );
        on.opened();
        void this.#sendCommands(connection);
      });
      socket.on('message', (data: Buffer) => {
        alive = true;
        on.frame(data.toString());
      });
      socket.on('ping', () => {
        alive = true;
      });
      socket.on('pong', (payload) => {
        alive = true;
        this.#wasRead(connection, Number(payload.toString()));
      });
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

  /**
   * This ping came back, or what was asked for before it came: commands are read in order, so all before it were read, too. A ping of
   * theirs may stay unanswered for good; a socket may even answer the last of several alone (RFC 6455, 5.5.3).
   */
  #wasRead(connection: Connection, ping: number): void {
    const { on, commands } = this.#options;
    const { unread, queue } = connection;
    const read = [...unread].filter(([number]) => number <= ping);
    if (read.length === 0) return;
    commands.arrived();
    for (const [number, command] of read) {
      unread.delete(number);
      if (isSubscribing(command)) on.read?.(command.subscription);
    }
    if (queue.length === 0 && unread.size === 0) on.settled?.();
  }

  async #sendCommands(connection: Connection): Promise<void> {
    const { socket, abort, queue } = connection;
    const { commands } = this.#options;
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
        const { subscription, unsubscribes } = next;
        const { key, command } = subscription;
        const works = connection.confirmed.has(key) && !connection.parted.has(key);
        if (works || connection.refused.has(key)) continue;
        socket.send(JSON.stringify(unsubscribes ? { ...command, command: 'unsubscribe' } : command));
        connection.last = subscription;
        const ping = ++this.#pings;
        connection.unread.set(ping, next);
        if (unsubscribes) connection.parted.add(key);
        else {
          connection.parted.delete(key);
          connection.sentAt.set(key, performance.now());
        }
        socket.ping(String(ping));
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

function subscribing(subscription: SocketSubscription): Command {
  return { subscription, unsubscribes: false };
}

function isSubscribing({ subscription, unsubscribes }: Command, key = subscription.key): boolean {
  return !unsubscribes && subscription.key === key;
}
