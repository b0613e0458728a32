import type { WaitingMessage } from '#store';

/**
 * The next messages to convert: the oldest first, none before an earlier one of the same source that shares a patient and
 * is under way or waits. Messages without a patient wait for nobody.
 *
 * @param waiting in order of arrival
 * @param running those under way
 */
export function nextMessages(
  waiting: readonly WaitingMessage[],
  running: Iterable<WaitingMessage>,
  limit: number,
): readonly WaitingMessage[] {
  const taken = new Set([...running].flatMap(({ keys }) => keys));
  const next: WaitingMessage[] = [];
  for (const message of waiting) {
    if (next.length >= limit) break;
    if (!message.keys.some((key) => taken.has(key))) next.push(message);
    for (const key of message.keys) taken.add(key);
  }
  return next;
}
