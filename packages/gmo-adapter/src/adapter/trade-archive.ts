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
    const files: TradeFile[] = [];
    for (let day = businessDayOf(from); day.from < to; day = businessDayOf(day.to)) {
      files.push({ symbol, name: `${day.name}_${symbol}.csv.gz`, from: day.from, to: day.to });
    }
    return files;
  }

  async open(file: TradeFile, offset: number, signal: AbortSignal): Promise<TradeFileBytes | 'absent' | 'unfinished'> {
    const url = `${this.#url}/${encodeURIComponent(file.symbol)}/${file.name.slice(0, 4)}/${file.name.slice(4, 6)}/${encodeURIComponent(file.name)}`;
    const answer = await this.#get(url, offset, signal);
    switch (answer.status) {
      case 200:
      case 206:
        return {
          offset: answer.status === 206 ? offset : 0,
          total: totalOf(answer),
          bytes: this.#bytes(answer, url),
        };
      // There is nothing behind the offset: what is there is whole, or of another file. Its reader begins anew.
      case 416:
        return this.open(file, 0, signal);
      case 403:
      case 404:
        await answer.body?.cancel();
        return answer.status === 404 ? 'absent' : 'unfinished';
      default:
        await answer.body?.cancel();
        throw failure(answer.status, url);
    }
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

function totalOf(answer: Response): number | null {
  const range = /\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1];
  const length = range ?? answer.headers.get('content-length');
  return length === null ? null : Number(length);
}

function failure(status: number, url: string): AlphaError {
  const many = status === 429;
  const code = many ? 'EXCHANGE_RATE_LIMITED' : status >= 500 ? 'EXCHANGE_UNREACHABLE' : 'EXCHANGE_BAD_ANSWER';
  return new AlphaError(code, `${url} was answered with HTTP ${status}.`, {
    context: { url, status },
    retryable: code !== 'EXCHANGE_BAD_ANSWER',
  });
}
