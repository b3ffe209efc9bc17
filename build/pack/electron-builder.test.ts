import { expect, it } from 'vitest'
import { configOn } from './electron-builder.mjs'

it('does not start the AppImage with --no-sandbox, which electron-builder does by default', () => {
  const { toolsets, linux } = configOn('linux')
  // AppImageTarget adds it for no toolset and for 0.0.0, unless there are arguments, be it none.
  expect(toolsets.appimage).toMatch(/^[1-9]/)
  expect(linux.executableArgs).toEqual([])
})

it('signs the app again on macOS once its fuses are turned, and looks for no codesign elsewhere', () => {
  const resets = (platform: NodeJS.Platform): boolean | undefined =>
    configOn(platform).electronFuses['resetAdHocDarwinSignature']
  expect([resets('darwin'), resets('linux'), resets('win32')]).toEqual([true, false, false])
})
