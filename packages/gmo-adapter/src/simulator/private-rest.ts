import type { SocketTokens } from './auth.js';
import { type Answer, INVALID_PATH, invalidParameter, ok } from './envelopes.js';
import type { PrivateReply, PrivateRequest, PrivateRestContext } from './private-context.js';
import { TRADING } from './private-orders.js';
import { read } from './private-reads.js';

/** A request that has passed authentication, permissions and limits. */
export function privateRest(
  { method, path, query, body: text }: PrivateRequest,
  context: PrivateRestContext,
): PrivateReply {
  if (method === 'GET') return quiet(read(path, query, context));
  const body = parseJson(text);
  if (path === '/v1/ws-auth') return quiet(wsAuth(method, body, context.tokens));
  const trade = method === 'POST' && Object.hasOwn(TRADING, path) ? TRADING[path] : undefined;
  if (trade === undefined) return quiet(INVALID_PATH);
  return body === null ? quiet(invalidParameter()) : trade(body, context);
}

function wsAuth(method: string, body: Record<string, unknown> | null, tokens: SocketTokens): Answer {
  const token = typeof body?.token === 'string' ? body.token : null;
  if (method === 'POST') return body === null ? invalidParameter() : ok(tokens.issue());
  if (method === 'PUT') return token !== null && tokens.extend(token) ? ok() : invalidParameter();
  if (method === 'DELETE') return token !== null && tokens.end(token) ? ok() : invalidParameter();
  return INVALID_PATH;
}

/** An absent body counts as `{}`. */
function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text === '' ? '{}' : text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function quiet(answer: Answer): PrivateReply {
  return { answer, reports: [] };
}
