import { serveTrials } from '@alpha-engine/backtest/search';
import { sweepOptions } from './sweep-options.js';

await serveTrials(async () => sweepOptions());
