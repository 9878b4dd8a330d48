import { FRAME_NOT_PERMITTED, FRAME_TOO_MANY, invalidFrame } from './envelopes.js';
import type { FaultDesk, FrameSubject } from './faults/fault-desk.js';
import type { RateLimit } from './limits.js';
import type { Outlet } from './outlet.js';
import { PRIVATE_CHANNELS, type PrivateChannel } from './private-channels.js';
import type { PrivateFrame } from './private-frames.js';
import { parseCommand } from './socket-command.js';
import type { SimulatorTimings } from './switches.js';

interface Client {
  readonly outlet: Outlet;
  readonly token: string;
  /** Channel → option. */
  readonly subscriptions: Map<PrivateChannel, string>;
}

export interface PrivateSocketOptions {
  readonly timings: SimulatorTimings;
  readonly faults: FaultDesk;
  readonly commands: RateLimit;
  /** A token may read the channels its key was allowed when it was issued. */
  mayRead(token: string, channel: PrivateChannel): boolean;
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

  accept(outlet: Outlet, ip: string, token: string): void {
    const client: Client = { outlet, token, subscriptions: new Map() };
    this.#clients.add(client);
    outlet.socket.on('message', (data) => {
      const error = this.#options.commands.take(ip) ? this.#obey(client, parseCommand(data)) : FRAME_TOO_MANY;
      if (error !== null) outlet.send(error);
    });
    outlet.socket.on('close', () => this.#clients.delete(client));
  }

  send(frames: readonly PrivateFrame[]): void {
    for (const { channel, body } of frames) {
      const text = JSON.stringify(body);
      const subject = subjectOf(channel, body);
      for (const client of this.#clients) if (client.subscriptions.has(channel)) client.outlet.send(text, subject);
    }
  }

  /** Resolves when whoever listens has read everything sent so far. */
  async read(): Promise<void> {
    await Promise.all([...this.#clients].map(({ outlet }) => outlet.read()));
  }

  closeToken(token: string): void {
    for (const client of this.#clients) if (client.token === token) client.outlet.cut();
  }

  closeAll(): void {
    for (const { outlet } of this.#clients) outlet.cut();
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
    if (!this.#options.mayRead(client.token, channel)) return FRAME_NOT_PERMITTED;
    const fault = this.#options.faults.subscribe(client.outlet, { channel });
    if (fault !== null) return fault === 'refused' ? FRAME_TOO_MANY : null;
    client.subscriptions.set(channel, typeof option === 'string' ? option : '');
    if (channel === 'positionSummaryEvents') {
      for (const { body } of this.#options.initialSummaries()) {
        client.outlet.send(JSON.stringify(body), subjectOf(channel, body));
      }
    }
    return null;
  }

  #pushSummaries(): void {
    const readers = [...this.#clients].filter(
      (client) => client.subscriptions.get('positionSummaryEvents') === 'PERIODIC',
    );
    if (readers.length === 0) return;
    for (const { channel, body } of this.#options.periodicSummaries()) {
      for (const { outlet } of readers) outlet.send(JSON.stringify(body), subjectOf(channel, body));
    }
  }
}

function isPrivateChannel(value: unknown): value is PrivateChannel {
  return PRIVATE_CHANNELS.includes(value as PrivateChannel);
}

function subjectOf(channel: PrivateChannel, { symbol }: PrivateFrame['body']): FrameSubject {
  return typeof symbol === 'string' ? { channel, symbol } : { channel };
}
