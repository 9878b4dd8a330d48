import { PRIVATE_CHANNELS } from './private-channels.js';

/** What a key may be allowed, one word for each function: REST paths without `/v1/`, and the channels of the private socket. */
export const PERMISSIONS = [
  'account/assets',
  'account/margin',
  'account/tradingVolume',
  'orders',
  'activeOrders',
  'executions',
  'latestExecutions',
  'openPositions',
  'positionSummary',
  'order',
  'changeOrder',
  'cancelOrder',
  'cancelOrders',
  'cancelBulkOrder',
  'closeOrder',
  'closeBulkOrder',
  'changeLosscutPrice',
  ...PRIVATE_CHANNELS,
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Null for what no permission stands for: `ws-auth` is open to every key, and an unknown path is refused as such. */
export function permissionFor(path: string): Permission | null {
  return PERMISSIONS.find((permission) => path === `/v1/${permission}`) ?? null;
}
