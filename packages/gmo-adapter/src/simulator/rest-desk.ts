import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@alpha-engine/core';
import { control } from './control.js';
import { type Answer, iso, TOO_MANY } from './envelopes.js';
import type { FaultDesk } from './faults/fault-desk.js';
import { header, readBody, sendFile, sendJson, sendText, urlOf } from './http.js';
import type { MarketClock } from './market-clock.js';
import type { GmoSimulator } from './options.js';
import type { Playback } from './playback.js';
import type { PrivateDesk } from './private-desk.js';
import type { RestGate } from './rest-gate.js';
import type { Tape } from './tape.js';
import { tradeFile } from './trade-files.js';

export interface RestDeskOptions {
  /** What `/sim/...` is about. */
  readonly simulator: GmoSimulator;
  readonly tape: Tape;
  readonly clock: MarketClock;
  readonly playback: Playback;
  readonly faults: FaultDesk;
  readonly gate: RestGate;
  readonly privateDesk: PrivateDesk;
  readonly logger: Logger;
  /** Market and wall time as the exchange tells them. */
  now(): number;
  wallNow(): number;
}

/** Every HTTP request: the control of the simulator, files, and what the exchange answers or, in a fault, does not. */
export class RestDesk {
  readonly #options: RestDeskOptions;

  constructor(options: RestDeskOptions) {
    this.#options = options;
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    this.#serve(request, response).catch((error: unknown) => {
      this.#options.logger.error({ error: String(error), path: request.url }, 'a request failed in the simulator');
      response.destroy();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, faults, now, privateDesk, simulator, tape, wallNow } = this.#options;
    const url = urlOf(request);
    const body = await readBody(request);
    if (body === null) {
      response.destroy();
      return;
    }
    const controlled = control(simulator, request.method ?? 'GET', url.pathname, body);
    if (controlled !== null) {
      sendJson(response, controlled.http, controlled.body);
      return;
    }
    const file = tradeFile(url.pathname, tape, clock.shift, Math.max(now(), wallNow()));
    if (file !== null) {
      sendFile(response, file, header(request, 'range'));
      return;
    }
    const fault = faults.rest(url.pathname);
    if (fault === null) this.#answer(request, url, body, response);
    else if (fault === 'pretended') this.#reply(response, privateDesk.pretended(url.pathname));
    else if (fault === 'too_many') this.#reply(response, TOO_MANY);
    else if (fault !== 'hung') sendText(response, fault, '<html><body>Service Unavailable</body></html>');
  }

  #answer(request: IncomingMessage, url: URL, body: string, response: ServerResponse): void {
    const { gate, playback, privateDesk } = this.#options;
    // What the request asks for happens on the market of now.
    playback.catchUp();
    if (!url.pathname.startsWith('/private/')) {
      this.#reply(response, gate.public(request, url));
      return;
    }
    const closed = new AbortController();
    response.on('close', () => closed.abort());
    privateDesk.answer(request, url, body, (answer) => this.#reply(response, answer), closed.signal);
  }

  #reply(response: ServerResponse, { http, body, timed }: Answer): void {
    sendJson(response, http, timed ? { ...body, responsetime: iso(this.#options.wallNow()) } : body);
  }
}
