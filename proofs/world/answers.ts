/**
 * What the exchange does with a placement, and with the private messages about it. The first word of each is the case's name
 * in reports.
 */
export interface Answer {
  readonly name: string;
  readonly what: string;
  /** When the exchange takes the order, milliseconds after the request; null: never. */
  readonly takenAfterMs: number | null;
  /** When the answer comes, and which; null: none comes until the request times out. */
  readonly answer: {
    readonly afterMs: number;
    readonly as: 'accepted' | 'refused' | 'maintenance' | 'overloaded';
  } | null;
  /** What becomes of the private messages. */
  readonly messages: 'in order' | 'late' | 'doubled' | 'reordered' | 'lost' | 'cut off';
  /** What the book shows: all of the size, in two levels; a part of it; nothing. */
  readonly book: 'deep' | 'thin' | 'empty';
}

const prompt: Omit<Answer, 'name' | 'what'> = {
  takenAfterMs: 5,
  answer: { afterMs: 10, as: 'accepted' },
  messages: 'in order',
  book: 'deep',
};

const refused = { ...prompt, takenAfterMs: null };

/** Every answer the exchange can give to the placement that is looked at. */
export const ANSWERS: readonly Answer[] = [
  { ...prompt, name: 'accepted', what: 'answered, then filled in two parts' },
  {
    ...prompt,
    name: 'fills-first',
    what: 'fills are told before the answer',
    answer: { afterMs: 400, as: 'accepted' },
  },
  { ...prompt, name: 'fills-late', what: 'fills are told long after the answer', messages: 'late' },
  {
    ...prompt,
    name: 'late-answer',
    what: 'answered just before the time-out',
    answer: { afterMs: 900, as: 'accepted' },
  },
  { ...refused, name: 'refused', what: 'refused with a code', answer: { afterMs: 10, as: 'refused' } },
  { ...refused, name: 'maintenance', what: 'refused: maintenance', answer: { afterMs: 10, as: 'maintenance' } },
  {
    ...refused,
    name: 'overloaded',
    what: 'not taken, answered with a code of overload',
    answer: { afterMs: 10, as: 'overloaded' },
  },
  {
    ...prompt,
    name: 'overloaded-taken',
    what: 'taken, answered with a code of overload',
    answer: { afterMs: 10, as: 'overloaded' },
  },
  { ...prompt, name: 'unanswered', what: 'taken, never answered', answer: null },
  { ...prompt, name: 'unanswered-deaf', what: 'taken, never answered, never told', answer: null, messages: 'lost' },
  { ...prompt, name: 'never-arrived', what: 'not taken, never answered', takenAfterMs: null, answer: null },
  {
    ...prompt,
    name: 'late',
    what: 'taken two seconds after the time-out, never answered',
    takenAfterMs: 3_000,
    answer: null,
  },
  { ...prompt, name: 'duplicated', what: 'every private message comes twice', messages: 'doubled' },
  { ...prompt, name: 'reordered', what: 'private messages come last first', messages: 'reordered' },
  { ...prompt, name: 'lost', what: 'no private message comes', messages: 'lost' },
  { ...prompt, name: 'cut-off', what: 'the private stream breaks over it and comes back', messages: 'cut off' },
  { ...prompt, name: 'partly', what: 'filled in part, then expired', book: 'thin' },
  {
    ...prompt,
    name: 'partly-unanswered',
    what: 'filled in part, then expired, never answered or told',
    book: 'thin',
    answer: null,
    messages: 'lost',
  },
  { ...prompt, name: 'nothing', what: 'taken and expired without a fill', book: 'empty' },
  {
    ...prompt,
    name: 'nothing-unanswered',
    what: 'taken and expired without a fill, never answered or told',
    book: 'empty',
    answer: null,
    messages: 'lost',
  },
];

/** How long the request waits for its answer. */
export const TIME_OUT_MS = 1_000;
