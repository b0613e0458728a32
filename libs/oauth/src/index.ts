export { bearerOf } from './authenticate.js';
export {
  createAuthorizationServer,
  type AuthorizationServer,
  type AuthorizationServerOptions,
} from './authorization-server.js';
export { findClient, listClients, registerClient, removeClient } from './clients.js';
export { type SmartConfiguration } from './smart-configuration.js';
