import { expect, it } from 'vitest'
import { externalUrl } from './external'

it('opens consoles and documentation of AWS, and forwards of this computer', () => {
  for (const url of [
    'https://eu-west-1.console.aws.amazon.com/systems-manager/session-manager?region=eu-west-1#x',
    'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html',
    'http://localhost:8080/path?q=1',
    'http://127.0.0.1:15432/',
  ]) {
    expect(externalUrl(url)).toBe(url)
  }
  // Written out, so that what is opened is what was looked at.
  expect(externalUrl('HTTP://LocalHost:8080')).toBe('http://localhost:8080/')
  expect(externalUrl('https://docs.aws.amazon.com:443/a/../b')).toBe('https://docs.aws.amazon.com/b')
})

it('opens nothing else', () => {
  for (const url of [
    '',
    'docs.aws.amazon.com',
    'http://docs.aws.amazon.com/',
    'http://eu-west-1.console.aws.amazon.com/',
    'https://docs.aws.amazon.com:8443/',
    'https://docs.aws.amazon.com.evil.example/',
    'https://docs.aws.amazon.com@evil.example/',
    'https://evil.example/https://docs.aws.amazon.com/',
    'https://evil.docs.aws.amazon.com/',
    'https://evilconsole.aws.amazon.com/',
    'https://console.aws.amazon.com.evil.example/',
    'https://a.b.console.aws.amazon.com/',
    'https://.console.aws.amazon.com/',
    'https://user:secret@eu-west-1.console.aws.amazon.com/',
    'http://localhost.evil.example:8080/',
    'http://user@localhost:8080/',
    'http://10.0.0.1:8080/',
    'http://0.0.0.0:8080/',
    'file:///etc/passwd',
    'file://localhost:8080/etc/passwd',
    'ssh://localhost:22',
    'vbscript:x',
    'javascript:alert(1)',
    'ms-msdt:/id',
    'culvert://app/',
    '\\\\evil.example\\share',
  ]) {
    expect([url, externalUrl(url)]).toEqual([url, undefined])
  }
})
