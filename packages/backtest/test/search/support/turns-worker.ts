import { serveTrials } from '../../../src/search/index.js';
import { tradedTurns, turnsOptions } from './turns.js';

await serveTrials(async (setup) => {
  if (setup === 'broken') throw new Error('The strategy could not be read.');
  return setup === 'trades' ? tradedTurns() : turnsOptions();
});
