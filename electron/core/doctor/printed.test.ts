import { expect, test } from 'vitest'
import { Printed } from './printed'

test('a mark is found before and after it is asked for, also in pieces; the bytes are counted', async () => {
  const printed = new Printed()
  printed.take(Buffer.from('x'.repeat(1_000)))
  const found = printed.has('culvert-here', 60_000)
  printed.take(Buffer.from('culvert-'))
  printed.take(Buffer.from('here\r\n'))
  expect(await found).toBe(true)
  expect(await printed.has('culvert-here', 0)).toBe(true)
  expect(printed.bytes).toBe(1_014)
})

test('a mark that does not come is not found', async () => {
  const printed = new Printed()
  printed.take(Buffer.from('culvert'))
  expect(await printed.has('culvert-here', 1)).toBe(false)
})
