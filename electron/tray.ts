// The tray icon: Electron's end of window/traymodel.ts. Decides nothing.

import path from 'node:path'
import { Menu, nativeImage, nativeTheme, Tray } from 'electron'
import { trayImage, trayModel, type TrayAction, type TrayItem, type TrayModel } from './window/traymodel'

/** A tray icon that shows models. */
export interface TrayIcon extends Disposable {
  show(model: TrayModel): void
}

/** Puts the icon into the tray, with the images of `directory`. Throws where the system has no tray. */
export function openTray(directory: string, act: (action: TrayAction) => void): TrayIcon {
  const image = ({ icon }: TrayModel): Electron.NativeImage => {
    const { file, isTemplate } = trayImage(icon, process.platform, nativeTheme.shouldUseDarkColorsForSystemIntegratedUI)
    const found = nativeImage.createFromPath(path.join(directory, file))
    found.setTemplateImage(isTemplate)
    return found
  }
  let shown = trayModel(undefined)
  const tray = new Tray(image(shown))
  const draw = (): void => {
    tray.setImage(image(shown))
    tray.setToolTip(shown.tooltip)
    // The whole menu is set again: Linux does not show changes of a menu that is already set.
    tray.setContextMenu(Menu.buildFromTemplate(shown.items.map((item) => menuItem(item, act))))
  }
  draw()
  nativeTheme.on('updated', draw)
  // On Linux and macOS a click opens the menu.
  if (process.platform === 'win32') tray.on('click', () => act({ kind: 'show' }))
  return {
    show: (model) => {
      if (JSON.stringify(model) === JSON.stringify(shown)) return
      shown = model
      draw()
    },
    [Symbol.dispose]: () => {
      nativeTheme.off('updated', draw)
      tray.destroy()
    },
  }
}

function menuItem(item: TrayItem, act: (action: TrayAction) => void): Electron.MenuItemConstructorOptions {
  switch (item.kind) {
    case 'separator':
      return { type: 'separator' }
    case 'text':
      return { label: item.label, enabled: false }
    case 'command':
      return { label: item.label, click: () => act(item.action) }
    case 'check':
      return { label: item.label, type: 'checkbox', checked: item.isChecked, click: () => act(item.action) }
  }
}
