import {
  AlphaError,
  type EpochMs,
  type ExchangeEndpoints,
  type TradeArchive,
  type TradeFile,
  type TradeFileBytes,
} from '@alpha-engine/core';
import { resolveEndpoints } from '../client/endpoints.js';
import { businessDayOf } from '../mapper/business-day.js';

const DEFAULT_TIMEOUT_MS = 10_000;
/** A day may be over for so long before its file is there. */
const PUBLISHED_WITHIN_MS = 86_400_000;
/** So far beyond its day a file may reach. */
const SLOP_MS = 60_000;
const HEADER = 'symbol,side,size,price,timestamp';

/** `data/trades/BTC/2025/07/20250701_BTC.csv.gz` of GMO Coin: a file for each business day, which begins at 21:00 UTC. */
export class GmoTradeArchive implements TradeArchive {
  readonly #url: string;
  readonly #timeoutMs: number;

  /** `timeoutMs`: until the first byte of an answer. */
  constructor(endpoints: ExchangeEndpoints, { timeoutMs = DEFAULT_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}) {
    this.#url = resolveEndpoints(endpoints).tradeFilesUrl;
    this.#timeoutMs = timeoutMs;
  }

  files(symbol: string, from: EpochMs, to: EpochMs): readonly TradeFile[] {
    // It becomes part of an address and of a file's name.
    if (!/^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(symbol)) {
      throw new AlphaError('USAGE', `"${symbol}" is no symbol of GMO Coin: they are written like BTC or BTC_JPY.`);
    }
    const files: TradeFile[] = [];
    for (let day = businessDayOf(from); day.from < to; day = businessDayOf(day.to)) {
      files.push({ symbol, name: `${day.name}_${symbol}.csv.gz`, from: day.from, to: day.to });
    }
    return files;
  }

  async open(file: TradeFile, offset: number, signal: AbortSignal): Promise<TradeFileBytes | 'absent' | 'unfinished'> {
    const url = `${this.#url}/${encodeURIComponent(file.symbol)}/${file.name.slice(0, 4)}/${file.name.slice(4, 6)}/${encodeURIComponent(file.name)}`;
    const answer = await this.#get(url, offset, signal);
    if (answer.status === 200) return { offset: 0, total: totalOf(answer), bytes: this.#bytes(answer, url) };
    if (answer.status === 206 && beginOf(answer) === offset) {
      return { offset, total: totalOf(answer), bytes: this.#bytes(answer, url) };
    }
    await answer.body?.cancel();
    // There is nothing behind the offset: what is there is whole, or of another file. Its reader begins anew.
    if (answer.status === 416 && offset > 0) return this.open(file, 0, signal);
    if (answer.status === 404) return 'absent';
    if (answer.status === 403 && file.to + PUBLISHED_WITHIN_MS > Date.now()) return 'unfinished';
    throw failure(answer.status, url);
  }

  problemOf(
    { from, symbol, to }: TradeFile,
    [header = '', first = '']: readonly string[],
    last: string,
  ): string | null {
    if (header !== HEADER) return `its first line is "${header.slice(0, 60)}"`;
    for (const row of first === '' ? [] : [first, last]) {
      const [of, , , , time = ''] = row.split(',');
      if (of !== symbol) return `it holds a trade of ${of}`;
      const ts = Date.parse(`${time.replace(' ', 'T')}Z`);
      if (!(ts >= from - SLOP_MS && ts < to + SLOP_MS)) return `it holds a trade of ${time}`;
    }
    return null;
  }

  /** A stream that says nothing for too long is dead. */
  async *#bytes(answer: Response, url: string): AsyncGenerator<Uint8Array> {
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    try {
      for (;;) {
        let timer: NodeJS.Timeout | undefined;
        const silence = new Promise<never>((_, reject) => {
          const stop = () => reject(unreachable(url, `nothing came for ${this.#timeoutMs} ms`));
          timer = setTimeout(stop, this.#timeoutMs);
        });
        try {
          const { done, value } = await Promise.race([reader.read(), silence]);
          if (done) return;
          yield value;
        } finally {
          clearTimeout(timer);
        }
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  async #get(url: string, offset: number, signal: AbortSignal): Promise<Response> {
    const slow = new AbortController();
    const timer = setTimeout(() => slow.abort(), this.#timeoutMs);
    const headers = { 'accept-encoding': 'identity', ...(offset > 0 && { range: `bytes=${offset}-` }) };
    try {
      return await fetch(url, { headers, signal: AbortSignal.any([signal, slow.signal]) });
    } catch (cause) {
      throw unreachable(url, cause instanceof Error ? cause.message : String(cause), cause);
    } finally {
      clearTimeout(timer);
    }
  }
}

function unreachable(url: string, why: string, cause?: unknown): AlphaError {
  const message = `${url} cannot be read: ${why}. Check the connection; then start again.`;
  return new AlphaError('EXCHANGE_UNREACHABLE', message, { context: { url }, cause, retryable: true });
}

function beginOf(answer: Response): number {
  return Number(/^bytes (\d+)-/.exec(answer.headers.get('content-range') ?? '')?.[1]);
}

function totalOf(answer: Response): number | null {
  if (answer.status === 206) {
    const range = /\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1];
    return range === undefined ? null : Number(range);
  }
  const length = answer.headers.get('content-length');
  return length === null || answer.headers.get('content-encoding') !== null ? null : Number(length);
}

function failure(status: number, url: string): AlphaError {
  const many = status === 429;
  const code = many ? 'EXCHANGE_RATE_LIMITED' : status >= 500 ? 'EXCHANGE_UNREACHABLE' : 'EXCHANGE_BAD_ANSWER';
  return new AlphaError(code, `${url} was answered with HTTP ${status}.`, {
    context: { url, status },
    retryable: code !== 'EXCHANGE_BAD_ANSWER',
  });
}
