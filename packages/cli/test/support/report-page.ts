import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** A number as the page writes it. */
export function numberIn(text: string | null): number {
  return Number((text ?? '').replace('\u2212', '-').replaceAll('\u202f', ''));
}

/** Waits until each of the three panes shows more colours than a background and a grid. */
export async function drawn(page: Page): Promise<void> {
  const colors = `[...document.querySelectorAll('[data-chart] tr td:nth-child(2) canvas:first-of-type')].map((canvas) => {
    const { width, height } = canvas;
    if (width === 0 || height === 0) return 0;
    const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, width, height).data.buffer);
    return new Set(pixels).size;
  })`;
  await expect
    .poll(async () => ((await page.evaluate(colors)) as number[]).filter((count) => count > 8).length, {
      timeout: 10_000,
    })
    .toBeGreaterThanOrEqual(3);
}

/** What the chart and the page around it look like. */
export async function look(page: Page): Promise<{ readonly background: string; readonly chart: string }> {
  const background = (await page.evaluate('getComputedStyle(document.body).backgroundColor')) as string;
  const chart = (await page.evaluate(
    "[...document.querySelectorAll('[data-chart] canvas')].map((canvas) => canvas.toDataURL()).join()",
  )) as string;
  return { background, chart };
}

/** How much of the page moved after it was there, 0 to 1. */
export async function shifted(page: Page): Promise<number> {
  return (await page.evaluate(`new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0))).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(0)));
  })`)) as number;
}
