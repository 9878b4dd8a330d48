import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { GmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { WebSocket } from 'ws';

export type Json = Record<string, unknown>;

export interface RestReply {
  readonly http: number;
  readonly body: {
    readonly status: number;
    // biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes.
    readonly data?: any;
    readonly messages?: readonly { readonly message_code: string; readonly message_string: string }[];
    readonly responsetime?: string;
  };
}

/** Written from the reference alone, not from the adapter: what a stranger's client does. */
export async function publicGet(simulator: GmoSimulator, path: string): Promise<RestReply> {
  const response = await fetch(`${simulator.restBaseUrl}/public${path}`);
  return { http: response.status, body: (await response.json()) as RestReply['body'] };
}

export interface Signing {
  readonly key?: string;
  readonly secret?: string;
  readonly timestamp?: string;
  readonly headers?: Record<string, string>;
}

export async function privateCall(
  simulator: GmoSimulator,
  method: string,
  pathAndQuery: string,
  body?: Json,
  signing: Signing = {},
): Promise<RestReply> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const timestamp = signing.timestamp ?? String(Date.now());
  const [path] = pathAndQuery.split('?');
  const signed = `${timestamp}${method}${path}${method === 'POST' ? text : ''}`;
  const response = await fetch(`${simulator.restBaseUrl}/private${pathAndQuery}`, {
    method,
    headers: {
      'content-type': 'application/json',
      'API-KEY': signing.key ?? 'simulator-key',
      'API-TIMESTAMP': timestamp,
      'API-SIGN': createHmac('sha256', signing.secret ?? 'simulator-secret')
        .update(signed)
        .digest('hex'),
      ...signing.headers,
    },
    ...(text === '' ? {} : { body: text }),
  });
  return { http: response.status, body: (await response.json()) as RestReply['body'] };
}

/** Calls `check` until it gives something, up to ten seconds. */
export async function waitFor<T>(check: () => T | undefined | false | null, what: string): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = check();
    if (found !== undefined && found !== false && found !== null) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface SocketOptions {
  readonly autoPong?: boolean;
  readonly handshakeTimeout?: number;
}

/** A socket and everything it received. */
export class RawSocket {
  readonly frames: Json[] = [];
  readonly texts: string[] = [];
  /** Frames that are no JSON. */
  unreadable = 0;
  pings = 0;
  pongs = 0;
  closed: number | null = null;
  readonly #socket: WebSocket;

  private constructor(url: string, options: SocketOptions) {
    this.#socket = new WebSocket(url, { perMessageDeflate: false, ...options });
    this.#socket.on('message', (data) => {
      this.texts.push(data.toString());
      try {
        this.frames.push(JSON.parse(data.toString()) as Json);
      } catch {
        this.unreadable += 1;
      }
    });
    this.#socket.on('pong', () => {
      this.pongs += 1;
    });
    this.#socket.on('ping', () => {
      this.pings += 1;
    });
    this.#socket.on('close', (code) => {
      this.closed = code;
    });
  }

  static async open(url: string, options: SocketOptions = {}): Promise<RawSocket> {
    const socket = new RawSocket(url, options);
    await once(socket.#socket, 'open');
    return socket;
  }

  /** HTTP status of a handshake that is refused. */
  static async refusedWith(url: string): Promise<number> {
    const socket = new WebSocket(url);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    socket.on('error', () => {});
    socket.terminate();
    return response.statusCode;
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  ping(): void {
    this.#socket.ping();
  }

  /** Everything sent before has been obeyed: commands have no answer, a ping has. */
  async obeyed(): Promise<void> {
    this.#socket.ping();
    await once(this.#socket, 'pong');
  }

  of(channel: string): Json[] {
    return this.frames.filter((frame) => frame.channel === channel);
  }

  close(): void {
    this.#socket.terminate();
  }
}
