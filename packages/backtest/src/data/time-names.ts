/** Names that columns bear, plain, in which recorders note when they got a row. */
export const RECEIVED_NAMES: readonly string[] = [
  'recvts',
  'received',
  'receivedat',
  'receivetime',
  'localtimestamp',
  'localts',
];

/** Names that columns of times bear, plain (see `plainName`), the likeliest first; the last is an empty one. */
export const TIME_NAMES: readonly string[] = [
  'time',
  'timestamp',
  'date',
  'datetime',
  'date/time',
  'opentime',
  'opents',
  'ts',
  't',
  'gmttime',
  'unix',
  'tradetime',
  'transacttime',
  'execdate',
  '',
];
