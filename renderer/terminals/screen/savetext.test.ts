import { expect, test } from 'vitest'
import { fileNameOf } from './savetext'

const AT = new Date(2026, 10, 9, 4, 3).getTime()

test('a file is named after its terminal and the time, without what a file system would take for something else', () => {
  expect(fileNameOf('web-1 …8810', AT)).toBe('web-1 _8810 2026-11-09 04.03.txt')
  expect(fileNameOf('../../etc/passwd', AT)).toBe('_.._etc_passwd 2026-11-09 04.03.txt')
  expect(fileNameOf('a\u202Etxt.exe\\C:', AT)).toBe('a_txt.exe_C_ 2026-11-09 04.03.txt')
  expect(fileNameOf('...', AT)).toBe('terminal 2026-11-09 04.03.txt')
  expect(fileNameOf('x'.repeat(300), AT).length).toBeLessThan(110)
})
