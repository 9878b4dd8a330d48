import type { IChartApi, UTCTimestamp } from 'lightweight-charts';

const DAY = 86_400;
const RANGES = [
  ['1 year', 365.25 * DAY],
  ['3 months', 91 * DAY],
  ['1 month', 30 * DAY],
  ['1 week', 7 * DAY],
  ['1 day', DAY],
  ['1 hour', 3_600],
] as const;

/** The whole run, and the last stretches of it that are shorter. */
export function rangeButtons(chart: IChartApi, times: readonly number[]): void {
  const place = document.querySelector<HTMLElement>('[data-ranges]');
  const [begins, ends] = [times[0] ?? 0, times.at(-1) ?? 0];
  if (place === null) return;
  const button = (label: string, pressed: boolean, act: () => void) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = label;
    made.setAttribute('aria-pressed', String(pressed));
    made.addEventListener('click', () => {
      for (const other of place.children) other.setAttribute('aria-pressed', String(other === made));
      act();
    });
    place.append(made);
  };
  button('All', true, () => chart.timeScale().fitContent());
  const shorter = RANGES.filter(([, length]) => length < (ends - begins) * 0.9).slice(0, 4);
  for (const [label, length] of shorter) {
    button(label, false, () => {
      chart.timeScale().setVisibleRange({ from: (ends - length) as UTCTimestamp, to: ends as UTCTimestamp });
    });
  }
}
