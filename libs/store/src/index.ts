export type { BindingWrite, FilingWrite, RowChange, VersionWrite } from './change.js';
export type { Owners, Page, ReadResult, ResourceStore, Saw, Stored } from './resource-store.js';
export { migrate } from './migrate.js';
export { openPool, toTimestamp, type PoolOptions } from './pool.js';
export { EmbeddedPostgres, type EmbeddedOptions } from './postgres/embedded-postgres.js';
