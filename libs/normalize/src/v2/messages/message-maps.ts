import type { MessageMap } from '../engine/map.js';
import { ADT_MAPS } from './adt.js';
import { ORU_MAPS } from './oru.js';

/** The maps of all messages that are converted. */
export const MESSAGE_MAPS: readonly MessageMap[] = [...ADT_MAPS, ...ORU_MAPS];

const byMessage = new Map(MESSAGE_MAPS.flatMap((map) => map.messages.map((message) => [message, map])));

/** The map of a message type, `ADT^A01`; `undefined` where it is not converted yet. */
export function messageMap(message: string): MessageMap | undefined {
  return byMessage.get(message);
}
