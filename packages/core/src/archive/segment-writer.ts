import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, gzip } from 'node:zlib';
import { encodeEvent } from '../events/codec.js';
import type { AlphaEvent } from '../events/event.js';
import { type Manifest, readManifest, syncFolder, writeManifest } from './manifest.js';
import { dayFolder, eventsFile, parseManifestFile, type SegmentKey } from './segment-path.js';
import { withSeq } from './seq-ranges.js';

const compress = promisify(gzip);
const EMPTY: Manifest = { rows: 0, bytes: 0, firstTs: 0, lastTs: 0, seqs: [], crc32: 0 };

/**
 * One series on one day: what is on disk, and lines that wait. A flush appends one gzip member at the place the manifest
 * names and then replaces the manifest; what a kill left behind that place is written over.
 */
export class SegmentWriter {
  readonly #root: string;
  #key: SegmentKey;
  /** On disk. */
  #kept: Manifest;
  /** On disk and waiting. */
  #known: Manifest;
  #waiting: string[] = [];

  private constructor(root: string, key: SegmentKey, kept: Manifest) {
    this.#root = root;
    this.#key = key;
    this.#kept = kept;
    this.#known = kept;
  }

  /** The newest part of the series on that day. */
  static async open(root: string, series: Omit<SegmentKey, 'part'>): Promise<SegmentWriter> {
    const folder = join(root, dayFolder(series));
    const names = await readdir(folder).catch(() => []);
    const parts = names.flatMap((name) => {
      const found = parseManifestFile(name);
      return found?.type === series.type ? [found.part] : [];
    });
    const key = { ...series, part: Math.max(1, ...parts) };
    return new SegmentWriter(root, key, (await readManifest(folder, key)) ?? EMPTY);
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether this event can only be of a count that began again: a lower number at a later time. */
  beganAgain({ seq, ts }: AlphaEvent): boolean {
    const last = this.#known.seqs.at(-1);
    return seq !== undefined && last !== undefined && seq <= last.to && ts > this.#known.lastTs;
  }

  /** False when it is there already. */
  add(event: AlphaEvent): boolean {
    const { rows, firstTs, lastTs, seqs } = this.#known;
    const next = event.seq === undefined ? seqs : withSeq(seqs, event.seq);
    if (next === null) return false;
    this.#known = {
      ...this.#known,
      rows: rows + 1,
      firstTs: rows === 0 ? event.ts : Math.min(firstTs, event.ts),
      lastTs: Math.max(lastTs, event.ts),
      seqs: next,
    };
    this.#waiting.push(encodeEvent(event));
    return true;
  }

  /** Begins the next part. Nothing may wait. */
  nextPart(): void {
    this.#key = { ...this.#key, part: this.#key.part + 1 };
    this.#kept = EMPTY;
    this.#known = EMPTY;
  }

  /** Durable once resolved; may be called again after a failure. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const folder = join(this.#root, dayFolder(this.#key));
    const lines = Buffer.from(`${this.#waiting.join('\n')}\n`);
    const member = await compress(lines);
    const bytes = this.#kept.bytes + member.length;
    if (this.#kept.rows === 0) await makeFolder(folder);

    const file = await open(join(folder, eventsFile(this.#key)), 'a+').then(async (made) => {
      await made.close();
      return open(join(folder, eventsFile(this.#key)), 'r+');
    });
    try {
      await file.truncate(this.#kept.bytes);
      // A disk that becomes full may take a part, and says so only of the rest.
      for (let done = 0; done < member.length; ) {
        const rest = member.length - done;
        done += (await file.write(member, done, rest, this.#kept.bytes + done)).bytesWritten;
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    const kept = { ...this.#known, bytes, crc32: crc32(lines, this.#kept.crc32) };
    await writeManifest(folder, this.#key, kept);
    this.#kept = kept;
    this.#known = kept;
    this.#waiting = [];
  }
}

async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made === undefined) return;
  for (let parent = dirname(folder); parent.length >= dirname(made).length; parent = dirname(parent)) {
    await syncFolder(parent);
    if (parent === dirname(parent)) return;
  }
}
