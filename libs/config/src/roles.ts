/** What a node process may do: answer clients, look after chain and log, take in what vendors have, answer auditors. */
export const ROLES = ['gateway', 'ledger', 'ingest', 'audit'] as const;

/** One of the things that a node process may do. */
export type Role = (typeof ROLES)[number];
