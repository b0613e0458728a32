import { isRefused } from '#fhir';
import { ENTRY_CLASS, type RecordedAccess } from '#provenance';

/** What somebody is told of at once: that her record was used, or was to be. */
export interface Notice {
  /** Id of the AuditEvent; of the notice too, so that a stream is resumed by it. */
  readonly id: string;
  /** RFC 3339. */
  readonly time: string;
  readonly kind: 'access' | 'refusal' | 'intake' | 'binding' | 'administration';
  /** Address of the AuditEvent. */
  readonly auditEvent: string;
  readonly who: { readonly client: string | null; readonly user: string | null };
  readonly purpose: string | null;
}

/** The notice of an access. It names who, never what: that is in the AuditEvent. */
export function noticeOf(access: RecordedAccess, event: string, fhirBase: string): Notice {
  const { client, user, purpose } = access.actor;
  return {
    id: event,
    time: access.time,
    kind: kindOf(access),
    auditEvent: `${fhirBase}/AuditEvent/${event}`,
    who: { client, user },
    purpose,
  };
}

/**
 * Whether it is the reading of her own trail by the very client that watches it. Of that she is not told: a client that looks up
 * each notice would be told of its looking, for ever. It is in the trail all the same.
 */
export function isOwnReading({ actor, decision, items }: RecordedAccess, client: string): boolean {
  // of what left of the record itself she is told, whoever asked
  return (
    actor.client === client &&
    items.length === 0 &&
    decision.basis.some((basis) => basis.startsWith('policy:P-SELF@'))
  );
}

/** A notice as an event of a stream. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function eventText(notice: Notice): string {
  return `id: ${notice.id}\nevent: ${notice.kind}\ndata: ${JSON.stringify(notice)}\n\n`;
}

function kindOf(access: RecordedAccess): Notice['kind'] {
  if (isRefused(access)) return 'refusal';
  switch (access.class) {
    case ENTRY_CLASS.intake:
      return 'intake';
    case ENTRY_CLASS.binding:
      return 'binding';
    case ENTRY_CLASS.configuration:
      return 'administration';
    default:
      return 'access';
  }
}
