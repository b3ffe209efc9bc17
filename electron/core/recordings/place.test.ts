import { chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  createFile,
  isRecordingName,
  makeFolder,
  newName,
  openToRead,
  pathOf,
  reasonOf,
  recordingFolder,
} from './place'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'culvert-place-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

test.each([
  ['prod', 'web-1', '_prod_web-1_'],
  ['../../etc', '..', '_etc_-_'],
  ['a b/c\\d\u0000', 'ecs:main/web', '_a-b-c-d_ecs-main-web_'],
  ['ü'.repeat(300), 'x'.repeat(300), `_-_${'x'.repeat(60)}_`],
])('the name of a recording of %j, %j stays in its folder', (environment, target, part) => {
  const name = newName(Date.UTC(2_026, 10, 29, 14, 18, 15, 999), environment, target)
  expect(name).toContain(`2026-11-29T14-18-15Z${part}`)
  expect(isRecordingName(name)).toBe(true)
  expect(basename(name)).toBe(name)
})

test.each([
  '../a.cast',
  'settings.json',
  '2026-11-29T14-18-15Z_a_b_3f9a1c.cast/../../x',
  '2026-11-29T14-18-15Z_a/b_3f9a1c.cast',
  '',
  '.cast',
  '..\\a.cast',
])('no recording is named %j', (name) =>
  expect(() => pathOf('/r', name)).toThrow(expect.objectContaining({ code: 'recording-failed' })),
)

test('a folder is made for its owner alone; a path that is none is refused with what to do', async () => {
  const root = await folder()
  const wanted = join(root, 'a')
  await makeFolder(wanted)
  expect((await stat(wanted)).mode & 0o777).toBe(0o700)
  await makeFolder(wanted)
  await expect(makeFolder(join(root, 'disk', 'recordings'))).rejects.toThrow(
    'it is not there: look whether its disk is connected (ENOENT)',
  )
  await writeFile(join(root, 'file'), '')
  await expect(makeFolder(join(root, 'file'))).rejects.toMatchObject({ code: 'recording-failed' })
  await expect(makeFolder(join(root, 'file', 'c'))).rejects.toThrow(
    'there is a file in its path: choose another folder (ENOTDIR)',
  )
  await expect(makeFolder('recordings')).rejects.toThrow('no absolute path')
  expect([recordingFolder('', '/data'), recordingFolder('/r', '/data')]).toEqual(['/data/recordings', '/r'])
})

test('a folder of another user is refused', async () => {
  // The root user can give a folder away; others find one of the root user.
  const isRoot = process.getuid?.() === 0
  const path = isRoot ? await folder() : '/usr'
  if (isRoot) await chown(path, 4_711, 4_711)
  await expect(makeFolder(path)).rejects.toMatchObject({
    code: 'recording-failed',
    message: `${path} belongs to another user. Choose a folder of your own under Settings.`,
  })
})

test('a file is new and private, and no link leads elsewhere', async () => {
  const root = await folder()
  const path = join(root, 'a.cast')
  await (await createFile(path)).close()
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await expect(createFile(path)).rejects.toMatchObject({ code: 'EEXIST' })
  await symlink(join(root, 'elsewhere'), join(root, 'b.cast'))
  await expect(createFile(join(root, 'b.cast'))).rejects.toMatchObject({ code: 'EEXIST' })
  await symlink(path, join(root, 'c.cast'))
  await expect(openToRead(join(root, 'c.cast'))).rejects.toMatchObject({ code: 'ELOOP' })
  await mkdir(join(root, 'd.cast'))
  await expect(openToRead(join(root, 'd.cast'))).rejects.toMatchObject({ code: 'recording-failed' })
})

test('a reason that is not known is told as the system tells it', () => {
  expect(reasonOf(Object.assign(new Error('x'), { code: 'EIO' }))).toBe('EIO: look at its disk and its folder')
})
