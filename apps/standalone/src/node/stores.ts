import { randomBytes } from 'node:crypto';
import type { Config, Keyring } from '#config';
import {
  RecordOpener,
  SqlAccessIndex,
  SqlAnchorLog,
  SqlFilingStore,
  SqlInbox,
  SqlKeyedWriteStore,
  SqlLinkStore,
  SqlOutbox,
  SqlProjectionStore,
  SqlResourceStore,
  SqlRuleStore,
  SqlSubjectHeads,
  SqlTokenStore,
} from '#store';
import type { Ground } from './storage.js';

/** Every store of a node but the log. */
export interface Stores {
  readonly projection: SqlProjectionStore;
  readonly outbox: SqlOutbox;
  readonly tokens: SqlTokenStore;
  readonly rules: SqlRuleStore;
  readonly filings: SqlFilingStore;
  readonly links: SqlLinkStore;
  readonly inbox: SqlInbox;
  readonly keyedWrites: SqlKeyedWriteStore;
  readonly resources: SqlResourceStore;
  readonly heads: SqlSubjectHeads;
  readonly anchors: SqlAnchorLog;
  readonly records: RecordOpener;
  readonly accesses: SqlAccessIndex;
}

/** Makes the stores over one pool, and lanes for what each request asks. */
export function storesOf(
  { pool, quick, context, vault }: Ground,
  { config, keyring }: { readonly config: Config; readonly keyring: Keyring },
  clock: () => number,
): Stores {
  const keysPerClient = config.WRITE_KEYS_PER_CLIENT;
  return {
    keyedWrites: new SqlKeyedWriteStore({ pool, ...context, keysPerClient }),
    projection: new SqlProjectionStore(pool, context, clock),
    outbox: new SqlOutbox(pool, context.tenant),
    tokens: new SqlTokenStore(pool, context, quick),
    rules: new SqlRuleStore(quick, context),
    filings: new SqlFilingStore(pool, context),
    links: new SqlLinkStore(pool, context),
    inbox: new SqlInbox({ pool, ...context, clock, random: randomBytes }),
    resources: new SqlResourceStore({ pool, quick, ...context, cursorKey: keyring.cursor, clock }),
    heads: new SqlSubjectHeads(pool, context),
    anchors: new SqlAnchorLog(pool, context.tenant, clock),
    records: new RecordOpener(pool, context.tenant, vault),
    accesses: new SqlAccessIndex(pool, context, clock),
  };
}
