import type { ExchangeContext, MarketClockReading } from '@alpha-engine/core';
import { resolveEndpoints } from '../client/endpoints.js';
import { HttpClient, HttpFailure } from '../client/http.js';
import { DEFAULT_TIMEOUT_MS, GmoRestClient } from '../client/rest-client.js';
import { parseIsoTime } from '../mapper/iso-time.js';
import { badAnswerError, noAnswerError } from '../mapper/rest-answer.js';
import { statusData } from '../schema/rest-public.js';
import { simulatorClock } from '../schema/simulator-clock.js';

/**
 * How market time runs against this machine's wall time. A simulator tells (`/sim/clock`: speed 0 while it is held); the exchange is
 * asked for anything light and its `responsetime` taken as the middle of the round trip. Throws the `EXCHANGE_*` errors.
 */
export async function measureClock(
  context: ExchangeContext,
  options: { readonly timeoutMs?: number } = {},
): Promise<MarketClockReading> {
  const { signal, wallClock } = context;
  const { simulatorClockUrl, restPublicUrl } = resolveEndpoints(context.endpoints);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const simulated = simulatorClockUrl === null ? null : await askSimulator(context, simulatorClockUrl, timeoutMs);
  if (simulated !== null) return simulated;

  const path = '/v1/status';
  const rest = new GmoRestClient({ baseUrl: restPublicUrl, wallClock, timeoutMs, ...(signal && { signal }) });
  // The answer may come from a cache at the edge that keeps it for a second; a query of its own goes past it.
  const query = { t: wallClock.now() };
  // The first request pays for the connection; the second one is measured.
  await rest.request({ path, query }, statusData);
  const sentAt = wallClock.now();
  const { responseTime } = await rest.request({ path, query: { t: sentAt } }, statusData);
  const doneAt = wallClock.now();
  const marketTs = parseIsoTime(responseTime);
  if (Number.isNaN(marketTs))
    throw badAnswerError({ method: 'GET', path }, 'read', 200, `responsetime ${responseTime}`);
  return reading(sentAt, doneAt, marketTs, 1);
}

/** Null when there is no simulator at this address. */
async function askSimulator(
  context: ExchangeContext,
  url: string,
  timeoutMs: number,
): Promise<MarketClockReading | null> {
  const name = { method: 'GET', path: '/sim/clock', host: new URL(url).host };
  const { signal, wallClock } = context;
  const sentAt = wallClock.now();
  let answer: Awaited<ReturnType<HttpClient['send']>>;
  try {
    answer = await new HttpClient().send({ method: 'GET', url, timeoutMs, ...(signal && { signal }) });
  } catch (cause) {
    if (!(cause instanceof HttpFailure)) throw cause;
    throw noAnswerError(name, 'read', cause);
  }
  const doneAt = wallClock.now();
  if (answer.status === 404) return null;
  const clock = simulatorClock.safeParse(parseJson(answer.body));
  if (!clock.success) throw badAnswerError(name, 'read', answer.status, answer.body);
  const { wallTs, marketTs, speed, lockstep } = clock.data;
  // On the same machine its reading of the wall clock is ours, and exact: at speed 60 a millisecond is 60 of market time.
  const sameClock = wallTs >= sentAt && wallTs <= doneAt;
  const told = { simulated: true, ...(lockstep && { lockstep }) };
  return sameClock
    ? { anchorWallTs: wallTs, anchorMarketTs: marketTs, speed, uncertaintyMs: 0, ...told }
    : { ...reading(sentAt, doneAt, marketTs, speed), ...told };
}

function reading(sentAt: number, doneAt: number, marketTs: number, speed: number): MarketClockReading {
  const half = Math.max(0, doneAt - sentAt) / 2;
  return { anchorWallTs: Math.round(sentAt + half), anchorMarketTs: marketTs, speed, uncertaintyMs: half };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
