import { archiveComplete } from './archive-complete.js';
import { busComplete } from './bus-complete.js';
import type { Check } from './check.js';
import { decisionsIdentical } from './decisions.js';
import { ordersOnce } from './orders-once.js';
import { processesSound } from './processes-sound.js';

export const CHECKS: readonly Check[] = [busComplete, decisionsIdentical, ordersOnce, archiveComplete, processesSound];
