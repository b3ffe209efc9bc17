import { expect, test } from 'vitest'
import { webAddress } from './webaddress'

test('http and https can be opened, written out; other schemes, hidden hosts and endless addresses cannot', () => {
  expect(webAddress('https://Example.com/a b')).toBe('https://example.com/a%20b')
  expect(webAddress('http://localhost:8080')).toBe('http://localhost:8080/')
  expect(webAddress('https://аws.example/')).toBe('https://xn--ws-6kc.example/')
  const refused = [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ssh://host',
    'https://aws.amazon.com@evil.example/',
    'no address',
    `https://example.com/${'a'.repeat(2_048)}`,
  ]
  expect(refused.map((text) => webAddress(text))).toEqual(refused.map(() => undefined))
})
