export type { Outbox, OutboxRequest, OutboxRow } from './outbox.js';
