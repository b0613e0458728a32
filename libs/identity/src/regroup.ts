import type { PatientFeatures } from './features.js';
import { samePerson, speaksAgainst } from './same-person.js';

/** A Patient that may have to change its person. */
export interface Member {
  readonly patient: string;
  /** `undefined`: nobody's yet. */
  readonly person: string | undefined;
  /** `undefined`: nothing is known of it but that there is one. */
  readonly features: PatientFeatures | undefined;
  /** It was just written: what it says of itself may be new. */
  readonly changed: boolean;
  /** A person's word made the link: no likeness ends it. */
  readonly confirmed: boolean;
  /** Keys that are bound to it and speak for it. */
  readonly keys?: readonly string[];
}

/** What links are judged by. */
export interface Ties {
  readonly strongSystems: readonly string[];
  /** Pairs that a person told apart: whether these two Patients are such a pair. */
  readonly apart: (a: string, b: string) => boolean;
  /** A new person's id: made once for each. */
  readonly newPerson: () => string;
}

/** The Patients of one person. */
interface Group {
  person: string;
  /** The person was there before. */
  old: boolean;
  members: Member[];
}

/**
 * Which person each Patient is of, now that some have changed. Pure.
 *
 * - A group that a change broke (its Patients are not tied to each other any more) falls apart: the largest part without a
 *   changed Patient keeps the person, each other part becomes a new one. A changed Patient that contradicts another of its
 *   group is a part of its own, whatever ties both to a third.
 * - Two Patients are tied where they are certainly the same, or where one gave way to the other; never where a person told
 *   them apart.
 * - Groups become one where a changed Patient is certain of a member and nothing speaks against any pair across. Two persons
 *   that would fit: nobody can tell, and all stay. Of the two persons the older one stays.
 * - A Patient that gave way brings its whole group along, or itself alone where something speaks against the others.
 * - Two groups for which different keys speak never become one by themselves: what one key permitted, the other did not.
 *
 * @param members every Patient of each person concerned
 * @returns the person of each member
 */
export function regroup(members: readonly Member[], ties: Ties): ReadonlyMap<string, string> {
  const groups = grouped(members, ties).flatMap((group) => split(group, ties));
  for (const member of members.filter(({ changed }) => changed)) {
    joinCertain(groups, member, ties);
  }
  for (const member of members.filter(({ changed }) => changed)) {
    for (const into of member.features?.replacedBy ?? []) {
      joinReplaced(groups, member, into, ties);
    }
  }
  return new Map(
    groups.flatMap((group) => group.members.map(({ patient }) => [patient, group.person] as const)),
  );
}

function grouped(members: readonly Member[], ties: Ties): Group[] {
  const byPerson = Map.groupBy(members, ({ person, patient }) => person ?? `new ${patient}`);
  return [...byPerson.values()].map((own) => {
    const person = own[0]?.person;
    return { person: person ?? ties.newPerson(), old: person !== undefined, members: [...own] };
  });
}

/**
 * The parts of a group that are still tied together; the group itself where nothing in it changed. Patients of whom nothing
 * is known any more stay with the person.
 */
function split(group: Group, ties: Ties): readonly Group[] {
  if (group.members.length < 2 || !group.members.some(({ changed }) => changed)) {
    return [group];
  }
  const known = group.members.filter(({ features, confirmed }) => features !== undefined || confirmed);
  const unknown = group.members.filter((member) => !known.includes(member));
  const components = componentsOf(known, ties).flatMap((component) => withoutContradicting(component, ties));
  const [kept, ...parts] = components.toSorted(
    (a, b) =>
      Number(hasChanged(a)) - Number(hasChanged(b)) ||
      b.length - a.length ||
      (smallest(a) < smallest(b) ? -1 : 1),
  );
  return [
    { ...group, members: [...(kept ?? []), ...unknown] },
    ...parts.map((part) => ({ person: ties.newPerson(), old: false, members: [...part] })),
  ];
}

function componentsOf(members: readonly Member[], ties: Ties): readonly (readonly Member[])[] {
  const left = new Set(members);
  return members.flatMap((first) => {
    if (!left.delete(first)) {
      return [];
    }
    const component = [first];
    for (const one of component) {
      const tied = [...left].filter((other) => staysTied(one, other, ties));
      tied.forEach((other) => left.delete(other));
      component.push(...tied);
    }
    return [component];
  });
}

/** A component without its changed Patients that contradict another one, and each of these by itself. */
function withoutContradicting(component: readonly Member[], ties: Ties): readonly (readonly Member[])[] {
  const out = component.filter(
    (member) =>
      member.changed &&
      !member.confirmed &&
      component.some((other) => contradicts(member, other, component, ties)),
  );
  if (out.length === 0) {
    return [component];
  }
  const rest = component.filter((member) => !out.includes(member));
  return [...componentsOf(rest, ties), ...out.map((member) => [member])];
}

/** Whoever gave way is there by declaration: what its record says differs from the others' for just that reason. */
function contradicts(
  member: Member,
  other: Member,
  component: readonly Member[],
  { strongSystems }: Ties,
): boolean {
  const isDeclared = [member, other].some((from) => component.some((into) => gaveWay(from, into)));
  return (
    !isDeclared &&
    member.features !== undefined &&
    other.features !== undefined &&
    speaksAgainst(member.features, other.features, strongSystems)
  );
}

function staysTied(a: Member, b: Member, ties: Ties): boolean {
  return a.confirmed || b.confirmed || isTied(a, b, ties);
}

function isTied(a: Member, b: Member, ties: Ties): boolean {
  return !ties.apart(a.patient, b.patient) && (isCertain(a, b, ties) || gaveWay(a, b) || gaveWay(b, a));
}

function isCertain(a: Member, b: Member, { strongSystems }: Ties): boolean {
  return (
    a.features !== undefined &&
    b.features !== undefined &&
    samePerson(a.features, b.features, strongSystems) === 'certain'
  );
}

function gaveWay(from: Member, into: Member): boolean {
  return from.features?.replacedBy.includes(into.patient) === true;
}

function joinCertain(groups: Group[], member: Member, ties: Ties): void {
  const own = groupOf(groups, member.patient);
  if (own === undefined) {
    return;
  }
  const fitting = groups.filter(
    (group) =>
      group !== own && group.members.some((one) => isCertain(member, one, ties)) && mayJoin(own, group, ties),
  );
  if (fitting.filter(({ old }) => old).length > 1) {
    return;
  }
  for (const group of fitting) {
    const now = groupOf(groups, member.patient);
    if (now !== undefined && mayJoin(now, group, ties)) {
      join(groups, now, group);
    }
  }
}

function joinReplaced(groups: Group[], member: Member, into: string, ties: Ties): void {
  const own = groupOf(groups, member.patient);
  const target = groupOf(groups, into);
  if (own === undefined || target === undefined || own === target) {
    return;
  }
  if (mayJoin(own, target, ties, { from: member.patient, into })) {
    join(groups, own, target);
  } else if (
    !haveOtherKeys(own, target) &&
    !target.members.some(({ patient }) => ties.apart(member.patient, patient))
  ) {
    own.members.splice(own.members.indexOf(member), 1);
    target.members.push(member);
  }
}

/**
 * Whether no two keys and nothing of any pair across two groups speak against it; of a declared pair only a person's word does.
 */
function mayJoin(
  a: Group,
  b: Group,
  { strongSystems, apart }: Ties,
  declared?: { readonly from: string; readonly into: string },
): boolean {
  if (haveOtherKeys(a, b)) return false;
  return a.members.every((one) =>
    b.members.every((other) => {
      if (apart(one.patient, other.patient)) return false;
      if (one.patient === declared?.from && other.patient === declared.into) return true;
      return (
        one.features === undefined ||
        other.features === undefined ||
        !speaksAgainst(one.features, other.features, strongSystems)
      );
    }),
  );
}

/** Whether keys speak for both, and none for the one and the other. */
function haveOtherKeys(a: Group, b: Group): boolean {
  const [ours, theirs] = [a, b].map(({ members }) => members.flatMap(({ keys }) => keys ?? []));
  if (ours === undefined || theirs === undefined || ours.length === 0 || theirs.length === 0) return false;
  return !ours.some((key) => theirs.includes(key));
}

function join(groups: Group[], a: Group, b: Group): void {
  const [stays, goes] = isElder(a, b) ? [a, b] : [b, a];
  stays.members.push(...goes.members);
  groups.splice(groups.indexOf(goes), 1);
}

/** Ids of persons begin with the time at which they were made. */
function isElder(a: Group, b: Group): boolean {
  return a.old === b.old ? a.person < b.person : a.old;
}

function groupOf(groups: readonly Group[], patient: string): Group | undefined {
  return groups.find(({ members }) => members.some((one) => one.patient === patient));
}

function hasChanged(members: readonly Member[]): boolean {
  return members.some(({ changed }) => changed);
}

function smallest(members: readonly Member[]): string {
  return members.map(({ patient }) => patient).toSorted()[0] ?? '';
}
