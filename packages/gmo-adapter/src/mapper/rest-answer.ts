import { AlphaError, type ErrorCode } from '@alpha-engine/core';
import { envelope } from '../schema/rest-public.js';
import { type CodeOutcome, codeEntry } from './error-codes.js';

/** A documented success, its `data` not looked into yet, or the error code that came instead. */
export type RestAnswer =
  | { readonly ok: true; readonly data: unknown; readonly responseTime: string | undefined }
  | { readonly ok: false; readonly code: string; readonly text: string };

/** What a request was for: a read may be repeated, a cancel and an amend too, a placement never. */
export type RequestIntent = 'read' | 'cancel' | 'amend' | 'place';

/** What the sentence of an error names: `GET /v1/orders`. */
export interface RequestName {
  readonly method: string;
  readonly path: string;
}

/**
 * Reads the envelope. Null when this is not the exchange's protocol: HTML, nothing, cut JSON, a missing code. HTTP 200 says nothing
 * (most failures have it) and 404 carries real codes, but a 5xx is believed only when it names maintenance.
 */
export function readEnvelope(httpStatus: number, body: string): RestAnswer | null {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    return null;
  }
  const parsed = envelope.safeParse(raw);
  if (!parsed.success) return null;
  const { status, data, messages, responsetime } = parsed.data;
  if (status === 0) return httpStatus === 200 ? { ok: true, data, responseTime: responsetime } : null;
  const [message] = messages ?? [];
  if (message === undefined) return null;
  if (httpStatus >= 500 && codeEntry(message.message_code)?.outcome !== 'maintenance') return null;
  return { ok: false, code: message.message_code, text: message.message_string ?? '' };
}

const READ_ERRORS: Readonly<Record<CodeOutcome, ErrorCode>> = {
  refused: 'EXCHANGE_REFUSED',
  auth: 'EXCHANGE_AUTH',
  clock: 'CLOCK_SKEW',
  maintenance: 'EXCHANGE_MAINTENANCE',
  throttled: 'EXCHANGE_RATE_LIMITED',
  overload: 'EXCHANGE_UNREACHABLE',
};

const WRITE_ERRORS: Readonly<Record<CodeOutcome, ErrorCode>> = {
  ...READ_ERRORS,
  throttled: 'EXCHANGE_IN_DOUBT',
  overload: 'EXCHANGE_IN_DOUBT',
};

const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  EXCHANGE_AUTH: 'Check API_KEY and API_SECRET, the address list of the key and its permissions.',
  CLOCK_SKEW: "Set this machine's clock by a time server.",
  EXCHANGE_MAINTENANCE: 'Wait until it opens again.',
  EXCHANGE_RATE_LIMITED: 'Send fewer requests, or look for another program at the same address.',
  EXCHANGE_UNREACHABLE: 'Try again later.',
  EXCHANGE_IN_DOUBT: 'Whether it took effect must be read from the exchange; it is not sent again.',
};

/** The error for an error code of the exchange. */
export function codeError(request: RequestName, intent: RequestIntent, code: string, text: string): AlphaError {
  const entry = codeEntry(code);
  const ours =
    entry === undefined
      ? intent === 'read'
        ? 'EXCHANGE_REFUSED'
        : 'EXCHANGE_IN_DOUBT'
      : (intent === 'read' ? READ_ERRORS : WRITE_ERRORS)[entry.outcome];
  const said = text === '' ? code : `${code} "${text}"`;
  const meaning = entry?.meaning ?? 'The code is not documented.';
  return new AlphaError(ours, join(`GMO Coin answered ${said} to ${nameOf(request)}. ${meaning}`, ADVICE[ours]), {
    context: {
      exchangeCode: code,
      exchangeText: text,
      cause: entry?.cause ?? 'other',
      method: request.method,
      path: request.path,
    },
    retryable: intent === 'read' && (entry?.outcome === 'throttled' || entry?.outcome === 'overload'),
  });
}

/** The error for an answer that is not the protocol. `sample` is its beginning. */
export function badAnswerError(
  request: RequestName,
  intent: RequestIntent,
  httpStatus: number,
  body: string,
): AlphaError {
  const sample = body.slice(0, 120);
  const what = body === '' ? 'nothing' : `something that is not its protocol (it begins ${JSON.stringify(sample)})`;
  const ours = intent === 'read' ? 'EXCHANGE_BAD_ANSWER' : 'EXCHANGE_IN_DOUBT';
  const advice = intent === 'read' ? 'Check REST_BASE_URL, and the exchange for an outage.' : ADVICE.EXCHANGE_IN_DOUBT;
  return new AlphaError(ours, join(`${nameOf(request)} was answered with HTTP ${httpStatus} and ${what}.`, advice), {
    context: { httpStatus, sample, method: request.method, path: request.path },
    // Nothing is ever found at a wrong address.
    retryable: intent === 'read' && httpStatus !== 404,
  });
}

/** The error for no answer at all, or one that was cut. */
export function noAnswerError(
  request: RequestName & { readonly host: string },
  intent: RequestIntent,
  failure: { readonly kind: 'timeout' | 'connection'; readonly started: boolean; readonly message: string },
): AlphaError {
  const cut = failure.kind === 'connection' && failure.started;
  const ours = intent !== 'read' ? 'EXCHANGE_IN_DOUBT' : cut ? 'EXCHANGE_BAD_ANSWER' : 'EXCHANGE_UNREACHABLE';
  const advice = intent !== 'read' ? ADVICE.EXCHANGE_IN_DOUBT : 'Check the network, REST_BASE_URL and the exchange.';
  return new AlphaError(
    ours,
    join(`${nameOf(request)} at ${request.host} got no whole answer: ${fullStop(failure.message)}`, advice),
    {
      context: { host: request.host, method: request.method, path: request.path, reason: failure.message },
      retryable: intent === 'read',
    },
  );
}

const nameOf = (request: RequestName): string => `${request.method} ${request.path}`;

const fullStop = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

function join(...sentences: (string | undefined)[]): string {
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}
