import { draws } from '@alpha-engine/core/simulation';

const NASTY: readonly unknown[] = [
  '',
  ' ',
  '0',
  '-1',
  '+1',
  '1e9',
  '.5',
  '5.',
  '0x10',
  'NaN',
  'Infinity',
  '9'.repeat(400),
  `0.${'0'.repeat(400)}1`,
  '１２３',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '\ud800',
  '2026-02-30T00:00:00.000Z',
  '9999-12-31T23:59:60.000Z',
  '1969-12-31T23:59:59.999Z',
  '2026-09-23T03:25:49.286+09:00',
  null,
  true,
  0,
  -0,
  1e308,
  [],
  {},
  [[]],
  [null],
  [{ price: '1', size: '1' }],
  { length: 3 },
];

const JUNK = ['"', '{', '}', '[', ']', ',', ':', '\\', '\u0000', '💥', '9', '-', 'e', 'null', '\n', ' '];

/** An endless supply of frames that were real once: values replaced, removed, added or exchanged, and letters cut, doubled and overwritten. */
export function mutator(frames: readonly string[], seed: number): () => string {
  const draw = draws(seed);
  const upTo = (most: number) => Math.floor(draw() * most);
  const pick = <T>(list: readonly T[]): T => list[upTo(list.length)] as T;

  const inside = (frame: string): string => {
    const root = JSON.parse(frame) as Record<string, unknown>;
    for (let edits = draw() < 0.7 ? 1 : 2; edits > 0; edits -= 1) {
      const places: [Record<string, unknown>, string][] = [];
      const walk = (node: unknown): void => {
        if (typeof node !== 'object' || node === null) return;
        for (const key of Object.keys(node)) {
          places.push([node as Record<string, unknown>, key]);
          walk((node as Record<string, unknown>)[key]);
        }
      };
      walk(root);
      if (places.length === 0) break;
      const [owner, key] = pick(places);
      const [other, otherKey] = pick(places);
      switch (upTo(6)) {
        case 0:
          owner[key] = structuredClone(pick(NASTY));
          break;
        case 1:
          delete owner[key];
          break;
        case 2:
          owner[`${key}${pick(JUNK)}`] = structuredClone(pick(NASTY));
          break;
        case 3:
          owner[key] = structuredClone(other[otherKey]);
          break;
        case 4:
          if (Array.isArray(owner[key])) (owner[key] as unknown[]).reverse();
          else owner[key] = { [key]: owner[key] };
          break;
        default:
          owner[key] = String(upTo(1_000) / 10 ** upTo(8));
      }
    }
    return JSON.stringify(root);
  };

  const letters = (frame: string): string => {
    let text = frame;
    for (let edits = 1 + upTo(3); edits > 0; edits -= 1) {
      const at = upTo(text.length + 1);
      const end = Math.min(text.length, at + upTo(8));
      const rest = upTo(4) === 0 ? pick(frames).slice(upTo(200)) : text.slice(end);
      text = text.slice(0, at) + (upTo(3) === 0 ? text.slice(at, end).repeat(2) : pick(JUNK)) + rest;
    }
    return text;
  };

  return () => (draw() < 0.8 ? inside : letters)(pick(frames));
}
