import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = new URL('../../../../../', import.meta.url);

const service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  profiles: z.array(z.string()).default([]),
  restart: z.string().optional(),
  init: z.boolean().default(false),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
});

export type ComposeService = z.output<typeof service>;
export type Services = Readonly<Record<string, ComposeService>>;

type Tree = Readonly<Record<string, unknown>>;

/** The services as compose would see them: variables put in, later files laid over earlier ones. `env` stands for `.env`. */
export async function readCompose(files: readonly string[], env: Readonly<Record<string, string>>): Promise<Services> {
  let services: Tree = {};
  for (const file of files) {
    const tree = parse(await readRoot(file), { merge: true }) as { services: Tree };
    services = overlay(services, fill(tree.services, env) as Tree);
  }
  return z.record(z.string(), service).parse(services);
}

/** A file of the repository's root. */
export function readRoot(file: string): Promise<string> {
  return readFile(rootPath(file), 'utf8');
}

export function rootPath(file: string): string {
  return fileURLToPath(new URL(file, ROOT));
}

/** Maps are merged, everything else of the later file wins. That is compose's rule for all that our files lay over another. */
function overlay(below: Tree, above: Tree): Tree {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key];
    merged[key] = isTree(old) && isTree(value) ? overlay(old, value) : value;
  }
  return merged;
}

function fill(value: unknown, env: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return substitute(value, env);
  if (Array.isArray(value)) return value.map((item) => fill(item, env));
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, env)]));
}

/** `${NAME:-default}`, where the default may hold another one. Any other form is not used in our files, and is refused. */
function substitute(text: string, env: Readonly<Record<string, string>>): string {
  const filled = text.replace(/\$\{([A-Z_]+):-([^${}]*)\}/g, (_, name: string, other: string) => env[name] || other);
  if (filled !== text) return substitute(filled, env);
  if (text.includes('$')) throw new Error(`"${text}" has a variable in a form that this test does not know.`);
  return text;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
