import type { Operation as OperationOf, Outcome as OutcomeOf } from '#http';
import type { RowChange } from '#store';
import type { Parts } from './parts.js';

/** What an operation of the auditor's application gives. */
export type Outcome = OutcomeOf<RowChange>;

/** An operation of the auditor's application: over its parts, with the store's row changes. */
export type Operation<Input> = OperationOf<Input, RowChange, Parts>;
