export type { BindingWrite, FilingWrite, RowChange, VersionWrite } from './change.js';
export type { Owners, Page, ReadResult, ResourceStore, Saw, Stored } from './resource-store.js';
export { migrate } from './migrate.js';
export { openPool, toTimestamp, type PoolOptions } from './pool.js';
export { EmbeddedPostgres, type EmbeddedOptions } from './postgres/embedded-postgres.js';
export { RowMac, type ColumnValue, type MacRow } from './row-mac.js';
export { applyChanges, type ChangeItem } from './apply/apply-changes.js';
export type { ApplyContext } from './apply/apply-context.js';
export { SqlProjectionStore } from './projection/sql-projection-store.js';
