import { AlphaError, type ExchangeEndpoints } from '@alpha-engine/core';

const GMO_HOST = 'api.coin.z.com';

/** Where the four sides of the exchange live. No trailing slashes. */
export interface GmoEndpoints {
  readonly restPublicUrl: string;
  readonly restPrivateUrl: string;
  /** The files of past trades. */
  readonly tradeFilesUrl: string;
  readonly wsPublicUrl: string;
  /** The access token follows as one more path segment. */
  readonly wsPrivateUrl: string;
  /** `…/sim/clock` of a simulator, or null at the real exchange. */
  readonly simulatorClockUrl: string | null;
}

/**
 * The real exchange unless told otherwise. `restBaseUrl` has `/public` and `/private` below it; the WebSocket addresses follow from
 * it (`/ws/public/v1`, `/ws/private/v1`) unless given. Throws `CONFIG_INVALID`.
 */
export function resolveEndpoints(endpoints: ExchangeEndpoints): GmoEndpoints {
  const rest = parse(endpoints.restBaseUrl ?? `https://${GMO_HOST}`, 'REST_BASE_URL', ['http:', 'https:']);
  const base = trim(rest.href);
  const ws = base.replace(/^http/, 'ws');
  const wsPublic = parse(endpoints.wsPublicUrl ?? `${ws}/ws/public/v1`, 'WS_PUBLIC_URL', ['ws:', 'wss:']);
  const wsPrivate = parse(endpoints.wsPrivateUrl ?? `${ws}/ws/private/v1`, 'WS_PRIVATE_URL', ['ws:', 'wss:']);
  return {
    restPublicUrl: `${base}/public`,
    restPrivateUrl: `${base}/private`,
    tradeFilesUrl: `${base}/data/trades`,
    wsPublicUrl: trim(wsPublic.href),
    wsPrivateUrl: trim(wsPrivate.href),
    simulatorClockUrl: rest.hostname === GMO_HOST ? null : `${base}/sim/clock`,
  };
}

function parse(text: string, setting: string, protocols: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && protocols.includes(url.protocol)) return url;
  throw new AlphaError(
    'CONFIG_INVALID',
    `${setting} is "${text}", which is not a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}. Correct it, or leave it out to use GMO Coin itself.`,
    { context: { setting, url: text } },
  );
}

function trim(url: string): string {
  return url.replace(/\/+$/, '');
}
