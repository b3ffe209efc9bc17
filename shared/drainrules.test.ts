import { expect, it } from 'vitest'
import { caProblem, headerProblem, hostProblem, indexProblem, pathProblem, urlProblem } from './drainrules'

const refused = (rule: (text: string) => string | undefined, texts: readonly string[]): readonly string[] =>
  texts.filter((text) => rule(text) !== undefined)

it('takes https anywhere and http on this computer only, without credentials in the address', () => {
  const good = [
    'https://logs.example.com',
    'https://10.0.0.1:9200/in?team=a',
    'http://127.0.0.1:8080/x',
    'http://[::1]:1/',
    'http://logs.localhost/',
  ]
  expect(refused(urlProblem, good)).toEqual([])
  const bad = [
    '',
    'logs.example.com',
    'http://logs.example.com',
    'https://a:b@logs.example.com',
    'https://a/#b',
    'ftp://a',
    'https://a b',
  ]
  expect(refused(urlProblem, bad)).toEqual(bad)
})

it('leaves the headers that Culvert sets to Culvert, and secrets to their field', () => {
  expect(refused(headerProblem, ['X-Team', 'Accept'])).toEqual([])
  const bad = ['Authorization', 'host', 'Content-Type', 'X-Culvert-Batch']
  expect(refused(headerProblem, bad)).toEqual(bad)
})

it('takes names of indexes as Elasticsearch does, with the day only where it is replaced', () => {
  const rule = (text: string) => indexProblem(text, false)
  expect(refused(rule, ['culvert', 'culvert-%{yyyy.MM.dd}', '1'])).toEqual([])
  const bad = ['', 'Culvert', 'a/b', 'a b', '-a', '.a', 'a-%{yyyy}', 'a%', 'x'.repeat(256), 'a:b']
  expect(refused(rule, bad)).toEqual(bad)
  expect([indexProblem('logs-culvert', true), indexProblem('logs-%{yyyy.MM.dd}', true)]).toEqual([
    undefined,
    'A data stream has no day in its name. Remove %{…}.',
  ])
})

it('takes hosts, absolute paths of files and certificates', () => {
  expect(refused(hostProblem, ['syslog.example.com', '10.0.0.1', 'fd00::1'])).toEqual([])
  const hosts = ['', 'a b', 'syslog.example.com:514', 'https://a', '-a']
  expect(refused(hostProblem, hosts)).toEqual(hosts)
  expect(refused(pathProblem, ['/var/log/a.jsonl', 'C:\\logs\\a.jsonl', '\\\\server\\share\\a'])).toEqual([])
  const paths = ['', 'a.jsonl', '~/a', '/var/log/', '/a\nb']
  expect(refused(pathProblem, paths)).toEqual(paths)
  expect(refused(caProblem, ['', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----'])).toEqual([])
  expect(refused(caProblem, ['ca.pem', '-----BEGIN PRIVATE KEY-----'])).toEqual([
    'ca.pem',
    '-----BEGIN PRIVATE KEY-----',
  ])
})
