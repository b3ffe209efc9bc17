import { expect, test } from 'vitest'
import { remoteHostProblem } from '../../../shared/hosts'
import { readPort, takeApart } from './destination'

test('a port is 1 to 65535 in plain digits', () => {
  expect([' 8080 ', '1', '65535'].map(readPort)).toEqual([8_080, 1, 65_535])
  for (const text of ['', '0', '65536', '80a', '-1', '1e3', '8 0', '080000', '0x50']) {
    expect([text, readPort(text)]).toEqual([text, undefined])
  }
})

test('a pasted address keeps its host and its port, and loses everything else', () => {
  expect(takeApart(' orders.db.internal ')).toEqual({ host: 'orders.db.internal' })
  expect(takeApart('orders.db.internal:5432')).toEqual({ host: 'orders.db.internal', port: 5_432 })
  expect(takeApart('https://intranet.internal:8443/login?next=/a#b')).toEqual({
    host: 'intranet.internal',
    port: 8_443,
  })
  expect(takeApart('http://intranet.internal/')).toEqual({ host: 'intranet.internal' })
  expect(takeApart('jdbc:postgresql://db.internal:5432/orders')).toEqual({ host: 'db.internal', port: 5_432 })
  expect(takeApart('postgres://me:se:cr@t@db.internal:5432/orders')).toEqual({ host: 'db.internal', port: 5_432 })
  expect(takeApart('[fd00::1]:22')).toEqual({ host: 'fd00::1', port: 22 })
  expect(takeApart('fd00::1')).toEqual({ host: 'fd00::1' })
  expect(takeApart('')).toEqual({ host: '' })
})

test('a port that is none stays in sight, and is refused with the host', () => {
  for (const text of ['db:99999', 'db:'])
    expect([text, remoteHostProblem(takeApart(text).host)]).toEqual([text, expect.stringContaining('port')])
})
