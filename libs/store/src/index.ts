export type { BindingWrite, FilingWrite, RowChange, VersionWrite } from './change.js';
export type { Owners, Page, ReadResult, ResourceStore, Saw, Stored } from './resource-store.js';
