// The images of the tray icon, which the build puts beside main.mjs. Made by icons.mjs.

import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { root } from '../bundles.mjs'

const states = ['idle', 'up', 'working', 'attention']

/** Their file names: of each state for light and for dark bars, each in two densities. */
export const trayImages = states.flatMap((state) =>
  ['', '@2x', '-light', '-light@2x'].map((variant) => `tray-${state}${variant}.png`),
)

/** Copies them into `dist/tray`. */
export function copyTrayImages() {
  const folder = path.join(root, 'dist/tray')
  mkdirSync(folder, { recursive: true })
  for (const name of trayImages) copyFileSync(path.join(root, 'build/icons', name), path.join(folder, name))
}
