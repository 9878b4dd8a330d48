import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbeddedBus } from '../../src/bus/embedded/index.js';
import { accountLockPath, prepareDataFolder } from '../../src/process/data-folder.js';
import { openEmbeddedDatabase } from '../../src/store/postgres/index.js';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'alpha-data-'));
  folder = join(parent, 'a', '.alpha');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

test('a new folder is made, marked and closed to others; a second call changes nothing', async () => {
  const places = await prepareDataFolder(folder);
  expect(places).toEqual({
    folder,
    bus: join(folder, 'bus'),
    database: join(folder, 'database'),
    spool: join(folder, 'spool'),
    lock: join(folder, 'lock'),
  });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await writeFile(join(places.bus, 'data'), 'kept');
  const marker = await readFile(join(folder, 'alpha.json'), 'utf8');
  expect(JSON.parse(marker)).toEqual({ product: 'alpha-market-engine', format: 1 });
  expect(await prepareDataFolder(folder)).toEqual(places);
  expect(await readFile(join(folder, 'alpha.json'), 'utf8')).toBe(marker);
  expect(await readFile(join(places.bus, 'data'), 'utf8')).toBe('kept');
});

test('an empty folder is taken, and many that start at once agree', async () => {
  await mkdir(folder, { recursive: true });
  const places = await Promise.all(Array.from({ length: 8 }, () => prepareDataFolder(folder)));
  expect(new Set(places.map(({ bus }) => bus)).size).toBe(1);
  expect((await readdir(folder)).toSorted()).toEqual(['alpha.json', 'bus', 'database', 'spool']);
});

const refused = async (sentence: RegExp) => {
  const before = await listing();
  await expect(prepareDataFolder(folder)).rejects.toMatchObject({
    code: 'DATA_FOLDER_UNUSABLE',
    exitStatus: 5,
    message: expect.stringMatching(sentence),
  });
  expect(await listing()).toEqual(before);
};
const listing = async () => (await readdir(parent, { recursive: true })).toSorted();

test('a folder of somebody else is refused and left alone', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'thesis.txt'), 'years of work');
  await refused(/not empty and not a data folder .*thesis\.txt.*Choose an empty folder/);
});

test('a newer format, a foreign marker and a broken marker are refused', async () => {
  await mkdir(folder, { recursive: true });
  const marker = join(folder, 'alpha.json');
  await writeFile(marker, JSON.stringify({ product: 'alpha-market-engine', format: 2 }));
  await refused(/data format 2, and this version knows up to 1/);
  await writeFile(marker, JSON.stringify({ product: 'other' }));
  await refused(/did not write/);
  await writeFile(marker, '{');
  await refused(/did not write/);
});

test('a file in the place of the folder is refused', async () => {
  await mkdir(join(parent, 'a'));
  await writeFile(folder, 'a file');
  await refused(/cannot be written \((EEXIST|ENOTDIR)\)/);
});

test('a folder below a file is refused, and so is a link that leads nowhere', async () => {
  await writeFile(join(parent, 'a'), 'a file');
  await refused(/cannot be written \(ENOTDIR\)/);
  expect(await readFile(join(parent, 'a'), 'utf8')).toBe('a file');
  await rm(join(parent, 'a'));
  await symlink(join(parent, 'nowhere'), join(parent, 'a'));
  await refused(/cannot be written \(EEXIST\)/);
});

test('a folder where none can be made is refused at once, the bus and the database too', {
  timeout: 5_000,
}, async () => {
  // Linux refuses new folders there, to root too, with an error that sends a recursive mkdir of Node 20 round for ever.
  for (const nowhere of ['/proc/alpha', '/proc/alpha/deep/down']) {
    await expect(prepareDataFolder(nowhere)).rejects.toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
      message: expect.stringMatching(/\/proc\/alpha.* cannot be written \((ENOENT|EACCES)\)/),
    });
    await expect(openEmbeddedBus({ folder: nowhere })).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
    await expect(openEmbeddedDatabase({ folder: nowhere })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  }
});

test('an unwritable folder is refused', async () => {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o500);
  // Root may write everywhere: there, somebody else asks.
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid!(65_534);
  try {
    await expect(prepareDataFolder(folder)).rejects.toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
      message: expect.stringContaining('cannot be written (EACCES)'),
    });
  } finally {
    if (root) process.seteuid!(0);
    await chmod(folder, 0o700);
  }
  expect(await readdir(folder)).toEqual([]);
});

test('an account has one lock, wherever the data are, and its key cannot be read from it', async () => {
  const environment = { XDG_STATE_HOME: join(parent, 'state'), HOME: parent };
  const key = { exchange: 'gmo', apiKey: 'my-secret-key' };
  const path = await accountLockPath(key, environment);
  expect(path).toMatch(new RegExp(`^${join(parent, 'state', 'alpha')}/account-[0-9a-f]{24}$`));
  expect(await accountLockPath(key, environment)).toBe(path);
  expect(await accountLockPath({ ...key, apiKey: 'other' }, environment)).not.toBe(path);
  expect(await accountLockPath({ ...key, exchange: 'other' }, environment)).not.toBe(path);
  expect(await accountLockPath(key, { HOME: parent })).toContain(join(parent, '.local', 'state', 'alpha'));
  await writeFile(join(parent, 'blocked'), '');
  await expect(accountLockPath(key, { XDG_STATE_HOME: join(parent, 'blocked') })).rejects.toMatchObject({
    code: 'DATA_FOLDER_UNUSABLE',
    message: expect.not.stringContaining('my-secret-key'),
  });
});
