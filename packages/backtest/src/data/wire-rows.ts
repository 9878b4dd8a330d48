import { AlphaError, decodeEvent } from '@alpha-engine/core';
import type { EventRows } from './event-rows.js';

/** Events as they are on the bus, one JSON object a line: what `alpha archive` and `alpha data export` write. */
export function wireRows(): EventRows {
  return {
    kind: 'events',
    columns: ['events as on the bus'],
    header: false,
    read(line) {
      try {
        const event = decodeEvent(line);
        switch (event.type) {
          case 'trade':
          case 'orderbook':
          case 'ticker':
            return event;
          default:
            return null;
        }
      } catch (error) {
        if (AlphaError.is(error)) return problemIn(error.message);
        throw error;
      }
    },
  };
}

/** Without the sentence that every refusal begins with, and without a dot: it is counted as a kind. */
function problemIn(message: string): string {
  return `not an event: ${message.replace(/^This is not an event of Alpha Market Engine\. /, '').replace(/\.$/, '')}`;
}
