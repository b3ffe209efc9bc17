import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { environmentId } from '../../shared/environmentsettings'
import { defaultSettings } from '../../shared/settings'
import { openSettingsFile } from '../core/store/settingsfile'
import { readRules } from './rules'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-rules-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a command takes the failover time and the documents from the settings of the app', async () => {
  const file = await openSettingsFile(folder)
  const own = { documents: { shell: 'Own' } }
  const environments = { [environmentId('prod', 'eu-west-1')]: own }
  await file.write({ ...defaultSettings, failoverSeconds: 15, environments })
  await file.close()
  const told: string[] = []
  const rules = await readRules(folder, (text) => told.push(text))
  expect([rules.failoverMs, rules.settingsOf('prod', 'eu-west-1'), told]).toEqual([15_000, own, []])
})

test('settings that cannot be read are told, and no setting of them holds', async () => {
  await writeFile(join(folder, 'settings.json'), 'torn')
  const told: string[] = []
  const rules = await readRules(folder, (text) => told.push(text))
  expect(rules.failoverMs).toBe(60_000)
  expect(rules.settingsOf('prod', 'eu-west-1')).toEqual({})
  expect(told).toEqual([
    expect.stringMatching(/^The settings \(documents, endpoint, reason, failover\) are not used\. /),
  ])
  await expect(rules.askReason({ name: 'prod', region: 'eu-west-1' }, new AbortController().signal)).rejects.toThrow(
    'give it with --reason TEXT',
  )
})
