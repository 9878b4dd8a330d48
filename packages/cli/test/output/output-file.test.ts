import { execFileSync } from 'node:child_process';
import { chmod, lstat, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AlphaError } from '@alpha-engine/core';
import { smallDisk } from '@alpha-engine/core/testing';
import { describe, expect, it } from 'vitest';
import { openOutput, writeOutput } from '../../src/output/output-file.js';
import { fullDevice } from '../support/full-device.js';
import { tempFolder } from '../support/temp-folder.js';

const told = (error: unknown) => (AlphaError.is(error) ? `${error.code}: ${error.message}` : String(error));
const unwritable = async (work: Promise<unknown>) =>
  work.then(
    () => 'It was written.',
    (error: unknown) => told(error),
  );

describe('a file that a command writes', () => {
  it('appears when it is whole, with the rights of the one before', async () => {
    const folder = await tempFolder({ 'a.html': 'old' });
    const path = join(folder, 'a.html');
    await chmod(path, 0o640);
    const file = await openOutput(path);
    await file.write(['new ', 'and whole']);
    expect(await readFile(path, 'utf8')).toBe('old');
    await file.keep();
    await file.abandon();
    expect(await readFile(path, 'utf8')).toBe('new and whole');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    await writeOutput(join(folder, 'b.html'), 'b');
    expect(await readdir(folder)).toEqual(['a.html', 'b.html']);
  });

  it('leaves what was there when it is abandoned, or when what it is made of fails', async () => {
    const folder = await tempFolder({ 'a.html': 'old' });
    const file = await openOutput(join(folder, 'a.html'));
    async function* chunks() {
      yield 'new';
      throw new AlphaError('ARCHIVE_DAMAGED', 'It is damaged.');
    }
    expect(await unwritable(file.write(chunks()))).toBe('ARCHIVE_DAMAGED: It is damaged.');
    await file.abandon();
    expect(await readdir(folder)).toEqual(['a.html']);
    expect(await readFile(join(folder, 'a.html'), 'utf8')).toBe('old');
  });

  it('is found behind links, which stay links, also to what is not there yet', async () => {
    const folder = await tempFolder({ 'there/a.html': 'old', 'there/b.html': 'old' });
    await symlink('b.html', join(folder, 'there/link'));
    await symlink('there/link', join(folder, 'two'));
    await symlink('there/new.html', join(folder, 'dangling'));
    await symlink(join(folder, 'there'), join(folder, 'elsewhere'));
    for (const [name, file] of [
      ['two', 'b.html'],
      ['dangling', 'new.html'],
      ['elsewhere/a.html', 'a.html'],
    ] as const) {
      await writeOutput(join(folder, name), name);
      expect(await readFile(join(folder, 'there', file), 'utf8')).toBe(name);
    }
    expect(await readlink(join(folder, 'two'))).toBe('there/link');
    expect(await readlink(join(folder, 'there/link'))).toBe('b.html');
    expect(await readlink(join(folder, 'dangling'))).toBe('there/new.html');
    expect(await readdir(join(folder, 'there'))).toEqual(['a.html', 'b.html', 'link', 'new.html']);
  });

  it('is a pipe or a device that stays one', async () => {
    const folder = await tempFolder();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [read] = await Promise.all([readFile(pipe, 'utf8'), writeOutput(pipe, 'through it')]);
    expect(read).toBe('through it');
    expect((await lstat(pipe)).isFIFO()).toBe(true);

    const full = fullDevice(folder);
    const link = join(folder, 'link');
    await symlink(full, link);
    for (const name of [full, link]) {
      expect(await unwritable(writeOutput(name, 'x'))).toBe(
        `OUTPUT_UNWRITABLE: ${name} cannot be written: the disk is full.`,
      );
    }
    expect((await lstat(full)).isCharacterDevice()).toBe(true);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('that cannot be written is told in one sentence, before anything was done for it', async () => {
    const folder = await tempFolder({ 'a.html': 'old' });
    await symlink('circle', join(folder, 'circle'));
    for (const [name, because] of [
      ['none/x.html', 'there is no such folder'],
      ['a.html/x.html', 'there is no such folder'],
      ['circle', 'its links lead in a circle'],
    ] as const) {
      const path = join(folder, name);
      expect(await unwritable(openOutput(path))).toBe(`OUTPUT_UNWRITABLE: ${path} cannot be written: ${because}.`);
    }
    expect(await unwritable(openOutput(folder))).toBe(`OUTPUT_UNWRITABLE: ${folder} is a folder. Name a file.`);
  });

  it('leaves the old one whole where the disk is full', async () => {
    await using disk = smallDisk(1_000_000);
    const path = join(disk.path, 'a.html');
    await writeFile(path, 'old');
    disk.fill(process.pid);
    try {
      expect(await unwritable(writeOutput(path, 'x'.repeat(100_000)))).toMatch(
        /^OUTPUT_UNWRITABLE: .*a\.html cannot be written: (the disk is full|files may not grow that large there)\.$/,
      );
    } finally {
      disk.free(process.pid);
    }
    expect(await readdir(disk.path)).toEqual(['a.html']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });
});
