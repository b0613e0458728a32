import fc from 'fast-check';
import { dateOf, dateTimeOf, epochMsOf, instantOf, timeOf } from './dates.js';

const CHICAGO = 'America/Chicago';

describe('dateOf', () => {
  it.each([
    ['1980', '1980'],
    ['198002', '1980-02'],
    ['19800229', '1980-02-29'],
    ['20000229', '2000-02-29'],
    ['19800229101530.1234-0600', '1980-02-29'],
    [' 19800229 ', '1980-02-29'],
    ['00010101', '0001-01-01'],
    ['19800229+0100', '1980-02-29'],
  ])('reads %j in its own precision', (text, value) => {
    expect(dateOf(text)).toEqual({ value, issue: undefined });
  });

  it.each([
    '0000',
    '00000000',
    '00000000000000',
    '19801301',
    '19800001',
    '19800100',
    '19810229',
    '19000229',
    '19800431',
    '1980010',
    '198',
    '1980-01-01',
    '198001012400',
    '1980010110601',
    '19800101106000',
    '""',
    'unknown',
    '19800101T10',
    '19800101 1015',
    '１９８０',
  ])('makes nothing of %j', (text) => {
    expect(dateOf(text)).toEqual({ value: undefined, issue: 'invalid-value' });
  });

  it.each([undefined, '', '  '])('has nothing to say where %j is written', (text) => {
    expect(dateOf(text)).toEqual({ value: undefined, issue: undefined });
  });
});

describe('dateTimeOf', () => {
  it.each([
    ['2026', '2026'],
    ['202601', '2026-01'],
    ['20260112', '2026-01-12'],
    ['2026011210+0530', '2026-01-12T10:00:00+05:30'],
    ['202601121005-0600', '2026-01-12T10:05:00-06:00'],
    ['20260112100530-0600', '2026-01-12T10:05:30-06:00'],
    ['20260112100530.1-0600', '2026-01-12T10:05:30.1-06:00'],
    ['20260112100530.1230+0000', '2026-01-12T10:05:30.1230+00:00'],
    ['20260112100530-0000', '2026-01-12T10:05:30+00:00'],
    ['20260112100530+1400', '2026-01-12T10:05:30+14:00'],
    ['20260112100530+1345', '2026-01-12T10:05:30+13:45'],
  ])('reads %s, which needs no zone', (text, value) => {
    expect(dateTimeOf(text, undefined)).toEqual({ value, issue: undefined });
    expect(dateTimeOf(text, 'Asia/Tokyo')).toEqual({ value, issue: undefined });
  });

  it.each([
    ['20260112100530', CHICAGO, '2026-01-12T10:05:30-06:00'],
    ['20260712100530', CHICAGO, '2026-07-12T10:05:30-05:00'],
    ['2026071210', CHICAGO, '2026-07-12T10:00:00-05:00'],
    ['202607121005', 'Asia/Kolkata', '2026-07-12T10:05:00+05:30'],
    ['20240229000000.0010', 'Europe/London', '2024-02-29T00:00:00.0010+00:00'],
    ['20260401023000', 'Australia/Lord_Howe', '2026-04-01T02:30:00+11:00'],
  ])('puts %s into the zone %s, which knows summer', (text, zone, value) => {
    expect(dateTimeOf(text, zone)).toEqual({ value, issue: undefined });
  });

  it('keeps to the date where no zone is configured', () => {
    expect(dateTimeOf('20260112100530', undefined)).toEqual({ value: '2026-01-12', issue: 'zone-unknown' });
  });

  it('takes the first of two when clocks go back', () => {
    expect(dateTimeOf('20261101013000', CHICAGO)).toEqual({
      value: '2026-11-01T01:30:00-05:00',
      issue: 'zone-ambiguous',
    });
  });

  it('keeps to the date where clocks went over the time', () => {
    expect(dateTimeOf('20260308023000', CHICAGO)).toEqual({ value: '2026-03-08', issue: 'invalid-value' });
  });

  it.each([
    '202601122400',
    '20260112240000',
    '20260112236000',
    '20260112235960',
    '20261312100530',
    '20260230100530',
    '00000101000000',
    '00000000000000',
    '20260112100530+1401',
    '20260112100530+0560',
    '20260112100530+1500',
    '20260112100530+05',
    '20260112100530.',
    '20260112100530.1234567890',
    '20260112100530Z',
    '2000082212070000',
    '""',
  ])('makes nothing of %s', (text) => {
    expect(dateTimeOf(text, CHICAGO)).toEqual({ value: undefined, issue: 'invalid-value' });
  });

  it('never says anything but what was written', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789.+-'.split('')), maxLength: 26 });
    fc.assert(
      fc.property(fc.oneof(digits, fc.string()), (text) => {
        const { value, issue } = dateTimeOf(text, 'UTC');
        const written = text.replaceAll(/\D/g, '');
        expect(value === undefined || written.startsWith(value.slice(0, 10).replaceAll('-', ''))).toBe(true);
        expect(value === undefined && text.trim() !== '').toBe(issue === 'invalid-value');
      }),
    );
  });

  it('gives back any instant that it is told with its offset', () => {
    const instant = fc.date({
      min: new Date('0001-01-02'),
      max: new Date('9998-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (date) => {
        const text = `${date.toISOString().slice(0, -1).replaceAll(/[-:T]/g, '')}+0000`;
        expect(epochMsOf(text, undefined)).toBe(date.getTime());
      }),
    );
  });
});

describe('instantOf', () => {
  it('reads a time with a zone', () => {
    expect(instantOf('20260112100530.25+0100', undefined)).toEqual({
      value: '2026-01-12T10:05:30.25+01:00',
      issue: undefined,
    });
  });

  it.each([
    ['20260112', CHICAGO, 'invalid-value'],
    ['2026', undefined, 'invalid-value'],
    ['20260112100530', undefined, 'zone-unknown'],
    ['20260308023000', CHICAGO, 'invalid-value'],
    ['""', CHICAGO, 'invalid-value'],
  ])('has no instant for %s in %s', (text, zone, issue) => {
    expect(instantOf(text, zone)).toEqual({ value: undefined, issue });
  });

  it('takes the first of two when clocks go back', () => {
    expect(instantOf('20261101013000', CHICAGO)).toEqual({
      value: '2026-11-01T01:30:00-05:00',
      issue: 'zone-ambiguous',
    });
  });
});

describe('timeOf', () => {
  it.each([
    ['10', '10:00:00'],
    ['1015', '10:15:00'],
    ['101530', '10:15:30'],
    ['101530.5000', '10:15:30.5000'],
    ['101530+0100', '10:15:30'],
    ['0000', '00:00:00'],
  ])('reads %s', (text, value) => {
    expect(timeOf(text)).toEqual({ value, issue: undefined });
  });

  it.each(['2400', '1060', '101560', '1', '101', '10:15', '""'])('makes nothing of %s', (text) => {
    expect(timeOf(text)).toEqual({ value: undefined, issue: 'invalid-value' });
  });

  it('has nothing to say of nothing', () => {
    expect(timeOf(undefined)).toEqual({ value: undefined, issue: undefined });
  });
});

describe('epochMsOf', () => {
  it.each([
    ['20260112100530.25+0100', undefined, Date.UTC(2026, 0, 12, 9, 5, 30, 250)],
    ['20260112100530', CHICAGO, Date.UTC(2026, 0, 12, 16, 5, 30)],
    ['2026071210', CHICAGO, Date.UTC(2026, 6, 12, 15)],
    ['20261101013000', CHICAGO, Date.UTC(2026, 10, 1, 6, 30)],
    ['20260112100530.1239+0000', undefined, Date.UTC(2026, 0, 12, 10, 5, 30, 123)],
  ])('knows when %s was, in %s', (text, zone, epochMs) => {
    expect(epochMsOf(text, zone)).toBe(epochMs);
  });

  it.each([
    ['20260112', CHICAGO],
    ['20260112100530', undefined],
    ['20260308023000', CHICAGO],
    ['', CHICAGO],
    [undefined, CHICAGO],
  ])('does not guess when %s was, in %s', (text, zone) => {
    expect(epochMsOf(text, zone)).toBeUndefined();
  });
});
