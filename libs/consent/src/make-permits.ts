import { GatewayError } from '#outcome';
import {
  isServePermit,
  isSourcePermit,
  OperatePermit,
  type ServePermit,
  SourcePermit,
  SourceWritePermit,
  type SystemTask,
} from './permit.js';

/** A source that an administrator registered. */
export interface SourceRegistration {
  readonly source: string;
}

/** The permit of a registered source to deliver what it owns. */
export function permitSource(registration: SourceRegistration): SourcePermit {
  return SourcePermit.make(registration.source);
}

/**
 * The permit to write to a source: what a decision allowed somebody, at a source that is registered.
 * @throws `internal` where the decision was one to read, or either permit is a look-alike
 */
export function permitWrite(decided: ServePermit, at: SourcePermit): SourceWritePermit {
  const action = isServePermit(decided) ? decided.predicate.action : 'access';
  if (action === 'access' || !isSourcePermit(at)) {
    throw new GatewayError('internal', { details: 'A write needs a decision to write, and a source.' });
  }
  return SourceWritePermit.make({ source: at.source, action, expiresMs: decided.expiresMs });
}

/** The permit for a task of the system itself. */
export function permitTask(task: SystemTask): OperatePermit {
  return OperatePermit.make(task);
}
