import { senderOf, type V2Profile } from '#ehr';
import { answerTo, routeOf, type Answering, type V2Message, type Verdict } from '#normalize';
import type { Inbox } from '#store';
import type { V2Figures } from './v2-figures.js';

const SHORT_TEXT = 64;
const ACCEPTED: Verdict = { outcome: 'accepted', faults: [] };

/** Where messages are kept, and who is told. */
export interface Keeping {
  readonly inbox: Pick<Inbox, 'receive'>;
  readonly figures: V2Figures;
  /** Name, control id and time of the next answer. */
  readonly answering: () => Answering;
  /** Something new waits to be converted. */
  readonly kept: () => void;
}

/**
 * Keeps a message of a source. Its bytes are durable when this resolves; the same bytes again get the stored answer.
 * @returns the answer; `undefined` where the sender wants none
 */
export async function keepMessage(
  { inbox, figures, answering, kept }: Keeping,
  {
    bytes,
    message,
    source,
  }: { readonly bytes: Uint8Array; readonly message: V2Message; readonly source: V2Profile },
): Promise<Uint8Array | undefined> {
  const { header } = message;
  const receipt = await inbox.receive({
    source: source.id,
    dialect: 'v2',
    bytes,
    sender: storable([header.sendingApplication, header.sendingFacility].join('|')),
    controlId: storable(header.controlId ?? ''),
    // cut first: half of a pair would be stored as something else than its MAC says
    message: storable([header.code, header.trigger].join('^').slice(0, SHORT_TEXT)),
    lanes: routeOf(message, senderOf(source)),
    // A sender that wants no answer has an empty one kept.
    answer: answerTo({ kind: 'message', message }, ACCEPTED, answering()) ?? new Uint8Array(),
  });
  figures.received(source.id, receipt.kind);
  if (receipt.kind === 'stored') kept();
  const answer = receipt.answer.length === 0 ? undefined : receipt.answer;
  figures.answered(answer);
  return answer;
}

/** Text that the database takes: no NUL, no half of a pair. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
