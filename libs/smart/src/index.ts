export {
  OWN_SOURCE_PREFIX,
  ownSourceOf,
  parseClientRegistration,
  parseJwks,
  type ClientRegistration,
  type PublicJwks,
} from './client-registration.js';
export { covers, NEVER_BY_WILDCARD, withinPolicy, type ScopedKind } from './covers.js';
export {
  isOperationScope,
  OPERATION_SCOPES,
  rolesOf,
  type OperationRole,
  type OperationScope,
} from './operation-scope.js';
export type { Principal, ResourceScope, ScopeLetter } from './principal.js';
export { principalOf, type TokenClaims } from './principal-of.js';
export { formatScope, parseScope, parseScopes, type Scope } from './scope.js';
export type { StoredGrantModel, TokenStore } from './token-store.js';
