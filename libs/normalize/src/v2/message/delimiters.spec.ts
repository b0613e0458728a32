import { delimitersOf } from './delimiters.js';

describe('delimitersOf', () => {
  it.each([
    ['MSH|^~\\&|LAB', { repetition: '~', escape: '\\', subcomponent: '&', truncation: undefined }],
    ['MSH|^~\\&#|LAB', { repetition: '~', escape: '\\', subcomponent: '&', truncation: '#' }],
    ['MSH|^~&|LAB', { repetition: '~', escape: undefined, subcomponent: '&', truncation: undefined }],
    ['MSH|^~\\|LAB', { repetition: '~', escape: '\\', subcomponent: '', truncation: undefined }],
    ['MSH|^~|LAB', { repetition: '~', escape: undefined, subcomponent: '', truncation: undefined }],
    ['MSH|^|LAB', { repetition: '', escape: undefined, subcomponent: '', truncation: undefined }],
    ['MSH|^~\\&', { repetition: '~', escape: '\\', subcomponent: '&', truncation: undefined }],
  ])('reads %j', (header, rest) => {
    expect(delimitersOf(header)).toEqual({ field: '|', component: '^', ...rest });
  });

  it('reads others than the usual', () => {
    expect(delimitersOf('MSH:*%!$;:LAB')).toEqual({
      field: ':',
      component: '*',
      repetition: '%',
      escape: '!',
      subcomponent: '$',
      truncation: ';',
    });
  });

  it.each([
    'MSH',
    'MSH|',
    'MSH||LAB',
    'MSH|^~\\^|LAB',
    'MSH|^^|LAB',
    'MSH|A~\\&|LAB',
    'MSHX^~\\&XLAB',
    'MSH ^~\\& LAB',
    'MSH|^~\\&#!|LAB',
    'MSH|^ \\&|LAB',
    'MSH|^~"&|LAB',
    'MSH¦^~\\&¦LAB',
    'MSH|^~é&|LAB',
  ])('finds none in %j', (header) => {
    expect(delimitersOf(header)).toBeUndefined();
  });
});
