// Fonts by name: the list for CSS, and whether a font is installed on this computer.

/** The `font-family` of terminals: the wanted fonts, then the built-in one. `wanted` is as the settings allow it. */
export function fontFamily(wanted: string, builtIn: string): string {
  const names = fontNames(wanted).map((name) => (isGeneric(name) ? name : `"${name}"`))
  return [...names, builtIn].join(', ')
}

/** The names in a comma-separated list. */
export function fontNames(wanted: string): readonly string[] {
  return wanted
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Whether the name is a CSS generic family, which exists on every computer. */
function isGeneric(name: string): boolean {
  return /^(monospace|ui-monospace|serif|sans-serif|system-ui)$/.test(name)
}

const SAMPLE = 'mmmmmmmmmmlli0O1'

/** Whether a font of this name is installed: its letters differ in width from those of a fallback that always exists. */
export function isInstalled(name: string): boolean {
  const context = document.createElement('canvas').getContext('2d')
  if (context === null || isGeneric(name)) return true
  const widthOf = (family: string): number => {
    context.font = `40px ${family}`
    return context.measureText(SAMPLE).width
  }
  return ['monospace', 'serif', 'sans-serif'].some((base) => widthOf(`"${name}", ${base}`) !== widthOf(base))
}
