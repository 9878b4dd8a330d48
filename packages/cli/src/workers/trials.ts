import { serveTrials, type TrialOptions } from '@alpha-engine/backtest/search';
import { type TrialSetup, trialOptions } from '../services/trial-options.js';

await serveTrials((setup): Promise<TrialOptions> => trialOptions(setup as TrialSetup));
