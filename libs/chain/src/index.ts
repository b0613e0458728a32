export type { Outbox, OutboxRequest, OutboxRow } from './outbox.js';
export { decodeDelegateWord, decodeGrantWord, encodeGrantWord, RIGHTS, type DelegateWord } from './words.js';
