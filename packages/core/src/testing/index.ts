export type { EventBusCase, EventBusContext } from './bus-case.js';
export { EVENT_BUS_CASES } from './event-bus-suite.js';
export { freePort } from './free-port.js';
export type { FeedTestbed, MarketFeedCase } from './market-feed-case.js';
export { MARKET_FEED_CASES } from './market-feed-suite.js';
export { type PostgresServer, type PostgresServerOptions, startPostgresServer } from './postgres-server.js';
export { type RedisServer, type RedisServerOptions, startRedisServer } from './redis-server.js';
export type { StoreCase } from './store-case.js';
export { STORE_CASES } from './store-suite.js';
