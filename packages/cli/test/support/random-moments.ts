import { createHash, randomInt } from 'node:crypto';

/** Whole numbers from `from` up to `to`, from a seed that is printed; `ALPHA_SEED` repeats a run. */
export function randomMoments(count: number, from: number, to: number): number[] {
  const seed = process.env.ALPHA_SEED ?? String(randomInt(1_000_000_000));
  console.info(`seed ${seed} (repeat with ALPHA_SEED=${seed})`);
  return Array.from({ length: count }, (_, index) => {
    const draw = createHash('sha256').update(`${seed}:${index}`).digest().readUInt32BE();
    return from + Math.floor((draw / 2 ** 32) * (to - from));
  });
}
