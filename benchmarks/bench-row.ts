/** One line of the table that `pnpm bench` prints. Every figure stands beside a reference measured in the same run. */
export interface BenchRow {
  /** What was measured, for example `normalise a trade`. */
  readonly name: string;
  /** What it is compared with, in words. */
  readonly reference: string;
  /** Our own figure, in `unit`. */
  readonly value: number;
  /** Ours divided by the reference's; null where the bar is an absolute figure (a latency, a memory size). */
  readonly ratio: number | null;
  /** The bar in words, for example `≥ 0.55x`. */
  readonly bar: string;
  readonly met: boolean;
  /** Unit of `value`, for example `events/s`, `ms`, `MB`. */
  readonly unit: string;
  /** Why a bar is missed, or what the reader must know to trust the figure. */
  readonly note?: string;
}
