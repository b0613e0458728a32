export { configDocument } from './config-document.js';
export { isExposed, isLoopback } from './cross-check.js';
export { type PrivateJwks, type SigningPair } from './key-forms.js';
export { gatewayKeyOf, KEY_FILES, loadKeyring, type Keyring, type LoadedKeyring } from './keyring.js';
export { loadConfig, type Loaded } from './load-config.js';
export { ROLES, type Role } from './roles.js';
export { type Config } from './schema.js';
export { nodeFault } from './node-fault.js';
