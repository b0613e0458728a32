import type { JsonObject } from '#digest';
import { isObject, listOf, textOf } from '#fhir';
import type { IssueCode, NormaliseContext } from '../normalised.js';
import { resourceIdOf } from '../resource-id.js';
import type { Entry } from './entries.js';

/** A reference as it will be stored, and what is to be said about it. */
export interface Rewritten {
  readonly reference: JsonObject;
  readonly issue: IssueCode | undefined;
}

/** Rewrites one element with a literal `reference`. */
export type Rewrite = (element: JsonObject, literal: string) => Rewritten;

const RELATIVE = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-._~]{1,256})(\/_history\/[^/]+)?$/;

/**
 * The rewriting of references for the resources of one payload.
 *
 * Relative ones and absolute ones on the source's base become `Type/<our id>`; `urn:` ones are looked up among the
 * payload's full URLs; contained ones stay. What points elsewhere becomes a logical reference: its URL as identifier
 * where it has none, without display, since nobody here vouches for whom it names.
 *
 * @see https://hl7.org/fhir/R4/references.html
 */
export function rewriteFor(
  context: NormaliseContext,
  entries: readonly Entry[],
): (owner: JsonObject) => Rewrite {
  const byFullUrl = new Map(
    entries.flatMap((entry) => (entry.fullUrl === undefined ? [] : [[entry.fullUrl, entry]])),
  );
  return (owner) => {
    const contained = new Set(
      listOf(owner.contained).map((item) => (isObject(item) ? textOf(item, 'id') : undefined)),
    );
    return (element, literal) => {
      if (literal.startsWith('#')) {
        const known = literal === '#' || contained.has(literal.slice(1));
        return { reference: element, issue: known ? undefined : 'dangling-reference' };
      }
      const target = byFullUrl.get(literal) ?? local(literal, context.baseUrl);
      return target === undefined ? logical(element, literal) : literalTo(element, context.source, target);
    };
  };
}

interface Target {
  readonly type: string;
  readonly key: string;
  readonly versioned?: boolean;
}

function local(literal: string, baseUrl: string | undefined): Target | undefined {
  const base = baseUrl?.replace(/\/$/, '');
  const relative =
    base !== undefined && literal.startsWith(`${base}/`) ? literal.slice(base.length + 1) : literal;
  const [, type, key, version] = RELATIVE.exec(relative) ?? [];
  return type === undefined || key === undefined
    ? undefined
    : { type, key, versioned: version !== undefined };
}

function literalTo(element: JsonObject, source: string, target: Target): Rewritten {
  const reference = `${target.type}/${resourceIdOf(source, target.type, target.key)}`;
  const issue = target.versioned === true ? 'versioned-reference' : undefined;
  return { reference: { ...element, reference }, issue };
}

function logical(element: JsonObject, literal: string): Rewritten {
  const { reference: _reference, display: _display, ...rest } = element;
  const identifier = rest.identifier ?? { system: 'urn:ietf:rfc:3986', value: literal };
  return { reference: { ...rest, identifier }, issue: 'foreign-reference' };
}
