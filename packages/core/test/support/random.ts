export { draws as seededRandom } from '../../src/simulation/draws.js';
