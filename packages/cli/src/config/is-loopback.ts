const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[?::1\]?|localhost)$/;

/** Whether a host, as an address or a URL names it, can only be this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
