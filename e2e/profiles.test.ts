// Unreadable AWS files, as a window sees them.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makePlace } from './kit/aws/core'

test('AWS files that cannot be read are told, and told no more once they can', async () => {
  const place = await makePlace()
  onTestFinished(() => place.close())
  const config = join(place.home, '.aws', 'config')
  await mkdir(config, { recursive: true })
  await using window = await place.open()
  const [notice] = await window.until(({ notices }) => notices.length > 0 && notices)
  expect(notice).toMatchObject({ tone: 'failed', title: 'The AWS profiles could not be read.' })
  await window.ask('environment.refresh', {})
  expect(window.state.notices).toHaveLength(1)
  // Once dismissed, the notice does not come back for the same cause.
  await window.ask('notice.dismiss', { noticeId: notice?.id ?? '' })
  await window.ask('environment.refresh', {})
  expect(window.state.notices).toEqual([])
  await rm(config, { recursive: true })
  await writeFile(config, '[profile ops]\nregion = eu-west-1\n')
  await window.ask('environment.refresh', {})
  expect(window.state.profiles).toEqual([{ name: 'ops', region: 'eu-west-1' }])
  await rm(config)
  await mkdir(config)
  await window.ask('environment.refresh', {})
  expect(window.state.notices).toHaveLength(1)
  expect(window.state.profiles).toEqual([{ name: 'ops', region: 'eu-west-1' }])
})
