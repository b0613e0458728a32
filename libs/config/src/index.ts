export { configDocument } from './config-document.js';
export { isExposed, isLoopback } from './cross-check.js';
export { loadConfig, type Loaded } from './load-config.js';
export { type Config } from './schema.js';
