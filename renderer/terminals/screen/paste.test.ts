import { expect, test } from 'vitest'
import { cleanPaste, linesOf } from './paste'

test('a paste keeps its text, tabs and line ends, and loses every other control', () => {
  expect(cleanPaste('a\u001B[201~b\u0003\u0000c\u009B201~d\u007F\te\r\nf\ng ü \u{1F600}')).toBe(
    'a[201~bc201~d\te\r\nf\ng ü \u{1F600}',
  )
  const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('')
  expect(cleanPaste(controls)).toBe(`\t\n\r${controls.slice(0x20, 0x7f)}`)
})

test('a line with its end is one line; two lines are two, however they end', () => {
  expect(linesOf('ls\n')).toEqual(['ls'])
  expect(linesOf('cd /\r\nls\r\n')).toEqual(['cd /', 'ls'])
  expect(linesOf('a\rb\n\nc')).toEqual(['a', 'b', '', 'c'])
})
