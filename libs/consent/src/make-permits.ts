import { OperatePermit, SourcePermit, type SystemTask } from './permit.js';

/** A source that an administrator registered. */
export interface SourceRegistration {
  readonly source: string;
}

/** The permit of a registered source to deliver what it owns. */
export function permitSource(registration: SourceRegistration): SourcePermit {
  return SourcePermit.make(registration.source);
}

/** The permit for a task of the system itself. */
export function permitTask(task: SystemTask): OperatePermit {
  return OperatePermit.make(task);
}
