import { ABSENT } from '../datatypes/parts.js';
import type { Condition, GroupMap, KeyPart, Link, ResourceMap } from '../engine/map.js';
import {
  EVN_PROVENANCE,
  MSH_MESSAGE_HEADER,
  MSH_PROVENANCE_SOURCE,
  MSH_TRANSFORMATION,
  namesResponsible,
  SFT_DEVICE,
  SFT_MESSAGE_HEADER,
} from '../tables/msh.js';

/** A control id may come again after a counter was reset: the time tells the messages apart. */
const MESSAGE: readonly KeyPart[] = [
  { first: ['MSH-10'], as: 'text', optional: true },
  { first: ['MSH-7'], as: 'text', optional: true },
];

const ABOUT_MESSAGE: readonly Link[] = [{ to: 'target[]', of: 'header' }];
const hasOrganization: Condition = { any: [{ valued: 'MSH-4' }, namesResponsible] };

/** The message itself, and where it comes from: of every message. */
export const HEADER_RESOURCES: readonly ResourceMap[] = [
  {
    name: 'header',
    type: 'MessageHeader',
    keys: [MESSAGE],
    from: [MSH_MESSAGE_HEADER],
  },
  {
    name: 'source-provenance',
    type: 'Provenance',
    keys: [[{ word: 'source' }, ...MESSAGE]],
    from: [MSH_PROVENANCE_SOURCE],
    links: ABOUT_MESSAGE,
    defaults: { _recorded: ABSENT('unknown') },
  },
  {
    name: 'transformation-provenance',
    type: 'Provenance',
    keys: [[{ word: 'transformation' }, ...MESSAGE]],
    from: [MSH_TRANSFORMATION],
    links: ABOUT_MESSAGE,
    // When it is transformed is not known here: the converter has no clock.
    defaults: { _recorded: ABSENT('unknown') },
  },
];

/** SFT: software of the sender. */
export const SOFTWARE: GroupMap = {
  name: 'SOFTWARE',
  opens: ['SFT'],
  makes: [
    {
      name: 'software',
      type: 'Device',
      keys: [
        [
          { word: 'software' },
          { first: ['SFT-1'], as: 'text', optional: true },
          { first: ['SFT-3'], as: 'text', optional: true },
          { first: ['SFT-2'], as: 'text', optional: true },
        ],
      ],
      from: [SFT_DEVICE],
      equals: 'join',
    },
  ],
  adds: [{ into: 'header', from: [SFT_MESSAGE_HEADER] }],
};

/** EVN: the event behind the message. */
export const EVENT: GroupMap = {
  name: 'EVENT',
  opens: ['EVN'],
  makes: [
    {
      name: 'event-provenance',
      type: 'Provenance',
      keys: [[{ word: 'event' }, ...MESSAGE]],
      from: [EVN_PROVENANCE],
      links: ABOUT_MESSAGE,
      defaults: { _recorded: ABSENT('unknown') },
      when: { any: [{ valued: 'EVN-5' }, hasOrganization] },
    },
  ],
};
