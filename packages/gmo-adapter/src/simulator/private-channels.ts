/** The channels of the private socket. */
export const PRIVATE_CHANNELS = ['executionEvents', 'orderEvents', 'positionEvents', 'positionSummaryEvents'] as const;
export type PrivateChannel = (typeof PRIVATE_CHANNELS)[number];
