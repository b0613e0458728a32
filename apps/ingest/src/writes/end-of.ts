import { ERRORS, type ErrorCode } from '#outcome';
import type { KeyedWriteEnd, SettledVersion, WriteInteraction } from '#store';
import { DONE_STATUS, type WriteCame } from './write-port.js';

/** How the row of a write says what came of it. */
export function endOf(
  id: string,
  interaction: WriteInteraction,
  came: WriteCame,
  atMs: number,
): KeyedWriteEnd {
  const end = { kind: 'keyed-write-end', id, atMs } as const;
  switch (came.kind) {
    case 'done':
      return { ...end, state: 'done', answer: answerOf(interaction, came.version) };
    case 'refused':
      return { ...end, state: 'refused', answer: refusalOf(came.code) };
    case 'not-written':
      return { ...end, state: 'not-written' };
    case 'unknown':
      return { ...end, state: 'unknown' };
    default:
      return came satisfies never;
  }
}

function answerOf(interaction: WriteInteraction, { id, versionId }: SettledVersion) {
  return { status: DONE_STATUS[interaction], id, versionId, reason: undefined };
}

function refusalOf(code: ErrorCode) {
  return { status: ERRORS[code].status, id: undefined, versionId: undefined, reason: code };
}
