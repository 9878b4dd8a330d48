import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** Recordings of real exchanges are not in the repository: several of their sources have no licence. */
const BESIDE_REPOSITORY = fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const RECORDINGS = process.env.ALPHA_RECORDINGS ?? BESIDE_REPOSITORY;

/** Whether a folder of recordings is there; says so when it is not. */
export function isRecorded(folder: string): boolean {
  const found = existsSync(join(RECORDINGS, folder));
  if (!found) {
    console.info(
      `No recordings in ${join(RECORDINGS, folder)}; set ALPHA_RECORDINGS to their folder to test with them.`,
    );
  }
  return found;
}

export function readRecording(...path: readonly string[]): string {
  const bytes = readFileSync(join(RECORDINGS, ...path));
  return (path.at(-1)?.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

export function recordedLines(...path: readonly string[]): string[] {
  return readRecording(...path)
    .split('\n')
    .filter((line) => line !== '');
}

/** Rows of a CSV without quotes, by the names in its first line. */
export function recordedRows(...path: readonly string[]): Record<string, string>[] {
  const [header = '', ...lines] = recordedLines(...path);
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
  });
}
