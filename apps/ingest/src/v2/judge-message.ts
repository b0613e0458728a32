import { sourceOfMessage, sourcesOfPeer, type MllpPeer, type V2Profile } from '#ehr';
import {
  parseMessage,
  verdictOf,
  type AnswerFault,
  type V2Message,
  type V2Parsed,
  type Verdict,
} from '#normalize';

/** Characters that MSH-10 may have since v2.7; more is no name of a message. */
const MAX_CONTROL_ID = 199;

/** Why a message is refused: for figures. */
export type RefusalReason = 'unreadable' | 'unknown-sender' | 'header';

/** What is to be done with a message. */
export type Judged =
  | { readonly kind: 'keep'; readonly message: V2Message; readonly source: V2Profile }
  | {
      readonly kind: 'refuse';
      readonly parsed: V2Parsed;
      readonly verdict: Verdict;
      readonly why: RefusalReason;
    };

/** Reads a message, finds whose it is, and judges by its header whether it is taken. */
export function judgeMessage(bytes: Uint8Array, profiles: readonly V2Profile[], peer: MllpPeer): Judged {
  const [only, ...others] = sourcesOfPeer(profiles, peer);
  const isOne = others.length === 0;
  const parsed = parseMessage(bytes, { charset: isOne ? only?.charset : undefined });
  if (parsed.kind === 'fault') return unreadable(parsed);
  const { sendingApplication: application, sendingFacility: facility } = parsed.message.header;
  const source = sourceOfMessage(profiles, peer, { application, facility });
  if (source === undefined) {
    return { kind: 'refuse', parsed, verdict: rejected(103, 'MSH-3'), why: 'unknown-sender' };
  }
  const verdict = headerVerdict(parsed, source);
  if (verdict.outcome !== 'accepted') return { kind: 'refuse', parsed, verdict, why: 'header' };
  if (isOne || source.charset === undefined) return { kind: 'keep', message: parsed.message, source };
  // Among several sources the character set is known only when the source is: the message is read once more.
  const again = parseMessage(bytes, { charset: source.charset });
  return again.kind === 'fault' ? unreadable(again) : { kind: 'keep', message: again.message, source };
}

function unreadable(parsed: V2Parsed): Judged {
  return { kind: 'refuse', parsed, verdict: verdictOf(parsed), why: 'unreadable' };
}

/** Whether the header of a message, or what there is of it, lets it be taken. */
export function headerVerdict(parsed: V2Parsed, source: V2Profile): Verdict {
  const { controlId = '' } = parsed.kind === 'message' ? parsed.message.header : {};
  return controlId.length > MAX_CONTROL_ID ? rejected(102, 'MSH-10') : verdictOf(parsed, source);
}

/** A message that never will be taken. */
export function rejected(code: AnswerFault['code'], location: string): Verdict {
  return { outcome: 'rejected', faults: [{ code, location, severity: 'E' }] };
}
