/**
 * Waits for what opens, but no longer than until `stop` aborts: then its reason is thrown, and what opens after all is
 * closed again.
 */
export async function openUnless<Opened extends { close(): Promise<void> }>(
  stop: AbortSignal,
  opening: Promise<Opened>,
): Promise<Opened> {
  let hear = () => {};
  const stopped = new Promise<never>((_, reject) => {
    hear = () => reject(stop.reason);
    stop.addEventListener('abort', hear, { once: true });
    if (stop.aborted) hear();
  });
  try {
    return await Promise.race([opening, stopped]);
  } catch (error) {
    void opening.then((opened) => opened.close()).catch(() => {});
    throw error;
  } finally {
    stop.removeEventListener('abort', hear);
  }
}
