import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** An answer, whole and unjudged. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Why there is no whole answer. `started` says that the first line of one had arrived. */
export class HttpFailure extends Error {
  readonly kind: 'timeout' | 'connection';
  readonly started: boolean;

  constructor(kind: 'timeout' | 'connection', started: boolean, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HttpFailure';
    this.kind = kind;
    this.started = started;
  }
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, connecting and the last byte of the body included. */
  readonly timeoutMs: number;
  /** Gives up at once when it aborts. Not for placements: what was sent stays sent. */
  readonly signal?: AbortSignal;
}

/** The largest answer of the exchange (a book of 1000 levels) is some 60 kB. */
const MAX_BODY_BYTES = 8_000_000;

/**
 * Sends one request once and reads the answer. Owns two connection pools, used by reads only and closed after 4 s of idling.
 *
 * Not `fetch`: Node's sends a request a second time when the answer is 421 and follows redirects with the body, and an order must
 * leave exactly once. For the same reason a write gets a connection of its own: a pooled one may have been closed by the other side
 * in the same moment, and nobody could tell whether the order had been read. `node:http` itself never repeats anything.
 */
export class HttpClient {
  readonly #pools = {
    'http:': new HttpAgent({ keepAlive: true, timeout: 4_000 }),
    'https:': new HttpsAgent({ keepAlive: true, timeout: 4_000 }),
  };

  /** Throws `HttpFailure`. */
  send(request: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const url = new URL(request.url);
      const secure = url.protocol === 'https:';
      let answer: IncomingMessage | undefined;
      let outgoing: ClientRequest | undefined;

      const fail = (kind: HttpFailure['kind'], message: string, cause?: unknown) => {
        release();
        reject(new HttpFailure(kind, answer !== undefined, message, cause));
        outgoing?.destroy();
      };
      const stop = () => fail('connection', 'It was asked to stop.');
      const release = () => {
        clearTimeout(timer);
        request.signal?.removeEventListener('abort', stop);
      };
      const timer = setTimeout(() => fail('timeout', `No answer within ${request.timeoutMs} ms.`), request.timeoutMs);

      outgoing = (secure ? httpsRequest : httpRequest)(url, {
        method: request.method,
        headers: {
          accept: 'application/json',
          ...request.headers,
          ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }),
        },
        agent: request.method === 'GET' ? this.#pools[secure ? 'https:' : 'http:'] : false,
      });
      outgoing.on('error', (cause) => fail('connection', cause.message, cause));
      outgoing.on('response', (incoming) => {
        answer = incoming;
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_BODY_BYTES) fail('connection', `The answer is longer than ${MAX_BODY_BYTES} bytes.`);
          else chunks.push(chunk);
        });
        incoming.on('error', (cause) => fail('connection', cause.message, cause));
        incoming.on('close', () => {
          if (!incoming.complete) fail('connection', 'The connection was cut inside the answer.');
        });
        incoming.on('end', () => {
          release();
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      outgoing.end(request.body);
      request.signal?.addEventListener('abort', stop, { once: true });
      if (request.signal?.aborted) stop();
    });
  }
}
