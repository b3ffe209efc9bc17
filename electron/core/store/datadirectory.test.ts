import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dataDirectoryPath, makeDataDirectory } from './datadirectory'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-data-'))
})
afterEach(() => rm(folder, { recursive: true }))

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777

describe('the path', () => {
  test.each([
    ['linux', { HOME: '/h' }, '/h/.config/culvert'],
    ['linux', { HOME: '/h', XDG_CONFIG_HOME: '/x' }, '/x/culvert'],
    ['linux', { HOME: '/h', XDG_CONFIG_HOME: 'x' }, '/h/.config/culvert'],
    ['linux', { HOME: '/h', XDG_CONFIG_HOME: '' }, '/h/.config/culvert'],
    ['linux', {}, join(homedir(), '.config', 'culvert')],
    ['darwin', { HOME: '/h', XDG_CONFIG_HOME: '/x' }, '/h/Library/Application Support/Culvert'],
    ['win32', { APPDATA: 'C:\\A\\Roaming', USERPROFILE: 'C:\\U' }, 'C:\\A\\Roaming\\Culvert'],
    ['win32', { USERPROFILE: 'C:\\U' }, 'C:\\U\\AppData\\Roaming\\Culvert'],
    ['darwin', { HOME: '/h', CULVERT_DATA_DIR: '/d/' }, '/d'],
    ['linux', { HOME: '/h', CULVERT_DATA_DIR: '' }, '/h/.config/culvert'],
    ['linux', { HOME: '/h', CULVERT_DATA_DIR: 'd' }, join(process.cwd(), 'd')],
  ] as const)('on %s with %o is %s', (platform, env, path) => {
    expect(dataDirectoryPath(env, platform)).toBe(path)
  })
})

describe('making it', () => {
  test('makes it with those above it, for us alone', async () => {
    await makeDataDirectory(join(folder, 'a', 'b'))
    expect(await modeOf(join(folder, 'a', 'b'))).toBe(0o700)
    await makeDataDirectory(join(folder, 'a', 'b'))
  })

  test('tightens one that others may read', async () => {
    await chmod(folder, 0o755)
    await makeDataDirectory(folder)
    expect(await modeOf(folder)).toBe(0o700)
  })

  test('refuses a file, and a path below one, and says which', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    await expect(makeDataDirectory(file)).rejects.toMatchObject({
      code: 'data-directory',
      message: `${file} cannot be used as the data directory (EEXIST): move what is in the way, or set CULVERT_DATA_DIR to another directory.`,
    })
    await expect(makeDataDirectory(join(file, 'x'))).rejects.toMatchObject({ code: 'data-directory' })
  })

  test('refuses a directory that everybody shares, and leaves it as it is', async () => {
    await chmod(folder, 0o1777)
    await expect(makeDataDirectory(folder)).rejects.toMatchObject({ code: 'data-directory' })
    expect(await modeOf(folder)).toBe(0o1777)
  })

  test('refuses the directory of another user, and leaves it as it is', async () => {
    // Root can give one away; everybody else finds root's.
    const other = process.getuid!() === 0 ? join(folder, 'other') : '/usr'
    if (other !== '/usr') {
      await mkdir(other, { mode: 0o755 })
      await chown(other, 12_345, 12_345)
    }
    await expect(makeDataDirectory(other)).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(`${other} belongs to another user`),
    })
    expect(await modeOf(other)).toBe(0o755)
  })
})
