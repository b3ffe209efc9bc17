// Reads the terminal font as people type it.

import { fontNames, isInstalled } from '../fonts'

/** The typed text as a list of fonts that can be saved, with a hint, or why it cannot be saved. */
export type FontReading =
  | { readonly kind: 'value'; readonly value: string; readonly problem?: string }
  | { readonly kind: 'refused'; readonly problem: string }

/** Reads font names. `isThere` tells whether a font is installed on this computer. */
export function readFont(text: string, isThere: (name: string) => boolean = isInstalled): FontReading {
  const value = fontNames(text).join(', ')
  if (/[\p{Cc}"'\\;{}()<>]/u.test(value)) {
    return { kind: 'refused', problem: 'Enter names of fonts alone, with commas between them.' }
  }
  const missing = fontNames(value).filter((name) => !isThere(name))
  if (missing.length === 0 || missing.length < fontNames(value).length) return { kind: 'value', value }
  return {
    kind: 'value',
    value,
    problem: `${missing.join(', ')} is not installed here: JetBrains Mono takes its place. Install it, or enter another one.`,
  }
}
