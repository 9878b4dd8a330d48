export { openRedisBus, type RedisBusOptions } from './open-redis-bus.js';
export type { RedisDriver } from './redis-client.js';
export type { RetentionOptions } from './redis-retention.js';
export { parseRedisUrl, REDIS_URL_FORMS, type RedisTarget } from './redis-url.js';
