import fc from 'fast-check';
import { expect, test } from 'vitest';
import { print, printf, println } from './goPrint.ts';
import { TypedNumber } from './goValue.ts';

/** What the real client printed. */
test.each<readonly [string, readonly unknown[], string]>([
  ['%d', [new TypedNumber('int', 5)], '5'],
  ['%5d', [new TypedNumber('int', 42)], '   42'],
  ['%-5d|', [new TypedNumber('int', 42)], '42   |'],
  ['%05d', [new TypedNumber('int', 42)], '00042'],
  ['%+d', [new TypedNumber('int', 5)], '+5'],
  ['% d', [new TypedNumber('int', 5)], ' 5'],
  ['%x', [new TypedNumber('int', 255)], 'ff'],
  ['%#x', [new TypedNumber('int', 255)], '0xff'],
  ['%X', [new TypedNumber('int', -255)], '-FF'],
  ['%o', [new TypedNumber('int', 8)], '10'],
  ['%#o', [new TypedNumber('int', 8)], '010'],
  ['%O', [new TypedNumber('int', 8)], '0o10'],
  ['%b', [new TypedNumber('int', 5)], '101'],
  ['%c', [new TypedNumber('int', 65)], 'A'],
  ['%q', [new TypedNumber('int', 65)], "'A'"],
  ['%U', [new TypedNumber('int', 65)], 'U+0041'],
  ['%#U', [new TypedNumber('int', 65)], "U+0041 'A'"],
  ['%.3d', [new TypedNumber('int', 7)], '007'],
  ['%8.3d', [new TypedNumber('int', -7)], '    -007'],
  ['%s', ['abc'], 'abc'],
  ['%10s', ['abc'], '       abc'],
  ['%-10s', ['abc'], 'abc       '],
  ['%.2s', ['abc'], 'ab'],
  ['%5.1s', ['世界'], '    世'],
  ['%q', ['a"b\n'], '"a\\"b\\n"'],
  ['%#q', ['ab'], '`ab`'],
  ['%x', ['hi'], '6869'],
  ['% x', ['hi'], '68 69'],
  ['%X', ['hi'], '6869'],
  ['%010s', ['abc'], '0000000abc'],
  ['%v', ['z'], 'z'],
  ['%#v', ['z'], '"z"'],
  ['%t', [true], 'true'],
  ['%6t', [false], ' false'],
  ['%v', [true], 'true'],
  ['%f', [new TypedNumber('float64', 1.23456)], '1.234560'],
  ['%.2f', [new TypedNumber('float64', 1.23456)], '1.23'],
  ['%8.3f', [new TypedNumber('float64', 1.23456)], '   1.235'],
  ['%08.2f', [new TypedNumber('float64', -1.23456)], '-0001.23'],
  ['%+.1f', [new TypedNumber('float64', 2.0)], '+2.0'],
  ['%.0f', [new TypedNumber('float64', 2.5)], '2'],
  ['%.0f', [new TypedNumber('float64', 3.5)], '4'],
  ['%.1f', [new TypedNumber('float64', 0.25)], '0.2'],
  ['%e', [new TypedNumber('float64', 31415.9)], '3.141590e+04'],
  ['%.2E', [new TypedNumber('float64', 31415.9)], '3.14E+04'],
  ['%g', [new TypedNumber('float64', 1000000.0)], '1e+06'],
  ['%g', [new TypedNumber('float64', 0.00001)], '1e-05'],
  ['%.3g', [new TypedNumber('float64', 1234.5)], '1.23e+03'],
  ['%.3g', [new TypedNumber('float64', 0.00012345)], '0.000123'],
  ['%G', [new TypedNumber('float64', 1e21)], '1E+21'],
  ['%f', [new TypedNumber('float64', 1e21)], '1000000000000000000000.000000'],
  ['%v', [new TypedNumber('float64', 1.5)], '1.5'],
  ['%d', [new TypedNumber('float64', 1.5)], '%!d(float64=1.5)'],
  ['%s', [new TypedNumber('int', 5)], '%!s(int=5)'],
  ['%d', ['x'], '%!d(string=x)'],
  ['%5d', ['x'], '%!d(string=    x)'],
  ['%t', [new TypedNumber('int', 1)], '%!t(int=1)'],
  ['%z', [new TypedNumber('int', 1)], '%!z(int=1)'],
  ['%s', [undefined], '%!s(<nil>)'],
  ['%v', [undefined], '<nil>'],
  ['%T', [undefined], '<nil>'],
  ['%T', [new TypedNumber('int', 1)], 'int'],
  ['%T', [new TypedNumber('float64', 1.5)], 'float64'],
  ['%T', ['x'], 'string'],
  ['%T', [true], 'bool'],
  ['%%', [], '%'],
  ['%', [], '%!(NOVERB)'],
  ['%!', [], '%!!(MISSING)'],
  ['%d', [], '%!d(MISSING)'],
  ['%d', [new TypedNumber('int', 1), new TypedNumber('int', 2)], '1%!(EXTRA int=2)'],
  ['%[2]s %[1]s', ['a', 'b'], 'b a'],
  ['%[3]d', [new TypedNumber('int', 1)], '%!d(BADINDEX)'],
  ['%[1]d %[1]x', [new TypedNumber('int', 10)], '10 a'],
  ['%[2]*[1]d', [new TypedNumber('int', 5), new TypedNumber('int', 4)], '   5'],
  ['%*d', [new TypedNumber('int', 5), new TypedNumber('int', 42)], '   42'],
  ['%-*d|', [new TypedNumber('int', 4), new TypedNumber('int', 42)], '42  |'],
  ['%.*f', [new TypedNumber('int', 2), new TypedNumber('float64', 1.23456)], '1.23'],
  ['%*d', ['x', new TypedNumber('int', 1)], '%!(BADWIDTH)1'],
  ['%.*d', [new TypedNumber('int', -1), new TypedNumber('int', 1)], '%!(BADPREC)1'],
  ['%5%', [new TypedNumber('int', 1)], '%%!(EXTRA int=1)'],
  ['plain', [], 'plain'],
  ['%v %v', [new TypedNumber('int', 1)], '1 %!v(MISSING)'],
  ['%6.2f%%', [new TypedNumber('float64', 99.5)], ' 99.50%'],
])('%j of %j is %j (%#)', (format, args, text) => {
  expect(printf(format, args)).toBe(text);
});

test.each<readonly [string, unknown, string]>([
  ['%v', [1, 'x', null, true, { k: 1 }], '[1 x <nil> true map[k:1]]'],
  ['%s', [1, 'x', null], '[%!s(int64=1) x <nil>]'],
  ['%d', { b: 2, a: 1 }, 'map[%!d(string=a):1 %!d(string=b):2]'],
  ['%q', ['a', 'b'], '["a" "b"]'],
  ['%3d', [1, 2], '[  1   2]'],
  ['%#v', { a: [1, 1.5, null, 'x'] }, 'map[string]interface {}{"a":[]interface {}{1, 1.5, interface {}(nil), "x"}}'],
  ['%T', {}, 'map[string]interface {}'],
  ['%T', 1, 'int64'],
])('%j of data such as %j is %j', (format, arg, text) => {
  expect(printf(format, [arg])).toBe(text);
});

test('print puts blanks between what is no text', () => {
  expect(print(['a', 1, 2, 'b', 3, true, undefined])).toBe('a1 2b3 true <nil>');
});

test('println puts blanks between everything', () => {
  expect(println(['a', 1, undefined])).toBe('a 1 <nil>\n');
  expect(println([])).toBe('\n');
});

test('no format breaks', () => {
  const format = fc.string({ unit: fc.constantFrom(...Array.from('%%%dsvqxfegtTcU[1]*.-+ #05')) });
  const arg = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, true, 'x', [1, 'a'], { k: null }),
    fc.integer(),
    fc.double(),
  );
  fc.assert(
    fc.property(format, fc.array(arg, { maxLength: 3 }), (text, args) => {
      expect(typeof printf(text, args)).toBe('string');
    }),
  );
});
