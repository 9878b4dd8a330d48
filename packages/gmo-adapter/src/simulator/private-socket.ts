import type { WebSocket } from 'ws';
import { FRAME_TOO_MANY, invalidFrame } from './envelopes.js';
import { KeepAlive } from './keep-alive.js';
import type { RateLimit } from './limits.js';
import { PRIVATE_CHANNELS, type PrivateChannel, type PrivateFrame } from './private-frames.js';
import { parseCommand } from './socket-command.js';
import type { SimulatorTimings } from './switches.js';

interface Client {
  readonly socket: WebSocket;
  readonly token: string;
  readonly keepAlive: KeepAlive;
  /** Channel → option. */
  readonly subscriptions: Map<PrivateChannel, string>;
}

export interface PrivateSocketOptions {
  readonly timings: SimulatorTimings;
  readonly commands: RateLimit;
  /** What a new subscriber of `positionSummaryEvents` is sent at once. */
  initialSummaries(): readonly PrivateFrame[];
  periodicSummaries(): readonly PrivateFrame[];
}

/** The private socket: four channels over the whole account, to whoever came with a live token. */
export class PrivateSockets {
  readonly #options: PrivateSocketOptions;
  readonly #clients = new Set<Client>();
  readonly #summaryTimer: NodeJS.Timeout;

  constructor(options: PrivateSocketOptions) {
    this.#options = options;
    this.#summaryTimer = setInterval(() => this.#pushSummaries(), options.timings.summaryMs);
  }

  get size(): number {
    return this.#clients.size;
  }

  accept(socket: WebSocket, ip: string, token: string): void {
    const { pingMs, idleMs } = this.#options.timings;
    const keepAlive = new KeepAlive(socket, pingMs, idleMs);
    const client: Client = { socket, token, keepAlive, subscriptions: new Map() };
    this.#clients.add(client);
    socket.on('message', (data) => {
      const error = this.#options.commands.take(ip) ? this.#obey(client, parseCommand(data)) : FRAME_TOO_MANY;
      if (error !== null) send(client, error);
    });
    socket.on('close', () => this.#clients.delete(client));
  }

  send(frames: readonly PrivateFrame[]): void {
    for (const { channel, body } of frames) {
      const text = JSON.stringify(body);
      for (const client of this.#clients) if (client.subscriptions.has(channel)) send(client, text);
    }
  }

  closeToken(token: string): void {
    for (const client of this.#clients) if (client.token === token) client.socket.terminate();
  }

  closeAll(): void {
    for (const { socket } of this.#clients) socket.terminate();
  }

  /** Closes every socket and stops the periodic push. */
  stop(): void {
    clearInterval(this.#summaryTimer);
    this.closeAll();
  }

  /** The error frame, or null. */
  #obey(client: Client, asked: ReturnType<typeof parseCommand>): string | null {
    if (asked === null) return invalidFrame();
    const { command, channel, option } = asked;
    if (command !== 'subscribe' && command !== 'unsubscribe') return invalidFrame('command');
    if (!isPrivateChannel(channel)) return invalidFrame('channel');
    if (option !== undefined && (channel !== 'positionSummaryEvents' || option !== 'PERIODIC')) {
      return invalidFrame('option');
    }
    if (command === 'unsubscribe') {
      client.subscriptions.delete(channel);
      return null;
    }
    client.subscriptions.set(channel, typeof option === 'string' ? option : '');
    if (channel === 'positionSummaryEvents') {
      for (const { body } of this.#options.initialSummaries()) send(client, JSON.stringify(body));
    }
    return null;
  }

  #pushSummaries(): void {
    const readers = [...this.#clients].filter(
      (client) => client.subscriptions.get('positionSummaryEvents') === 'PERIODIC',
    );
    if (readers.length === 0) return;
    for (const { body } of this.#options.periodicSummaries()) {
      for (const client of readers) send(client, JSON.stringify(body));
    }
  }
}

function isPrivateChannel(value: unknown): value is PrivateChannel {
  return PRIVATE_CHANNELS.includes(value as PrivateChannel);
}

function send(client: Client, frame: string): void {
  client.keepAlive.touch();
  client.socket.send(frame, ignoreClosed);
}

/** A socket that closed in between is noticed by its `close` event. */
function ignoreClosed(): void {}
