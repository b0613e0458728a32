export type { Principal, ResourceScope, ScopeLetter } from './principal.js';
export type { StoredGrantModel, TokenStore } from './token-store.js';
