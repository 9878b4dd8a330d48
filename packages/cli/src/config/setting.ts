import { z } from 'zod';
import type { Kind } from './kinds.js';

/** What is known of a setting beside its values: where it is read from, and its line in the reference. */
export interface SettingInfo {
  readonly env: string;
  /** Absent: not a flag, because the process list would show it. */
  readonly flag?: string;
  readonly description: string;
  readonly expects: string;
  readonly type: string;
  readonly secret: boolean;
  readonly code?: Kind<unknown>['code'];
  /** For the reference, where the default is decided elsewhere. */
  readonly defaultText?: string;
}

const settings = z.registry<SettingInfo>();

type Place = Pick<SettingInfo, 'env' | 'flag' | 'description' | 'defaultText'>;

function info(kind: Kind<unknown>, place: Place): SettingInfo {
  const { expects, type, code } = kind;
  return { ...place, expects, type, secret: kind.secret ?? false, ...(code && { code }) };
}

/** A setting that has a value where none is given. */
export function withDefault<Value>(kind: Kind<Value>, value: Value, place: Place) {
  return kind.schema
    .optional()
    .transform((given): Value => given ?? value)
    .register(settings, info(kind, place));
}

/** A setting that may have none. */
export function optional<Value>(kind: Kind<Value>, place: Place) {
  return kind.schema.optional().register(settings, info(kind, place));
}

/** What was registered with a setting; undefined where it is none. */
export function infoOf(schema: z.ZodType): SettingInfo | undefined {
  return settings.get(schema);
}
