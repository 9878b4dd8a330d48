import { createHash } from 'node:crypto';

/** Numbers in [0, 1) that a seed and a name determine, whatever else was drawn before. */
export function randomFor(seed: number, name: string): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash('sha256').update(`${seed} ${name} ${drawn}`).digest().readUInt32BE() / 2 ** 32;
  };
}
