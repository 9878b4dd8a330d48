import { describe, expect, it } from 'vitest';
import { DiskSpeed } from '../../src/bus/embedded/disk-speed.js';

describe('the speed of the disk', () => {
  it('is taken for fast until commits say otherwise', () => {
    const disk = new DiskSpeed();
    expect(disk.isFast()).toBe(true);
    for (let commit = 0; commit < 100; commit++) disk.took(0.3);
    expect(disk.isFast()).toBe(true);
  });

  it('is not judged by one slow commit', () => {
    const disk = new DiskSpeed();
    disk.took(500);
    expect(disk.isFast()).toBe(true);
  });

  it('is slow when commits are, and tried again from time to time', () => {
    const disk = new DiskSpeed();
    for (let commit = 0; commit < 10; commit++) disk.took(8);
    const answers = Array.from({ length: 1000 }, () => disk.isFast());
    expect(answers.filter(Boolean).length).toBe(2);
    expect(answers.indexOf(true)).toBeGreaterThan(400);
  });

  it('is fast again when the commits that tried it were', () => {
    const disk = new DiskSpeed();
    for (let commit = 0; commit < 10; commit++) disk.took(8);
    for (let commit = 0; commit < 5000; commit++) if (disk.isFast()) disk.took(0.2);
    expect(disk.isFast()).toBe(true);
    expect(disk.isFast()).toBe(true);
  });
});
