import { expect, test } from 'vitest'
import { isLoginPage } from './page'

const aws = { region: 'eu-west-1', oidc: 'https://oidc.eu-west-1.amazonaws.com' }
const own = { region: 'eu-west-1', oidc: 'http://127.0.0.1:4100' }

test('a page is https on a host of AWS, without user and port', () => {
  expect(isLoginPage('https://device.sso.eu-west-1.amazonaws.com/?user_code=AAAA-BBBB', aws)).toBe(true)
  for (const bad of [
    'http://device.sso.eu-west-1.amazonaws.com/',
    'https://device.sso.eu-west-1.amazonaws.com:8443/',
    'https://device.sso.eu-west-1.amazonaws.com@evil.example/',
    'https://user@device.sso.eu-west-1.amazonaws.com/',
    'javascript:alert(1)//device.sso.eu-west-1.amazonaws.com',
    'file:///etc/passwd',
    'https://evil.example/device.sso.eu-west-1.amazonaws.com',
    `https://device.sso.eu-west-1.amazonaws.com/?${'x'.repeat(8_200)}`,
    'no address',
    'http://127.0.0.1:4100/device',
  ]) {
    expect([bad, isLoginPage(bad, aws)]).toEqual([bad, false])
  }
})

test('a page on this computer counts only where the endpoint is on it', () => {
  expect(isLoginPage('http://127.0.0.1:4100/device', own)).toBe(true)
  expect(isLoginPage('file://127.0.0.1/device', own)).toBe(false)
  expect(isLoginPage('http://evil.example/device', own)).toBe(false)
})
