export { STORE_CASES, type StoreCase } from './store-suite.js';
