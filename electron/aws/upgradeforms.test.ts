import { expect, test } from 'vitest'
import { UpgradeForms } from './upgradeforms'

const url = (host: string, query = 'cell-number=a+b'): URL => new URL(`wss://${host}/v1/data-channel/s?${query}`)

test("AWS's signature is tried first, then the one with %2B, then none", () => {
  expect(new UpgradeForms().order(url('a.example'))).toEqual(['space', 'plus', 'unsigned'])
})

test('a query without + has one signature', () => {
  expect(new UpgradeForms().order(url('a.example', 'role=p&cell-number=a%2Bb'))).toEqual(['space', 'unsigned'])
})

test('the form that worked comes first, at its host only', () => {
  const forms = new UpgradeForms()
  forms.note(url('a.example'), 'plus')
  expect(forms.order(url('a.example'))).toEqual(['plus', 'space', 'unsigned'])
  expect(forms.order(url('a.example', 'role=p'))).toEqual(['space', 'unsigned'])
  expect(forms.order(url('a.example:8443'))).toEqual(['space', 'plus', 'unsigned'])
  forms.note(url('a.example'), 'space')
  expect(forms.order(url('a.example'))).toEqual(['space', 'plus', 'unsigned'])
})

test('64 hosts are remembered', () => {
  const forms = new UpgradeForms()
  for (let index = 0; index <= 64; index += 1) forms.note(url(`h${index}.example`), 'unsigned')
  expect([0, 1, 64].map((index) => forms.order(url(`h${index}.example`))[0])).toEqual(['space', 'unsigned', 'unsigned'])
})
