import type { IncomingMessage } from 'node:http';
import { isLoopback } from '#config';

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** Whether a request comes from this machine itself, and not through a proxy that runs on it. */
export function isFromThisMachine(request: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  if (FORWARDED.some((name) => request.headers[name] !== undefined)) return false;
  const address = request.socket.remoteAddress ?? '';
  return isLoopback(address.replace(/^::ffff:/, ''));
}
