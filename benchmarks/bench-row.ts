/** One line of the table that `pnpm bench` prints. Every figure stands beside a reference measured in the same run. */
export type BenchRow = MeasuredRow | UnmeasuredRow;

interface RowTitle {
  /** What was measured, for example `normalise a trade`. */
  readonly name: string;
  /** What it is compared with, in words. */
  readonly reference: string;
  /** The bar in words, for example `≥ 0.55x`. */
  readonly bar: string;
  /** Unit of `value`, for example `events/s`, `ms`, `MB`. */
  readonly unit: string;
}

export interface MeasuredRow extends RowTitle {
  /** Our own figure, in `unit`. */
  readonly value: number;
  /** Ours divided by the reference's; null where the bar is an absolute figure (a latency, a memory size). */
  readonly ratio: number | null;
  readonly met: boolean;
  /** Why a bar is missed, or what the reader must know to trust the figure. */
  readonly note?: string;
}

/** A row whose reference is not to be had on this machine, for example without a network: neither met nor missed. */
export interface UnmeasuredRow extends RowTitle {
  readonly value: null;
  readonly ratio: null;
  readonly met: null;
  /** Why it was not measured. */
  readonly note: string;
}
