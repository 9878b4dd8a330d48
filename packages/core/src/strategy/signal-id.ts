import { hash } from 'node:crypto';

/** Hexadecimal digits that name the instance, in front of those that name the decision. */
const TAG_LENGTH = 10;
const ID_LENGTH = 32;

function digest(text: string, length: number): string {
  return hash('sha256', text, 'hex').slice(0, length);
}

/** First digits of every signal id of an instance: tells whose a stored id is. */
export function signalTag(instanceId: string): string {
  return digest(instanceId, TAG_LENGTH);
}

/**
 * Id of a decision: the same instance, cause and ordinal always give the same one. `cause` names the bar (symbol, timeframe,
 * close) or the event; `ordinal` counts the signals of one cause from 0.
 */
export function signalId(instanceId: string, tag: string, cause: string, ordinal: number): string {
  return tag + digest(`${instanceId}\n${cause}\n${ordinal}`, ID_LENGTH - TAG_LENGTH);
}

export function shortHash(text: string): string {
  return digest(text, 12);
}
