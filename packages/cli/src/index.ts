export type { Config } from './config/schema.js';
