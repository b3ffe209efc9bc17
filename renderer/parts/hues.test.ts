import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { HUES } from '../../shared/settings'

function read(file: string): string {
  return readFileSync(path.join(import.meta.dirname, file), 'utf8')
}

/** Relative luminance of #rrggbb. Source: WCAG 2.2. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

test('every colour of an environment is seen on every surface in both themes', () => {
  const [light = '', , dark = ''] = read('../tokens.css').split('color-scheme:').slice(1)
  const surfaces = ['surface-sunken', 'surface-active', 'surface-hover', 'surface-overlay', 'term-background']
  const hues = read('hues.css')
  for (const hue of HUES) {
    const found = new RegExp(`--hue-${hue}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(hues)
    for (const [theme, tokens] of [light, dark].entries()) {
      const color = found?.[theme + 1] ?? ''
      for (const surface of surfaces) {
        const behind = new RegExp(`--${surface}: (#[0-9a-f]{6})`).exec(tokens)?.[1] ?? ''
        expect([color, behind]).toEqual([expect.stringMatching(/^#/), expect.stringMatching(/^#/)])
        expect([hue, theme, surface, contrast(color, behind) >= 3]).toEqual([hue, theme, surface, true])
      }
    }
  }
})
