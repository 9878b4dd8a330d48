export { acquireLock, type Lock, type LockOptions } from '../lock/acquire-lock.js';
export { accountLockPath, type DataFolder, prepareDataFolder } from './data-folder.js';
export { MarketClock, type MarketClockOptions } from './market-clock.js';
export { type ArchiverOptions, type ArchiverReport, runArchiver } from './run-archiver.js';
export { type CollectorOptions, type CollectorReport, runCollector } from './run-collector.js';
export { type EngineOptions, type EngineReport, runEngine } from './run-engine.js';
export { type RetentionOptions, runRetention } from './run-retention.js';
export { type MetricsServer, type MetricsServerOptions, serveMetrics } from './serve-metrics.js';
