import { parseMessage } from './message/parse-message.js';
import type { V2Message } from './message/message.js';
import { routeOf } from './route-of.js';
import { plainSender } from './sender-profile.js';

function messageOf(...segments: string[]): V2Message {
  const text = ['MSH|^~\\&|A|B|C|D|20260101||ADT^A40|1|P|2.5', ...segments].join('\r');
  const parsed = parseMessage(new TextEncoder().encode(text));
  if (parsed.kind !== 'message') throw new Error(parsed.fault.reason);
  return parsed.message;
}

const SENDER = plainSender('lake');

describe('routeOf', () => {
  it('names the patient by the medical record number', () => {
    const message = messageOf('PID|1||991^^^STATE^SS~42^^^LAKE^MR');
    expect(routeOf(message, SENDER)).toEqual(['urn:id:lake:LAKE|42']);
  });

  it('prefers the authority that the profile names for patients', () => {
    const message = messageOf('PID|1||42^^^LAKE^MR~E7^^^REGION&1.2.3.4&ISO^PI');
    const sender = { ...SENDER, patientAuthorities: ['urn:oid:1.2.3.4'] };
    expect(routeOf(message, sender)).toEqual(['urn:oid:1.2.3.4|E7']);
  });

  it('falls back to the first identifier, then to the older fields', () => {
    expect(routeOf(messageOf('PID|1||7^^^A~8^^^B'), SENDER)).toEqual(['urn:id:lake:A|7']);
    expect(routeOf(messageOf('PID|1|7^^^A'), SENDER)).toEqual(['urn:id:lake:A|7']);
  });

  it('names both records of a merge, each once', () => {
    const message = messageOf(
      'PID|1||42^^^LAKE^MR',
      'MRG|41^^^LAKE^MR',
      'PID|2||42^^^LAKE^MR',
      'MRG|40^^^LAKE^MR',
    );
    expect(routeOf(message, SENDER)).toEqual([
      'urn:id:lake:LAKE|42',
      'urn:id:lake:LAKE|41',
      'urn:id:lake:LAKE|40',
    ]);
  });

  it('names nobody where a patient has no identifier', () => {
    expect(routeOf(messageOf('PID|1||""||DOE^JO'), SENDER)).toEqual([]);
  });
});
