import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeDeadLetter } from '../../src/bus/dead-letter.js';
import { streamOf } from '../../src/bus/streams.js';
import { decodeEvent } from '../../src/events/codec.js';
import { envelope } from '../../src/events/common.js';
import { EVENT_SCHEMAS } from '../../src/events/event.js';
import { ORDER_REQUESTS, ORDER_STATUSES } from '../../src/events/order.js';
import { SIGNAL_ACTIONS } from '../../src/events/signal.js';
import { STATUS_STATES } from '../../src/events/status.js';

const page = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8');
const lines = [...page.matchAll(/^```json\n([\s\S]*?)\n```$/gm)].flatMap(([, block]) => block!.split('\n'));
const examples = lines.filter((line) => line.startsWith('{"type"'));
const firstColumn = (heading: string) => {
  const table = page.slice(page.indexOf(heading)).split('\n\n')[0]!;
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, word]) => word);
};

describe('docs/events.md', () => {
  it.each(examples)('shows an event as it is on the wire: %s', (line) => {
    expect(decodeEvent(line)).toEqual(JSON.parse(line));
  });

  it('shows every event, and nothing that is neither event nor dead letter', () => {
    const types = new Set(examples.map((line) => JSON.parse(line).type));
    expect([...types].sort()).toEqual(Object.keys(EVENT_SCHEMAS).sort());
    const others = lines.filter((line) => !examples.includes(line));
    expect(others.map((line) => decodeDeadLetter(line).stream)).toEqual(['md:trade']);
    expect(others.map((line) => decodeDeadLetter(line))).toEqual(others.map((line) => JSON.parse(line)));
  });

  it('names the stream of every event', () => {
    const streams = examples.map((line) => streamOf(decodeEvent(line)).replace(/:gmo$/, ':<exchange>'));
    expect(firstColumn('| stream |').sort()).toEqual([...new Set(streams), 'dlq:<stream>'].sort());
  });

  it('explains every field of the envelope, status and state', () => {
    expect(firstColumn('| field |').sort()).toEqual(['type', ...Object.keys(envelope)].sort());
    expect(firstColumn('| state |')).toEqual([...STATUS_STATES]);
    expect(firstColumn('| status |')).toEqual([...ORDER_STATUSES]);
    for (const word of [...ORDER_REQUESTS, ...SIGNAL_ACTIONS]) expect(page).toContain(`\`${word}\``);
  });
});
