import { MARKET_STREAMS } from '@alpha-engine/core';
import { openFileArchive, verifyArchive } from '@alpha-engine/core/archive';
import { type Aftermath, type CheckResult, Problems } from './check.js';
import { SeriesFollower } from './series-follower.js';

/** The archive is sound, and has what the bus has: every number of every series once. */
export async function archiveComplete(aftermath: Aftermath): Promise<CheckResult> {
  const { bus, world } = aftermath;
  const problems = new Problems();
  const archive = openFileArchive({ folder: world.archiveFolder });
  const { damaged, gaps } = await verifyArchive(archive);
  for (const { problems: found } of damaged) for (const problem of found) problems.add(problem);
  for (const gap of gaps.filter(({ declared }) => !declared))
    problems.add(`${gap.type} of ${gap.symbol}: ${gap.from} to ${gap.to} are missing.`);
  const follower = await SeriesFollower.open(aftermath, problems, 'archive');
  const segments = await archive.segments();
  for (const segment of segments.toSorted((a, b) => (a.day === b.day ? a.part - b.part : a.day < b.day ? -1 : 1))) {
    for await (const page of archive.read(segment)) for (const event of page) follower.follow(event);
  }
  follower.end();
  const streams = (await bus.streams()).filter(({ stream }) => (MARKET_STREAMS as readonly string[]).includes(stream));
  const onBus = streams.reduce((sum, { length }) => sum + length, 0);
  problems.expect(follower.total === onBus, () => `${onBus} events on the bus, ${follower.total} in the archive.`);
  return {
    check: 'the archive is complete',
    problems: problems.list,
    figures: `${follower.total} rows in ${segments.length} segments`,
  };
}
