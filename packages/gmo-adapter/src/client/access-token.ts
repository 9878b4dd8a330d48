import { AlphaError, type Logger } from '@alpha-engine/core';
import { z } from 'zod';
import { codeError } from '../mapper/rest-answer.js';
import type { GmoRestClient } from './rest-client.js';

const PATH = '/v1/ws-auth';
/** Stopping must not wait long for a courtesy. */
const RELEASE_TIMEOUT_MS = 2_000;

/**
 * The access token of the private WebSocket: issued when first asked for, made to live another hour by `extend`, issued anew when the
 * exchange no longer knows it (after maintenance it knows none), deleted by `release`. An account has at most five; the oldest go
 * when a sixth is issued.
 */
export class AccessToken {
  readonly #rest: GmoRestClient;
  readonly #logger: Logger;
  #token: string | null = null;

  constructor(rest: GmoRestClient, logger: Logger) {
    this.#rest = rest;
    this.#logger = logger;
  }

  /** A token with an hour to live: the present one, extended, or a new one. Throws the `EXCHANGE_*` errors. */
  async get(signal?: AbortSignal): Promise<string> {
    if (this.#token !== null && (await this.#put(this.#token, signal))) return this.#token;
    const request = { method: 'POST' as const, path: PATH, body: {}, ...(signal ? { signal } : {}) };
    this.#token = (await this.#rest.request(request, z.string().min(1))).data;
    return this.#token;
  }

  /** False when the token is dead: the socket that was opened with it must be opened anew. Throws the `EXCHANGE_*` errors. */
  async extend(signal?: AbortSignal): Promise<boolean> {
    return this.#token !== null && this.#put(this.#token, signal);
  }

  /** Deletes the token at the exchange. A failure is only logged: the token dies within the hour by itself. */
  async release(): Promise<void> {
    const token = this.#token;
    this.#token = null;
    if (token === null) return;
    try {
      await this.#rest.answer({ method: 'DELETE', path: PATH, body: { token }, timeoutMs: RELEASE_TIMEOUT_MS });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.debug({ reason }, 'The access token could not be deleted; it ends by itself.');
    }
  }

  async #put(token: string, signal?: AbortSignal): Promise<boolean> {
    const answer = await this.#rest.answer({
      method: 'PUT',
      path: PATH,
      body: { token },
      ...(signal ? { signal } : {}),
    });
    if (answer.ok) return true;
    if (answer.code !== 'ERR-5106') throw codeError({ method: 'PUT', path: PATH }, 'read', answer.code, answer.text);
    this.#token = null;
    this.#logger.info({}, 'GMO Coin no longer knows the access token; a new one is asked for.');
    return false;
  }
}

/** True when no later attempt can succeed without somebody changing something. */
export function isFatal(error: unknown): boolean {
  return AlphaError.is(error, 'EXCHANGE_AUTH') || AlphaError.is(error, 'CLOCK_SKEW');
}
