export type { ArchiveReader, ArchiveSegment, ArchiveWriter } from './archive.js';
export { openFileArchive } from './file-archive-reader.js';
export { openFileArchiveWriter } from './file-archive-writer.js';
export { readArchive } from './read-archive.js';
export { openStoreArchive, storeArchiveWriter } from './store-archive.js';
export { type ArchiveGap, type ArchiveReport, verifyArchive } from './verify-archive.js';
