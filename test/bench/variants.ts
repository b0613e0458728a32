import type { Config, Keyring } from '#config';
import { ANYTHING, type ConsentRules, type RuleSet } from '#consent';
import { sealCommitted, type LogStore } from '#provenance';
import type { RowChange } from '#store';
import { openGround } from '../../apps/standalone/src/node/storage.js';
import type { Parts } from '../../apps/gateway/src/parts.js';
import { OpenResources } from './open-resources.js';

/** What a bench node leaves out: nothing, the consent predicate and rules, the seal, or both. */
const VARIANTS = ['all', 'no-consent', 'no-seal', 'neither'] as const;
/** The name of a variant. */
export type Variant = (typeof VARIANTS)[number];

export function isVariant(text: string): text is Variant {
  return VARIANTS.some((each) => each === text);
}

/** The parts of a node, with what the variant leaves out replaced. */
export function partsOf(
  variant: Variant,
  parts: Parts,
  options: { readonly config: Config; readonly keyring: Keyring },
): Parts {
  const open = variant === 'no-consent' || variant === 'neither' ? withoutConsent(parts, options) : parts;
  return variant === 'no-seal' || variant === 'neither' ? { ...open, log: unsealed(open.log) } : open;
}

/** Statements without the predicate, and one constant rule for everybody instead of look-ups. Digests and MACs are checked. */
function withoutConsent(parts: Parts, { config, keyring }: { config: Config; keyring: Keyring }): Parts {
  const { pool, context } = openGround(config, keyring);
  return {
    ...parts,
    resources: new OpenResources(pool, context),
    bindingLeaf: () => Promise.resolve(NO_LEAF),
    rules: {
      personsOf: (patients) => parts.rules.personsOf(patients),
      ruleSets: (persons) => Promise.resolve(persons.map(everything)),
    },
  };
}

/** Nothing is built, encrypted or written. */
function unsealed(log: LogStore<RowChange>): LogStore<RowChange> {
  const seal = sealCommitted({ origin: 'none', index: 0n, leaf: new Uint8Array(32), size: 1n });
  return {
    append: (items) => Promise.resolve(items.map(() => seal)),
    head: () => log.head(),
    checkpoint: () => log.checkpoint(),
    entries: (from, to) => log.entries(from, to),
    tile: (level, index, width) => log.tile(level, index, width),
    inclusion: (index, size) => log.inclusion(index, size),
    consistency: (from, to) => log.consistency(from, to),
  };
}

const NO_LEAF = '00'.repeat(32);
const ALWAYS = { from: -Infinity, to: Infinity };

function everything(person: string): RuleSet {
  const consent: ConsentRules = {
    consent: 'bench',
    person,
    kind: 'permit',
    rules: [
      {
        ordinal: 0,
        effect: 'permit',
        ...ANYTHING,
        valid: ALWAYS,
      },
    ],
    window: ALWAYS,
    fromPosition: 0n,
    untilPosition: null,
    citation: { chainId: '0', contract: '', subject: '', grantId: '', version: 1, binding: '' },
  };
  return { person, version: 0n, consents: [consent] };
}
