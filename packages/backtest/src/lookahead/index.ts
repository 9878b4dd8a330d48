export type { Decision } from './decisions.js';
export type { Difference } from './difference.js';
export {
  findLookahead,
  type JudgedTouch,
  type LookaheadFinding,
  type LookaheadOptions,
  type LookaheadResult,
  type SymbolWarmup,
} from './find-lookahead.js';
export type { Moment } from './moment.js';
export { OutsideWorld, type Touch } from './outside-world.js';
export type { WarmupNeed } from './warmup-need.js';
export type { CodeWatch } from './watched-strategy.js';
