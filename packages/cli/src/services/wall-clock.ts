import type { Clock } from '@alpha-engine/core';

/** This machine's clock. The command line is where it enters the product. */
export const wallClock: Clock = { now: () => Date.now() };
