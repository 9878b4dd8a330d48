import { numberText } from '../report/format.js';
import { type Html, html } from '../report/html.js';

/** Which colour a figure has, from pale to strong. */
export interface Heat {
  readonly tone: 'gain' | 'loss';
  /** 0 to 1. */
  readonly strength: number;
}

/**
 * Colours for figures of which more is better: above zero one colour, below it the other. Where all are on one side, the whole strength
 * of its colour lies between the lowest and the highest, so that they differ.
 */
export class HeatScale {
  readonly #low: number;
  readonly #high: number;

  constructor(values: readonly number[]) {
    this.#low = Math.min(...values);
    this.#high = Math.max(...values);
  }

  of(value: number): Heat {
    const [low, high] = [this.#low, this.#high];
    const span = high - low;
    if (low >= 0) return { tone: 'gain', strength: span === 0 ? 0.5 : (value - low) / span };
    if (high <= 0) return { tone: 'loss', strength: span === 0 ? 0.5 : (high - value) / span };
    return { tone: value < 0 ? 'loss' : 'gain', strength: Math.abs(value) / Math.max(high, -low) };
  }

  /** The lowest and the highest figure, with all the colours between. */
  legend(objective: string): Html {
    const [low, high] = [this.#low, this.#high];
    const sides = low < 0 && high > 0;
    const zero = sides ? (-low / (high - low)) * 100 : low >= 0 ? 0 : 100;
    const [below, above] = [low, high].map((end) => {
      const { strength, tone } = this.of(end);
      return sides || (end === low) === (tone === 'loss') ? strength : 0;
    }) as [number, number];
    const style = `--below:${below.toFixed(2)};--above:${above.toFixed(2)};--zero:${zero.toFixed(1)}%`;
    return html`<p class="scale"><span>${objective}</span><span class="num">${cellText(low)}</span><span class="colours" style="${style}"></span><span class="num">${cellText(high)}</span></p>`;
  }
}

/** Three digits that say something; a figure beyond is whole. */
export function cellText(value: number): string {
  const digits = value === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return numberText(value, digits);
}
