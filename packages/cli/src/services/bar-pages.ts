import { type Bar, type BarQuery, compareBarKeys, type Store } from '@alpha-engine/core';

const PAGE = 10_000;

/** Bars of one series, oldest first, each once, however many opened in the same millisecond. */
export async function* barPages(
  store: Pick<Store, 'bars'>,
  { from, ...series }: Omit<BarQuery, 'limit' | 'from'> & { readonly from: number },
  size = PAGE,
): AsyncGenerator<readonly Bar[]> {
  let last: Bar | undefined;
  for (;;) {
    // Those that opened with the last one are asked for again. Ordinals count from 0, so it is known how many they are at most.
    const again = last === undefined ? 0 : (last.ordinal ?? 0) + 1;
    const found = await store.bars({ ...series, from: last?.openTs ?? from, limit: size + again });
    const before = last;
    const page = before === undefined ? found : found.filter((bar) => compareBarKeys(bar, before) > 0);
    if (page.length > 0) yield page;
    if (found.length < size + again) return;
    last = page.at(-1);
  }
}
