import crypto from 'node:crypto';

/** What the store knows of an id: its SHA-256, hex. Who reads the database holds no token. */
export function hashOf(id: string): string {
  return crypto.createHash('sha256').update(id).digest('hex');
}

/** The grant under which all tokens of a client stand that no user gave: removing the client ends them at once. */
export function grantOfClient(clientId: string): string {
  return `client:${clientId}`;
}
