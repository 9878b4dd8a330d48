import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Files of a test file, in a folder that goes away with it. */
export class DataFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'alpha-data-'));
  #count = 0;

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  write(content: string | Buffer, ending = 'csv'): string {
    this.#count += 1;
    const path = join(this.folder, `${this.#count}.${ending}`);
    writeFileSync(path, content);
    return path;
  }
}
