import { parseMessage } from '../message/parse-message.js';
import type { V2Message } from '../message/message.js';
import { groupSegments, type GroupOfSegments } from './group-segments.js';
import type { GroupMap } from './map.js';

const MAP: GroupMap = {
  name: 'ROOT',
  opens: ['MSH'],
  groups: [
    {
      name: 'PATIENT',
      opens: ['PID'],
      has: ['PD1', 'NTE'],
      groups: [
        { name: 'VISIT', opens: ['PV1'], has: ['PV2'] },
        {
          name: 'ORDER',
          opens: ['ORC', 'OBR'],
          has: ['NTE'],
          groups: [{ name: 'RESULT', opens: ['OBX'], has: ['NTE'] }],
        },
      ],
    },
  ],
};

function messageOf(names: string): V2Message {
  const rest = names.split(' ').map((name) => `${name}|1`);
  const text = ['MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5', ...rest].join('\r');
  const parsed = parseMessage(new TextEncoder().encode(text));
  if (parsed.kind !== 'message') throw new Error(parsed.fault.reason);
  return parsed.message;
}

/** `PATIENT(PID PD1 VISIT(PV1))`. */
function written({ map, segments, groups }: GroupOfSegments): string {
  const inner = [...segments.map(({ name }) => name), ...groups.map(written)];
  return `${map.name}(${inner.join(' ')})`;
}

function grouped(names: string): string {
  return written(groupSegments(messageOf(names), MAP).root);
}

describe('groupSegments', () => {
  it('sorts segments by the map', () => {
    expect(grouped('PID PD1 PV1 PV2 ORC OBR NTE OBX NTE OBX')).toBe(
      'ROOT(MSH PATIENT(PID PD1 VISIT(PV1 PV2) ORDER(ORC OBR NTE RESULT(OBX NTE) RESULT(OBX))))',
    );
  });

  it('begins an order at each ORC, and at each OBR without one', () => {
    expect(grouped('PID ORC OBR OBX ORC OBR OBX')).toContain(
      'ORDER(ORC OBR RESULT(OBX)) ORDER(ORC OBR RESULT(OBX))',
    );
    expect(grouped('PID OBR OBX OBR OBX')).toContain('ORDER(OBR RESULT(OBX)) ORDER(OBR RESULT(OBX))');
    expect(grouped('PID ORC OBR OBR')).toContain('ORDER(ORC OBR) ORDER(OBR)');
  });

  it('opens the groups around a segment whose own were left out', () => {
    expect(grouped('OBX')).toBe('ROOT(MSH PATIENT(ORDER(RESULT(OBX))))');
  });

  it('gives a late segment to the last group that has it, and says so', () => {
    const { root, moved } = groupSegments(messageOf('PID PV1 ORC OBR OBX PV2'), MAP);
    expect(written(root)).toContain('VISIT(PV1 PV2)');
    expect(moved.map(({ name }) => name)).toEqual(['PV2']);
  });

  it('leaves unknown segments out without closing a group', () => {
    const { root, moved } = groupSegments(messageOf('PID ZPI PD1'), MAP);
    expect(written(root)).toBe('ROOT(MSH PATIENT(PID PD1))');
    expect(moved).toEqual([]);
  });

  it('gives a late segment to the last of several groups, also where that was opened around another', () => {
    expect(grouped('PID PV1 ORC OBX PID PV1 ORC OBX PV2')).toContain(
      'VISIT(PV1 PV2) ORDER(ORC RESULT(OBX)))',
    );
    expect(grouped('PV1 OBX PV2 PD1')).toBe('ROOT(MSH PATIENT(PD1 VISIT(PV1 PV2) ORDER(RESULT(OBX))))');
  });

  it('keeps two patients apart', () => {
    expect(grouped('PID PV1 PID PV1')).toBe('ROOT(MSH PATIENT(PID VISIT(PV1)) PATIENT(PID VISIT(PV1)))');
  });
});
