/** A seed for fast-check: from the environment to repeat a failure, else new; printed either way. */
export function seedOf(name: string): number {
  const seed = process.env.ALPHA_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.ALPHA_SEED);
  console.log(`${name}: seed ${seed} (repeat with ALPHA_SEED=${seed})`);
  return seed;
}
