import type { Strategy } from '@alpha-engine/core';
import { bollinger } from './bollinger.js';
import { breakout } from './breakout.js';
import { maCross } from './ma-cross.js';
import { rsi } from './rsi.js';

/** The strategies that `--strategy` knows by name. */
export const builtinStrategies: readonly Strategy[] = [maCross, rsi, bollinger, breakout];

export { bollinger, breakout, maCross, rsi };
