export { type BrokerOptions, GmoBroker } from './adapter/broker.js';
export type { FeedTimings } from './adapter/feed-timings.js';
export { createGmoAdapter, type GmoAdapterOptions, gmoAdapter } from './adapter/gmo-adapter.js';
export { type FeedOptions, GmoMarketFeed } from './adapter/market-feed.js';
export { GmoMarketHistory } from './adapter/market-history.js';
export { Budget } from './client/budget.js';
export { type GmoEndpoints, resolveEndpoints } from './client/endpoints.js';
export { type Checked, GmoRestClient, type RestClientOptions, type RestRequest } from './client/rest-client.js';
export { type GmoMethod, GmoSigner, sign, textToSign } from './client/sign.js';
export type { SocketTimings } from './client/timings.js';
export { type CodeEntry, type CodeOutcome, codeEntry, GMO_ERROR_CODES } from './mapper/error-codes.js';
export { parseIsoTime } from './mapper/iso-time.js';
export {
  type FrameError,
  type FrameRejection,
  type MarketFrame,
  mapMarketFrame,
  mapMarketMessage,
} from './mapper/market-frame.js';
export { parsePlainNumber } from './mapper/plain-number.js';
export type { GmoMargin } from './mapper/private.js';
export { mapPrivateFrame, type PrivateFrame } from './mapper/private-frame.js';
export type { RequestIntent, RestAnswer } from './mapper/rest-answer.js';
export { isLeverage, mapInstrument } from './mapper/rest-public.js';
