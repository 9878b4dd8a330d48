import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock, EpochMs } from '@alpha-engine/core';
import { type Answer, NOT_PERMITTED, refuse } from './envelopes.js';
import type { Permission } from './permissions.js';

export interface SignedRequest {
  readonly method: string;
  /** From `/v1` on, without the query. */
  readonly path: string;
  readonly body: string;
  readonly apiKey: string | undefined;
  readonly timestamp: string | undefined;
  readonly sign: string | undefined;
}

/** Lower-case hex HMAC-SHA256 of what the exchange signs: PUT and DELETE bodies stay out. */
function signatureOf(secret: string, timestamp: string, method: string, path: string, body: string): string {
  const signed = method === 'POST' ? body : '';
  return createHmac('sha256', secret).update(`${timestamp}${method}${path}${signed}`).digest('hex');
}

export interface AuthOptions {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Wall time. */
  readonly clock: Clock;
  readonly timestampWindowMs: number;
}

/** Checks key, time and signature. Returns the refusal, or null. */
export function authenticate(request: SignedRequest, options: AuthOptions): Answer | null {
  const { apiKey, timestamp, sign } = request;
  if (apiKey === undefined || apiKey === '') return refuse('ERR-5011', 'API-KEY format invalid.');
  if (apiKey !== options.apiKey) return NOT_PERMITTED;
  if (timestamp === undefined || !/^\d+$/.test(timestamp)) return refuse('ERR-5007', 'API-TIMESTAMP is invalid.');
  const ahead = Number(timestamp) - options.clock.now();
  if (ahead > options.timestampWindowMs) return refuse('ERR-5008', 'Timestamp for this request is too late.');
  if (ahead < -options.timestampWindowMs) return refuse('ERR-5009', 'Timestamp for this request is too early.');
  const expected = signatureOf(options.apiSecret, timestamp, request.method, request.path, request.body);
  return sameText(sign ?? '', expected) ? null : refuse('ERR-5010', 'Signature for this request is not valid.');
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Tokens for private sockets: at most five live ones; a sixth ends the one that would expire first. */
export class SocketTokens {
  static readonly MOST = 5;
  readonly #clock: Clock;
  readonly #lifeMs: number;
  readonly #onEnd: (token: string) => void;
  readonly #permissions: () => ReadonlySet<Permission>;
  /** Token → when it expires, wall time. */
  readonly #expiry = new Map<string, EpochMs>();
  /** A token keeps the permissions its key had when it was issued; so does a socket that outlives it. */
  readonly #born = new Map<string, ReadonlySet<Permission>>();

  constructor(
    clock: Clock,
    lifeMs: number,
    permissions: () => ReadonlySet<Permission>,
    onEnd: (token: string) => void,
  ) {
    this.#clock = clock;
    this.#lifeMs = lifeMs;
    this.#permissions = permissions;
    this.#onEnd = onEnd;
  }

  mayRead(token: string, channel: Permission): boolean {
    return this.#born.get(token)?.has(channel) === true;
  }

  issue(): string {
    this.sweep();
    while (this.#expiry.size >= SocketTokens.MOST) {
      const [first] = [...this.#expiry].sort(([, a], [, b]) => a - b);
      this.end((first as [string, EpochMs])[0]);
    }
    const token = randomBytes(24).toString('base64url');
    this.#expiry.set(token, this.#clock.now() + this.#lifeMs);
    this.#born.set(token, this.#permissions());
    return token;
  }

  isLive(token: string): boolean {
    const expiry = this.#expiry.get(token);
    return expiry !== undefined && expiry > this.#clock.now();
  }

  /** Its life becomes whole again. False when there is no such live token. */
  extend(token: string): boolean {
    if (!this.isLive(token)) return false;
    this.#expiry.set(token, this.#clock.now() + this.#lifeMs);
    return true;
  }

  end(token: string): boolean {
    if (!this.#expiry.delete(token)) return false;
    this.#onEnd(token);
    return true;
  }

  /** Ends what has expired. */
  sweep(): void {
    for (const token of [...this.#expiry.keys()]) if (!this.isLive(token)) this.end(token);
  }

  clear(): void {
    for (const token of [...this.#expiry.keys()]) this.end(token);
  }
}
