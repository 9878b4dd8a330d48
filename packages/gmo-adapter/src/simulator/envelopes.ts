import type { ExchangeState } from './exchange-state.js';

/** What a REST call answers: an HTTP status and a JSON body without `responsetime`, which the server adds. */
export interface Answer {
  readonly http: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** False for the bodies that were seen without `responsetime`. */
  readonly timed: boolean;
}

export function ok(data?: unknown): Answer {
  return { http: 200, body: data === undefined ? { status: 0 } : { status: 0, data }, timed: true };
}

/** A list under `data.list`; an empty one has no `list` key at all. */
export function okList(rows: readonly unknown[], page?: { readonly page: number; readonly count: number }): Answer {
  if (rows.length === 0) return ok({});
  if (page === undefined) return ok({ list: rows });
  return ok({ pagination: { currentPage: page.page, count: page.count }, list: rows });
}

function failure(status: number, http: number, code: string, text: string, timed = true): Answer {
  return { http, body: { status, messages: [{ message_code: code, message_string: text }] }, timed };
}

/** A business or validation error: HTTP 200, status 1. */
export function refuse(code: string, text: string): Answer {
  return failure(1, 200, code, text);
}

export function invalidParameter(field?: string): Answer {
  return refuse('ERR-5106', `Invalid request parameter.${field === undefined ? '' : ` ${field}`}`);
}

export const NOT_PERMITTED = refuse('ERR-5012', 'Invalid API-KEY, IP, or permissions for action.');
export const TOO_MANY = failure(4, 200, 'ERR-5003', 'Requests are too many.');
export const NOT_FOUND = failure(2, 404, 'ERR-5207', 'Not found', false);
export const INVALID_PATH = failure(1, 404, 'ERR-5204', 'The API path is invalid.');
export const PREOPEN = refuse('ERR-5203', 'The service is in preparation. Please wait for a while');

export function maintenance(http: number, state: ExchangeState): Answer {
  const code = state === 'EMERGENCY' ? 'ERR-5202' : 'ERR-5201';
  return failure(5, http, code, 'MAINTENANCE. Please wait for a while', false);
}

/** Error frames of the sockets. */
export const FRAME_NOT_PERMITTED = JSON.stringify({ error: 'ERR-5012 Invalid permissions for action.' });
export const FRAME_TOO_MANY = JSON.stringify({ error: 'ERR-5003 Request too many.' });

export function invalidFrame(field?: string): string {
  return JSON.stringify({ error: `ERR-5106 Invalid request parameter.${field === undefined ? '' : ` ${field}`}` });
}

/** A number as the exchange prints it: plain notation, never an exponent. */
export function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

export function iso(ts: number): string {
  return new Date(ts).toISOString();
}
