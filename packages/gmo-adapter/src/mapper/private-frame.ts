import type { BrokerUpdate } from '@alpha-engine/core';
import { executionFrame, orderFrame, positionFrame } from '../schema/rest-private.js';
import { type FrameError, mapFrameError } from './market-frame.js';
import { mapExecutionFill, mapExecutionOrder, mapOrderFrame, mapPositionFrame } from './private.js';

export type PrivateFrame =
  | { readonly type: 'updates'; readonly updates: readonly BrokerUpdate[] }
  | { readonly type: 'rejected'; readonly reason: 'not_json' | 'unknown_channel' | 'bad_shape' | 'unknown_value' }
  | FrameError;

/**
 * One frame of the private WebSocket → broker updates. Never throws. An execution gives the order first, then the fill, because its
 * order may be one that no answer has named yet.
 */
export function mapPrivateFrame(text: string): PrivateFrame {
  let raw: { channel?: unknown; error?: unknown } | null;
  try {
    raw = JSON.parse(text);
  } catch {
    return { type: 'rejected', reason: 'not_json' };
  }
  if (typeof raw?.error === 'string' && raw.channel === undefined) return mapFrameError(raw.error);
  switch (raw?.channel) {
    case 'executionEvents': {
      const frame = executionFrame.safeParse(raw);
      if (!frame.success) return { type: 'rejected', reason: 'bad_shape' };
      const order = mapExecutionOrder(frame.data);
      const fill = mapExecutionFill(frame.data);
      if (order === null || fill === null) return { type: 'rejected', reason: 'unknown_value' };
      return {
        type: 'updates',
        updates: [
          { kind: 'order', order },
          { kind: 'fill', fill },
        ],
      };
    }
    case 'orderEvents': {
      const frame = orderFrame.safeParse(raw);
      if (!frame.success) return { type: 'rejected', reason: 'bad_shape' };
      const order = mapOrderFrame(frame.data);
      if (order === null) return { type: 'rejected', reason: 'unknown_value' };
      return { type: 'updates', updates: [{ kind: 'order', order }] };
    }
    case 'positionEvents': {
      const frame = positionFrame.safeParse(raw);
      if (!frame.success) return { type: 'rejected', reason: 'bad_shape' };
      const position = mapPositionFrame(frame.data);
      if (position === null) return { type: 'rejected', reason: 'unknown_value' };
      return { type: 'updates', updates: [{ kind: 'position', position }] };
    }
    // Sums of what the lots tell.
    case 'positionSummaryEvents':
      return { type: 'updates', updates: [] };
    default:
      return { type: 'rejected', reason: 'unknown_channel' };
  }
}
