import { sha256, toHex, writeJson } from '#digest';
import { validateResource } from '#fhir';
import { normaliseV2 } from './normalise-v2.js';
import type { V2Normalised } from './normalised-message.js';
import { plainSender } from './sender-profile.js';
import { OWN_MESSAGES } from './testing/own-messages.js';

const SENDER = { ...plainSender('lake'), zone: 'America/Chicago' };

/**
 * What each version of the converter makes of the messages: a new output needs a new version, since lineage tells what a
 * stored resource was made by, and versions that were released stay in the list.
 */
const OUTPUTS: Readonly<Record<string, string>> = {
  '1.1.0': 'e94dc7bcc4976e401feaf10d8d64a83645bb4541cf6269cc233f42b33981a0c6',
};

/** All of a conversion but who made it, digits as they are. */
function written({ message, patient, eventMs, merges, issues, resources }: V2Normalised): string {
  const lines = resources.map(({ resource, ...more }) => `${writeJson(resource)} ${JSON.stringify(more)}`);
  return [JSON.stringify({ message, patient, eventMs, merges, issues }), ...lines].join('\n');
}

describe('the version of the converter', () => {
  const converted = Object.values(OWN_MESSAGES).map((text) =>
    normaliseV2(new TextEncoder().encode(text), { sender: SENDER, validate: validateResource }),
  );

  it('changes with what comes out', () => {
    const version = converted[0]?.converter.version ?? '';
    const text = converted.map(written).join('\n');
    expect([version, OUTPUTS[version]]).toEqual([version, toHex(sha256(new TextEncoder().encode(text)))]);
  });

  it('is pinned to messages that say much', () => {
    const types = new Set(converted.flatMap(({ resources }) => resources.map(({ type }) => type)));
    expect(types.size).toBeGreaterThan(18);
    expect(new Set(converted.map(({ kind }) => kind))).toEqual(new Set(['converted']));
  });
});
