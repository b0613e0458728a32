import { findingDetails, type MonitorFinding } from './finding.js';
import { Integrity } from './integrity.js';

const rule: MonitorFinding = { kind: 'row-altered', table: 'consent_rule', key: 'c/0' };
const reset: MonitorFinding = { kind: 'chain-reset', lost: 'head', expected: '4', found: '3' };
const forked: MonitorFinding = { kind: 'log-forked', source: 'chain', size: 3n };
const rolledBack: MonitorFinding = { kind: 'log-rolled-back', source: 'chain', known: 4n, stored: 3n };

describe('Integrity', () => {
  let told: string[];
  let integrity: Integrity;
  beforeEach(() => {
    told = [];
    integrity = new Integrity({
      raised: ({ kind }, check) => told.push(`raised ${kind} by ${check}`),
      settled: ({ kind }) => told.push(`settled ${kind}`),
      stopped: ({ kind }) => told.push(`stopped ${kind}`),
    });
  });

  it('is up and sound while nothing is found', () => {
    integrity.take('a', []);
    expect(integrity.state()).toEqual({ kind: 'up' });
    expect(integrity.isSound).toBe(true);
    expect(told).toEqual([]);
  });

  it('tells a finding once, however often and by however many checks it is found', () => {
    integrity.take('a', [rule]);
    integrity.take('a', [rule]);
    integrity.take('b', [rule]);
    expect(told).toEqual(['raised row-altered by a']);
    expect(integrity.state()).toEqual({ kind: 'degraded', note: 'row-altered' });
    integrity.take('b', [rule, reset]);
    expect(integrity.state()).toEqual({ kind: 'degraded', note: 'row-altered and 1 more' });
  });

  it('tells when no check finds it any more, and again when it comes back', () => {
    integrity.take('a', [reset]);
    integrity.take('b', [reset]);
    integrity.take('a', []);
    expect(told).toEqual(['raised chain-reset by a']);
    integrity.take('b', []);
    integrity.take('b', [reset]);
    expect(told).toEqual(['raised chain-reset by a', 'settled chain-reset', 'raised chain-reset by b']);
  });

  it('tells a finding anew when it changed', () => {
    integrity.take('a', [{ ...reset, found: '3' }]);
    integrity.take('a', [{ ...reset, found: '2' }]);
    expect(told.filter((line) => line.startsWith('raised'))).toHaveLength(2);
  });

  it('goes on after an alarm', () => {
    integrity.take('a', [rule, reset]);
    expect(integrity.isSound).toBe(true);
  });

  it('stops once, and stays stopped when the finding is gone', () => {
    integrity.take('a', [forked]);
    integrity.take('b', [rolledBack]);
    integrity.take('a', []);
    integrity.take('b', []);
    expect(told.filter((line) => line.startsWith('stopped'))).toEqual(['stopped log-forked']);
    expect(integrity.isSound).toBe(false);
    expect(integrity.state()).toEqual({ kind: 'down', note: 'log-forked' });
  });

  it('forgets what a check found when another process looks', () => {
    integrity.take('a', [rule]);
    integrity.forget('a');
    expect(integrity.state()).toEqual({ kind: 'up' });
    expect(told).toEqual(['raised row-altered by a']);
  });

  it('shows fields as text', () => {
    expect(findingDetails(rolledBack)).toEqual({ source: 'chain', known: '4', stored: '3' });
    expect(findingDetails({ kind: 'nodes-disagree', block: 6n, groups: [[0, 2], [1]] })).toEqual({
      block: '6',
      groups: '[[0,2],[1]]',
    });
  });
});
