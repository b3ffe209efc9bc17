import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultSettings } from '../../../shared/settings'
import { checkSettings, openSettingsFile, readSettingsFile } from './settingsfile'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-settings-'))
})
afterEach(() => rm(folder, { recursive: true }))

const put = (name: string, data: unknown): Promise<void> =>
  writeFile(join(folder, name), JSON.stringify({ version: 1, data }))

describe('the settings', () => {
  test('have defaults, also those that a file leaves out', async () => {
    expect((await openSettingsFile(folder)).value).toEqual(defaultSettings)
    await put('settings.json', { theme: 'dark', environment: { kind: 'demo' } })
    expect((await openSettingsFile(folder)).value).toEqual({
      ...defaultSettings,
      theme: 'dark',
      environment: { kind: 'demo' },
    })
  })

  test('come back as they were written', async () => {
    const settings = {
      theme: 'light',
      density: 'compact',
      groupTag: 'team',
      keepRunning: false,
      restoreAtLaunch: false,
      holdSeconds: 0,
      resumeMinutes: 60,
      resumeAheadMinutes: 5,
      pingSeconds: 5,
      deadSeconds: 10,
      failoverSeconds: 3_600,
      leaseMinutes: 60,
      recordingFolder: '/srv/recordings',
      recordingDays: 7,
      recordingMegabytes: 100,
      spoolMegabytes: 64,
      userName: 'Ana',
      userEmail: 'ana@example.com',
      terminalFont: 'Fira Code, monospace',
      terminalFontSize: 32,
      scrollbackLines: 1_000,
      askBeforeClosing: false,
      environmentHues: { p: 'red' },
      environments: {
        'p eu-west-1': {
          documents: { shell: 'Acme-Shell', remoteHost: 'Acme-Orders' },
          messageEndpoint: 'https://gateway.example',
          isReasonRequired: true,
          recording: 'ask',
          ephemeralMinutes: 60,
          ephemeralLimit: 2,
          containerCommands: { 'acme/web': '/bin/bash' },
        },
      },
      environment: { kind: 'aws', profile: 'p' },
    } as const
    await (await openSettingsFile(folder)).write(settings)
    expect((await openSettingsFile(folder)).value).toEqual(settings)
  })

  test.each([
    { theme: 'pink' },
    { holdSeconds: -1 },
    { resumeMinutes: 61 },
    { failoverSeconds: 9 },
    { pingSeconds: 30, deadSeconds: 34 },
    { terminalFont: 'a"b' },
    { environmentHues: { p: 'beige' } },
    { environments: { p: { documents: { shell: 'a b' } } } },
    { environments: { p: { messageEndpoint: 'http://gateway.example' } } },
  ])('that nobody understands are kept aside: %j', async (written) => {
    await put('settings.json', written)
    const file = await openSettingsFile(folder)
    expect(file.value).toEqual(defaultSettings)
    expect(file.keptAside).toContain('settings.json.')
  })

  test('are read by another process, which leaves a file that it cannot read where it is', async () => {
    expect(await readSettingsFile(folder)).toEqual(defaultSettings)
    await put('settings.json', { theme: 'dark' })
    expect((await readSettingsFile(folder)).theme).toBe('dark')
    await put('settings.json', { theme: 'pink' })
    await expect(readSettingsFile(folder)).rejects.toMatchObject({ code: 'data-directory' })
    expect(await readdir(folder)).toEqual(['settings.json'])
  })

  test('are refused where a ping could not be answered in time', () => {
    expect(() => checkSettings({ ...defaultSettings, pingSeconds: 40, deadSeconds: 45 })).not.toThrow()
    expect(() => checkSettings({ ...defaultSettings, pingSeconds: 41, deadSeconds: 45 })).toThrow(/before 46 s/)
  })
})
