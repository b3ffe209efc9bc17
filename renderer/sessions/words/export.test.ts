import { expect, test } from 'vitest'
import { csvCell, exportParts, exportPieces } from './export'
import { NOW_AT, sample } from './sample.kit'

const text = (sessions: Parameters<typeof exportPieces>[0], format: 'csv' | 'json'): string =>
  [...exportPieces(sessions, format, NOW_AT)].join('')

test('CSV has a line for each session, ended by CRLF, with times in UTC', () => {
  expect(text([sample({ reason: 'a "b", c' })], 'csv').split('\r\n')).toEqual([
    'id,environment,region,state,whose,owner,target,targetName,document,reason,accessType,startedAt,endedAt,openSeconds,maxSeconds,carriedBy',
    'ann-0f3a9c1e,acme-prod,eu-west-1,active,mine,arn:aws:sts::482011937754:assumed-role/DataEngineer/ann,i-0f3a9c1e5d7b20001,web-1,,"a ""b"", c",,2026-11-29T11:00:00.000Z,,3600,,',
    '',
  ])
})

test('a cell that a spreadsheet would calculate begins with an apostrophe', () => {
  for (const text of ['=1+1', '+1', '-1', '@sum', '\tx', ' =1+1', '\uFF1D1+1', '\uFF20sum'])
    expect(csvCell(text)).toBe(`'${text}`)
  expect(csvCell('=HYPERLINK("a")')).toBe(`"'=HYPERLINK(""a"")"`)
  expect([csvCell('a=b'), csvCell('\n=1')]).toEqual(['a=b', `"'\n=1"`])
  expect(csvCell('two\nlines')).toBe('"two\nlines"')
  expect(csvCell(-5)).toBe('-5')
  expect(csvCell(undefined)).toBe('')
})

test('JSON is one array with a session on each line, without what is not known', () => {
  expect(text([], 'json')).toBe('[\n]\n')
  const json = text([sample(), sample({ id: 'b' })], 'json')
  expect(json.split('\n')).toHaveLength(5)
  expect(JSON.parse(json)).toMatchObject([{ id: 'ann-0f3a9c1e', openSeconds: 3600 }, { id: 'b' }])
  expect(json).not.toContain('reason')
})

test('many sessions come in pieces, all of them, and the page rests between two', async () => {
  const many = Array.from({ length: 5_001 }, (_, index) => sample({ id: `s-${index}` }))
  let rests = 0
  const rest = (): Promise<void> => {
    rests += 1
    return Promise.resolve()
  }
  const parts = await exportParts(exportPieces(many, 'json', NOW_AT), rest)
  expect(JSON.parse(parts.join(''))).toHaveLength(5_001)
  expect(rests).toBe(5)
  expect(text(many, 'csv').trimEnd().split('\r\n')).toHaveLength(5_002)
})
