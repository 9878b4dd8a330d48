import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import type { Credentials } from '@alpha-engine/core';

export type GmoMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Lower-case hex HMAC-SHA256 of `timestamp + method + path + body`, keyed by the API secret. */
export function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/**
 * What is signed. `path` begins with `/v1`, without `/private` and without a query. Only a POST's body counts: PUT and DELETE of
 * `/v1/ws-auth` send one that is not signed.
 */
export function textToSign(timestamp: string, method: GmoMethod, path: string, body: string): string {
  return timestamp + method + path + (method === 'POST' ? body : '');
}

/** Holds the key and the secret and shows neither, however it is printed: both live in private fields. */
export class GmoSigner {
  readonly #apiKey: string;
  readonly #apiSecret: string;

  constructor(credentials: Credentials) {
    this.#apiKey = credentials.apiKey;
    this.#apiSecret = credentials.apiSecret;
  }

  /** `timestampMs` is wall time, epoch milliseconds. */
  headers(timestampMs: number, method: GmoMethod, path: string, body: string): Record<string, string> {
    const timestamp = String(timestampMs);
    return {
      'API-KEY': this.#apiKey,
      'API-TIMESTAMP': timestamp,
      'API-SIGN': sign(this.#apiSecret, textToSign(timestamp, method, path, body)),
    };
  }

  /** Names the account without telling the key: for limits that are counted per account. */
  get accountId(): string {
    return createHmac('sha256', 'account').update(this.#apiKey).digest('hex').slice(0, 16);
  }

  /** Takes both secrets out of a text that somebody else wrote, for example an exchange's error message. */
  redact(text: string): string {
    return [this.#apiSecret, this.#apiKey]
      .filter((secret) => secret.length > 0)
      .reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text);
  }

  toString(): string {
    return 'GmoSigner(***)';
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
