import { recordedAccess } from '#provenance';
import type { AccessEntry } from '#store';
import type { Parts } from '../parts.js';
import { eventText, isOwnReading, noticeOf } from './notice.js';
import type { NoticeSource, Watch } from './notice-hub.js';

/** Entries of one look at most; what is beyond comes with the next. */
const AT_ONCE = 100;

/** Notices from the index of accesses, each opened in the log: what was erased is not told. */
export function noticesOf(parts: Pick<Parts, 'accesses' | 'records' | 'fhirBase'>): NoticeSource {
  const eventOf = async ({ index, position, event }: AccessEntry, { client, person }: Watch) => {
    const access = recordedAccess(await parts.records.openRecord(index), position);
    if (access?.person !== person || isOwnReading(access, client)) return [];
    return [eventText(noticeOf(access, event, parts.fhirBase))];
  };
  return {
    position: () => parts.accesses.position(),
    after: async (watch, place) => {
      const entries = await parts.accesses.after(watch.person, place, AT_ONCE);
      const events = await Promise.all(entries.map((entry) => eventOf(entry, watch)));
      const { index, position } = entries.at(-1) ?? place;
      return { events: events.flat(), place: { index, position }, more: entries.length === AT_ONCE };
    },
  };
}
