import type { Fault, FaultOf } from './fault.js';

type Draw = () => number;

/** What becomes of one frame that is about to be sent: none, one or more texts. */
type Change<Kind extends Fault['kind']> = (frame: string, fault: FaultOf<Kind>, draw: Draw) => readonly string[];

const CHANGE_KINDS = [
  'silence',
  'duplicate',
  'truncate',
  'corrupt',
  'unknown_field',
  'unknown_value',
  'crossed_book',
  'empty_book',
  'unsorted_book',
] as const;

type ChangeKind = (typeof CHANGE_KINDS)[number];
export type FrameFault = FaultOf<ChangeKind>;

type Message = Record<string, unknown>;
type Level = Record<'price' | 'size', string>;

/** Values of these fields come from a list; the first one a frame has becomes a word that is in none. */
const LISTED = ['side', 'orderStatus', 'msgType', 'channel'];

/** Kind → a pure function of the frame. */
const CHANGES: { readonly [Kind in ChangeKind]: Change<Kind> } = {
  silence: () => [],
  duplicate: (frame, { copies }) => new Array<string>(copies + 1).fill(frame),
  truncate: (frame, _, draw) => [frame.slice(0, 1 + Math.floor(draw() * (frame.length - 1)))],
  corrupt: (frame, { letters }, draw) => {
    const text = [...frame];
    for (let letter = 0; letter < letters; letter += 1) {
      text[Math.floor(draw() * text.length)] = String.fromCharCode(33 + Math.floor(draw() * 94));
    }
    return [text.join('')];
  },
  unknown_field: (frame) => edited(frame, () => ({ addedLater: { by: ['the exchange'] } })),
  unknown_value: (frame) =>
    edited(frame, (message) => ({ [LISTED.find((name) => name in message) ?? 'channel']: 'ADDED_LATER' })),
  // The best bid at the second ask: each side is still in order.
  crossed_book: (frame) =>
    books(frame, ({ bids, asks }) => {
      const price = (asks[1] ?? asks[0])?.price;
      const [best, ...rest] = bids;
      return best === undefined || price === undefined ? {} : { bids: [{ ...best, price }, ...rest] };
    }),
  empty_book: (frame, { side }) =>
    books(frame, () => ({ ...(side !== 'asks' && { bids: [] }), ...(side !== 'bids' && { asks: [] }) })),
  unsorted_book: (frame) => books(frame, ({ bids, asks }) => ({ bids: bids.toReversed(), asks: asks.toReversed() })),
};

export function isFrameFault(fault: Fault): fault is FrameFault {
  return (CHANGE_KINDS as readonly string[]).includes(fault.kind);
}

/** Only frames of the book can be crossed, emptied or put out of order. */
export function concernsBooks(fault: Fault): boolean {
  return fault.kind.endsWith('_book');
}

export function changeFrame(frame: string, fault: FrameFault, draw: Draw): readonly string[] {
  const change = CHANGES[fault.kind] as Change<ChangeKind>;
  return change(frame, fault, draw);
}

/** A frame that another fault has made unreadable stays as it is. */
function edited(frame: string, change: (message: Message) => Message): readonly string[] {
  let message: Message;
  try {
    message = JSON.parse(frame) as Message;
  } catch {
    return [frame];
  }
  return [JSON.stringify({ ...message, ...change(message) })];
}

function books(frame: string, change: (book: { bids: Level[]; asks: Level[] }) => Message): readonly string[] {
  return edited(frame, (message) => change(message as unknown as { bids: Level[]; asks: Level[] }));
}
