import type { EpochMs } from '@alpha-engine/core';

/** Equity at moments in order, 16 bytes each however long the run. */
export class EquityCurve {
  #ts = new Float64Array(1024);
  #equity = new Float64Array(1024);
  #length = 0;

  /** A second value at the same moment replaces the first. */
  add(ts: EpochMs, equity: number): void {
    if (this.#length > 0 && this.#ts[this.#length - 1] === ts) this.#length -= 1;
    if (this.#length === this.#ts.length) {
      this.#ts = grown(this.#ts);
      this.#equity = grown(this.#equity);
    }
    this.#ts[this.#length] = ts;
    this.#equity[this.#length] = equity;
    this.#length += 1;
  }

  get times(): Float64Array {
    return this.#ts.subarray(0, this.#length);
  }

  get values(): Float64Array {
    return this.#equity.subarray(0, this.#length);
  }
}

function grown(before: Float64Array): Float64Array<ArrayBuffer> {
  const after = new Float64Array(before.length * 2);
  after.set(before);
  return after;
}
